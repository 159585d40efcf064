import type { Dataset } from "../../dataset/definition.ts";
import { startOfDate } from "../../dataset/moment.ts";
import { secretFromEnvironment } from "../../environment.ts";
import { loadDatasets, selectDatasets } from "../datasets.ts";
import { LocalPlatform } from "../local.ts";
import { claimOrigin } from "../origin.ts";
import { describeOutcome, succeeded } from "../outcome.ts";
import { writeReport } from "../report.ts";
import { runLocally } from "../session.ts";
import { interrupted } from "../signals.ts";
import { UsageError } from "../usage.ts";

export interface RunOptions {
  readonly data: string;
  readonly datasets?: string;
  readonly until?: string;
  readonly json?: true;
}

/** `tidegate run`: extract, process, load and publish into the local folder. */
export async function run(names: readonly string[], options: RunOptions): Promise<number> {
  const until = dayAfter(options.until);
  const datasets = selectDatasets(await loadDatasets(options.datasets), names);
  const platform = await LocalPlatform.open(options.data);
  try {
    await claimOrigin(platform.store, datasets, "live");
    const summaries = await runLocally({
      datasets,
      platform,
      signal: interrupted(),
      secret: secretFromEnvironment,
      until: () => until,
      stream: process.stderr,
    });
    const report = await writeReport({ folder: options.data, datasets, summaries, platform, notes: askedAt });
    if (options.json) process.stdout.write(`${JSON.stringify({ summaries, report }, null, 2)}\n`);
    else process.stdout.write(`${describeOutcome(summaries, process.stdout)}\nreport: ${report}\n`);
    return succeeded(summaries) ? 0 : 1;
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
  return start + 86_400_000;
}
