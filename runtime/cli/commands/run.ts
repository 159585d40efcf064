import { pathToFileURL } from "node:url";
import type { Dataset } from "../../dataset/definition.ts";
import { DAY } from "../../dataset/duration.ts";
import { startOfDate } from "../../dataset/moment.ts";
import { secretFromEnvironment } from "../../environment.ts";
import type { RunInput } from "../../tasks/input.ts";
import { loadDatasets, PROJECT_DATASETS, selectDatasets } from "../datasets.ts";
import { LocalPlatform } from "../local.ts";
import { claimOrigin, type Origin } from "../origin.ts";
import { describeOutcome, exitCodeOf } from "../outcome.ts";
import { writeReport } from "../report.ts";
import { runLocally } from "../session.ts";
import { interrupted } from "../signals.ts";
import { chooseSources, originOf, type SourceOptions } from "../sources.ts";
import { UsageError } from "../usage.ts";

export interface RunOptions extends SourceOptions {
  readonly data: string;
  readonly datasets?: string;
  readonly until?: string;
  readonly json?: true;
}

/** `tidegate run`: extract, process, load and publish into the local folder. */
export async function run(names: readonly string[], options: RunOptions): Promise<number> {
  const until = dayAfter(options.until);
  const datasets = chooseSources(selectDatasets(await loadDatasets(options.datasets), names), options);
  // Those of another folder cannot be found by a thread, which knows nothing of the vocabulary that is provided there.
  const definitions =
    options.datasets === undefined ? { definitions: pathToFileURL(`${PROJECT_DATASETS}/index.ts`).href } : {};
  return bringIn(datasets, { ...options, ...definitions, until });
}

export interface BringInOptions {
  readonly data: string;
  readonly json?: true;
  /** URL of a module that exports the datasets. */
  readonly definitions?: string;
  /** Nothing at or after this instant, Unix milliseconds. */
  readonly until?: number | undefined;
  /** @default everything that is missing */
  readonly input?: RunInput;
}

/** Runs the datasets in the local folder and shows what came of it. @returns the exit code */
export async function bringIn(datasets: readonly Dataset[], options: BringInOptions): Promise<number> {
  const { data, json, until, input, definitions } = options;
  const platform = await LocalPlatform.open(data);
  try {
    for (const origin of ["live", "replay"] satisfies Origin[])
      await claimOrigin(
        platform.store,
        datasets.filter((dataset) => originOf(dataset) === origin),
        origin,
      );
    const summaries = await runLocally({
      datasets,
      platform,
      signal: interrupted(),
      secret: secretFromEnvironment,
      until: () => until,
      ...(input ? { input: () => input } : {}),
      ...(definitions ? { definitions } : {}),
      stream: process.stderr,
    });
    const report = await writeReport({ folder: data, datasets, summaries, platform, notes: askedAt });
    if (json) process.stdout.write(`${JSON.stringify({ summaries, report }, null, 2)}\n`);
    else process.stdout.write(`${describeOutcome(summaries, process.stdout)}\nreport: ${report}\n`);
    return exitCodeOf(summaries);
  } finally {
    await platform.close();
  }
}

const askedAt = (dataset: Dataset): string[] => [`Asked at ${dataset.source.url}`];

/** The end of a day that is still wanted. */
function dayAfter(date: string | undefined): number | undefined {
  if (date === undefined) return undefined;
  const start = startOfDate(date);
  if (Number.isNaN(start))
    throw new UsageError("cannot run until then:", [
      { path: "--until", problem: "is no day", value: date, allowed: "YYYY-MM-DD" },
    ]);
  return start + DAY;
}
