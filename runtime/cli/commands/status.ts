import type { RunSummary } from "../../dataset/run.ts";
import { readJson } from "../../store/documents.ts";
import { isRunKey, runsFolder } from "../../store/layout.ts";
import type { Store } from "../../store/store.ts";
import { loadDatasets } from "../datasets.ts";
import { type LakeOptions, openLake } from "../lake.ts";
import { describeOutcome } from "../outcome.ts";

export interface StatusOptions extends LakeOptions {
  readonly datasets?: string;
  readonly json?: true;
}

/** `tidegate status`: what the last run of each dataset left behind. Reads the lake only, so it may be asked during a run. */
export async function status(options: StatusOptions): Promise<number> {
  const datasets = await loadDatasets(options.datasets);
  const store = await openLake(options);
  const found = await Promise.all(datasets.map(({ name }) => latestRun(name, store)));
  const summaries = found.filter((summary) => summary !== undefined);
  const never = datasets.map(({ name }) => name).filter((name) => !summaries.some(({ dataset }) => dataset === name));
  if (options.json) {
    process.stdout.write(`${JSON.stringify({ data: store.location, summaries, never }, null, 2)}\n`);
    return 0;
  }
  if (summaries.length) process.stdout.write(`${describeOutcome(summaries, process.stdout)}\n`);
  for (const { dataset, outcome, finishedAt } of summaries)
    process.stdout.write(`${dataset}: last run ${outcome} at ${finishedAt}\n`);
  for (const name of never) process.stdout.write(`${name}: not run yet; tidegate run ${name}\n`);
  return 0;
}

async function latestRun(dataset: string, store: Store): Promise<RunSummary | undefined> {
  let last: string | undefined;
  for await (const { key } of store.list(runsFolder(dataset))) if (isRunKey(dataset, key)) last = key;
  return last === undefined ? undefined : (await readJson<RunSummary>(store, last))?.value;
}
