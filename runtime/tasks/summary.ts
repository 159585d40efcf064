import type { Clock } from "../dataset/clock.ts";
import type { Dataset } from "../dataset/definition.ts";
import { milliseconds } from "../dataset/duration.ts";
import type { Interval } from "../dataset/interval.ts";
import { startOfDate } from "../dataset/moment.ts";
import { type PartitionCoverage, type RunError, type RunSummary, toRunError } from "../dataset/run.ts";
import { readCoverage } from "../store/coverage.ts";
import type { Store } from "../store/store.ts";
import { countGaps, coverageOf } from "./coverage-report.ts";

export interface SummaryOptions {
  readonly dataset: Dataset;
  readonly store: Store;
  readonly clock: Clock;
  readonly run: string;
  /** Unix milliseconds. */
  readonly startedAt: number;
  /** Everything that could be complete. */
  readonly wanted: Interval;
  readonly requests: number;
  readonly rawBytes: number;
  readonly newRows: number;
  readonly errors: readonly RunError[];
  readonly warnings: readonly RunError[];
  /** Before its end. */
  readonly stopped: boolean;
  /** What is known complete, where that has been read already. */
  readonly coverage?: ReadonlyMap<string, readonly Interval[]>;
}

/** What a run has to say, judged by what the lake holds now. */
export async function summarise(options: SummaryOptions): Promise<RunSummary> {
  const { dataset, clock, run, startedAt, wanted, requests, rawBytes, newRows } = options;
  const { coverage, errors: unreadable } = await readAll(options);
  const errors = [...options.errors, ...unreadable];
  const finishedAt = clock.now();
  const dates = coverage.flatMap(({ first, last }) => (first && last ? [first, last] : [])).sort();
  const last = dates.at(-1) ?? null;
  const idle = requests === 0 && newRows === 0;
  return {
    run,
    dataset: dataset.name,
    title: dataset.title,
    startedAt: new Date(startedAt).toISOString(),
    finishedAt: new Date(finishedAt).toISOString(),
    seconds: Math.round((finishedAt - startedAt) / 10) / 100,
    outcome: errors.length ? "failed" : options.stopped ? "stopped" : idle ? "nothing to do" : "done",
    partitions: dataset.partitions.values.length,
    requests,
    rawBytes,
    rows: sum(coverage, ({ rows }) => rows),
    newRows,
    first: dates[0] ?? null,
    last,
    gaps: sum(coverage, (partition) => countGaps(dataset, partition)),
    empty: sum(coverage, ({ missing }) => missing.length),
    quarantined: sum(coverage, ({ quarantined }) => quarantined),
    errors,
    warnings: [...options.warnings, ...lateness(dataset, last, wanted)],
    coverage,
  };
}

/**
 * A warning for each freshness check that is violated.
 * @param last date of the newest record @param wanted everything that could be complete
 */
export function lateness(dataset: Dataset, last: string | null, wanted: Interval): RunError[] {
  const newest = last === null ? undefined : endOfBucket(dataset, last);
  return dataset.checks
    .filter((check) => check.kind === "freshness")
    .filter(({ limit }) => newest !== undefined && wanted.end - newest > limit)
    .map(({ name }) => ({ problem: `is late: the newest record is of ${last}, it should be ${name}` }));
}

/** Unix milliseconds at which the bucket of a date ends. */
export const endOfBucket = ({ source }: Dataset, date: string): number =>
  startOfDate(date) + milliseconds(source.windows.granularity);

async function readAll(options: SummaryOptions): Promise<{ coverage: PartitionCoverage[]; errors: RunError[] }> {
  const { dataset, store, wanted } = options;
  const coverage: PartitionCoverage[] = [];
  const errors: RunError[] = [];
  for (const partition of dataset.partitions.values) {
    try {
      const covered = options.coverage?.get(partition) ?? (await readCoverage(store, dataset.name, partition));
      coverage.push(await coverageOf(dataset, partition, covered, wanted, store));
    } catch (error) {
      errors.push({ partition, ...toRunError(error) });
    }
  }
  return { coverage, errors };
}

const sum = <T>(items: readonly T[], of: (item: T) => number): number =>
  items.reduce((total, item) => total + of(item), 0);
