import { withSource } from "../dataset/define.ts";
import { type Dataset, secretsOf } from "../dataset/definition.ts";
import { type Fault, unknownName } from "../dataset/errors.ts";
import { isAllowedUrl } from "../dataset/source-shape.ts";
import { iexFromEnvironment } from "../environment.ts";
import { withSourceUrl } from "../tasks/source-url.ts";
import type { Origin } from "./origin.ts";
import { UsageError } from "./usage.ts";

export interface SourceOptions {
  /** `dataset=name`, or the name alone for a single dataset. */
  readonly source?: readonly string[];
  /** `dataset=url`, or the URL alone for a single dataset. */
  readonly sourceUrl?: readonly string[];
}

/** The datasets, asking the sources that are chosen for them. @throws UsageError with everything that is wrong at once */
export function chooseSources(datasets: readonly Dataset[], { source = [], sourceUrl = [] }: SourceOptions): Dataset[] {
  const faults: Fault[] = [];
  const names = choices("--source", source, datasets, faults);
  const urls = choices("--source-url", sourceUrl, datasets, faults);
  for (const [dataset, name] of names) {
    const known = Object.keys(datasets.find((one) => one.name === dataset)?.sources ?? {});
    if (!known.includes(name)) faults.push(unknownName("--source", `is no source of ${dataset}`, name, known));
  }
  for (const [, url] of urls)
    if (!isAllowedUrl(url))
      faults.push({
        path: "--source-url",
        problem: "is no base URL",
        value: url,
        allowed: "https, or http on this machine, without a query",
      });
  if (faults.length) throw new UsageError("cannot ask that:", faults);
  return datasets.map((dataset) => {
    const name = names.get(dataset.name);
    const chosen = name === undefined ? dataset : withSource(dataset, name);
    return withSourceUrl(chosen, urls.get(dataset.name) ?? endpointOf(chosen));
  });
}

/** Where the records come from then: a server on this machine is a replay. */
export const originOf = ({ source }: Dataset): Origin =>
  ["localhost", "127.0.0.1", "[::1]"].includes(new URL(source.url).hostname) ? "replay" : "live";

function choices(
  path: string,
  texts: readonly string[],
  datasets: readonly Dataset[],
  faults: Fault[],
): Map<string, string> {
  const known = datasets.map(({ name }) => name);
  const chosen = new Map<string, string>();
  for (const text of texts) {
    const [, named, value = text] = /^([a-z][a-z0-9_]*)=(.+)$/s.exec(text) ?? [];
    const dataset = named ?? (known.length === 1 ? known[0] : undefined);
    if (dataset === undefined)
      faults.push({
        path,
        problem: "does not say of which dataset",
        value: text,
        allowed: "dataset=value",
        fix: `such as ${known[0]}=${text}`,
      });
    else if (!known.includes(dataset)) faults.push(unknownName(path, "names no dataset of this run", dataset, known));
    else chosen.set(dataset, value);
  }
  return chosen;
}

/** The endpoint that the environment of the IEX ingestion service names. */
const endpointOf = (dataset: Dataset): string | undefined =>
  secretsOf(dataset).includes("IEX_TOKEN") ? iexFromEnvironment().endpoint : undefined;
