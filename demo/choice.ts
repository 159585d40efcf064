import { type Dataset, secretsOf } from "../runtime/dataset/index.ts";
import { secretFromEnvironment } from "../runtime/environment.ts";

export interface Choice {
  readonly datasets: readonly Dataset[];
  /** Why others are left out, a sentence each. */
  readonly notes: readonly string[];
}

/** The datasets whose source can really be asked: it still answers, and its secrets are set. */
export function liveDatasets(datasets: readonly Dataset[]): Choice {
  const reasons = datasets.map((dataset) => ({ dataset, reason: reasonAgainst(dataset) }));
  return {
    datasets: reasons.filter(({ reason }) => reason === undefined).map(({ dataset }) => dataset),
    notes: reasons
      .filter(({ reason }) => reason !== undefined)
      .map(({ dataset, reason }) => `${dataset.name}: left out, ${reason}`),
  };
}

function reasonAgainst(dataset: Dataset): string | undefined {
  if (dataset.retired) return dataset.retired;
  const missing = secretsOf(dataset).filter((name) => !secretFromEnvironment(name)?.trim());
  return missing.length ? `${missing.join(" and ")} not set` : undefined;
}
