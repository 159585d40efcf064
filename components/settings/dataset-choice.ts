import { unknownName } from "../../runtime/dataset/errors.ts";
import { type Dataset, type Fault, withSource } from "../../runtime/dataset/index.ts";
import type { WrittenSettings } from "./schema.ts";

type Choice = Pick<WrittenSettings, "datasets" | "sources">;

/** The datasets that a stack deploys, each with the source that is asked; names that mean nothing are passed over. */
export const chosenDatasets = ({ datasets: chosen, sources }: Choice, all: readonly Dataset[]): Dataset[] =>
  all
    .filter(({ name }) => chosen === "all" || chosen.includes(name))
    .map((dataset) => {
      const source = sources[dataset.name];
      return source !== undefined && Object.hasOwn(dataset.sources, source) ? withSource(dataset, source) : dataset;
    });

/** Names in the settings `datasets` and `sources` that mean nothing, and datasets without those that they come after. */
export function choiceFaults(settings: Choice, all: readonly Dataset[]): Fault[] {
  const chosen = chosenDatasets(settings, all);
  return [...unknownDatasets(settings, all), ...missingParents(chosen, all), ...unknownSources(settings, chosen)];
}

function unknownDatasets({ datasets }: Choice, all: readonly Dataset[]): Fault[] {
  if (datasets === "all") return [];
  const names = [...new Set(all.map(({ name }) => name))];
  return datasets.flatMap((name, index) =>
    names.includes(name) ? [] : [unknownName(`datasets[${index}]`, "names no dataset", name, names)],
  );
}

/** Those that are no dataset at all are faults of the definition, not of the choice. */
function missingParents(chosen: readonly Dataset[], all: readonly Dataset[]): Fault[] {
  const left = all.filter(({ name }) => !chosen.some((one) => one.name === name)).map(({ name }) => name);
  return chosen.flatMap((dataset) =>
    dataset.after
      .filter((parent) => left.includes(parent))
      .map((parent) => ({
        path: "datasets",
        problem: `has ${dataset.name} without ${parent}, which it comes after`,
        fix: `add ${parent}, or leave ${dataset.name} out`,
      })),
  );
}

function unknownSources({ sources }: Choice, chosen: readonly Dataset[]): Fault[] {
  return Object.entries(sources).flatMap(([name, source]) => {
    const path = `sources.${name}`;
    const dataset = chosen.find((one) => one.name === name);
    const names = chosen.map((one) => one.name);
    if (!dataset) return [unknownName(path, "names no dataset of this stack", name, names)];
    if (Object.hasOwn(dataset.sources, source)) return [];
    return [unknownName(path, `is no source of ${name}`, source, Object.keys(dataset.sources))];
  });
}
