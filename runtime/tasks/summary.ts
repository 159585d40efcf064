import pMap from "p-map";
import type { Clock } from "../dataset/clock.ts";
import type { Dataset } from "../dataset/definition.ts";
import type { Interval } from "../dataset/interval.ts";
import { Moment } from "../dataset/moment.ts";
import { type PartitionCoverage, type RunError, type RunSummary, toRunError } from "../dataset/run.ts";
import type { ProcessedPartition } from "../process/process.ts";
import { type Recorded, recordedIn } from "../process/recorded.ts";
import { UNKNOWN } from "../store/state.ts";
import { type PartitionBrief, readStates } from "../store/state-index.ts";
import type { Store } from "../store/store.ts";
import { countGaps, coverageOf, newestOf } from "./coverage-report.ts";

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
  /** When the run can go on, ISO 8601, where a budget that is used up stopped it. */
  readonly resumeAt?: string;
  /** What is known of partitions, where that has been read already. */
  readonly states?: ReadonlyMap<string, PartitionBrief>;
  /** Partitions that the run has processed: what it says of their times need not be read again. */
  readonly processed?: readonly ProcessedPartition[];
}

/** Partitions whose records are read at the same time. */
const READS = 4;

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
    ...(options.resumeAt ? { resumeAt: options.resumeAt } : {}),
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
    warnings: [...options.warnings, ...nothingThere(dataset), ...lateness(dataset, coverage, wanted)],
    coverage,
  };
}

/** A warning for each freshness check that is violated. @param wanted everything that could be complete */
export function lateness(dataset: Dataset, coverage: readonly PartitionCoverage[], wanted: Interval): RunError[] {
  const newest = newestOf(coverage);
  if (newest === undefined) return [];
  return dataset.checks
    .filter((check) => check.kind === "freshness")
    .filter(({ limit }) => wanted.end - newest > limit)
    .map(({ name }) => ({ problem: `is late: the newest record ends at ${new Moment(newest)}, it should be ${name}` }));
}

/** Partitions that are known only when a run begins may turn out to be none. */
function nothingThere({ partitions: { origin, values } }: Dataset): RunError[] {
  if (!origin || values.length > 0) return [];
  return origin.kind === "requested"
    ? [{ problem: "nothing has been asked for", fix: "ask for it with tidegate request" }]
    : [{ problem: `${origin.dataset} has no record that names a partition`, fix: `bring in ${origin.dataset} first` }];
}

async function readAll(options: SummaryOptions): Promise<{ coverage: PartitionCoverage[]; errors: RunError[] }> {
  const { dataset, store, wanted, processed = [] } = options;
  const errors: RunError[] = [];
  const { values } = dataset.partitions;
  const unread = values.filter((partition) => !options.states?.has(partition));
  const read = await readStates(store, dataset.name, unread).catch((error) => {
    errors.push(toRunError(error));
    return new Map<string, PartitionBrief>();
  });
  const states = new Map([...(options.states ?? []), ...read]);
  const recorded = new Map<string, Recorded>(
    processed.flatMap(({ partition, rows, quarantined, times }) =>
      times ? [[partition, { rows, quarantined, ...times }]] : [],
    ),
  );
  const found = await pMap(
    values,
    async (partition) => {
      try {
        const state = states.get(partition) ?? UNKNOWN;
        const held = recorded.get(partition) ?? (await recordedIn(store, dataset, partition));
        return coverageOf(dataset, partition, state, wanted, held);
      } catch (error) {
        errors.push({ partition, ...toRunError(error) });
        return undefined;
      }
    },
    { concurrency: READS },
  );
  return { coverage: found.filter((one) => one !== undefined), errors };
}

const sum = <T>(items: readonly T[], of: (item: T) => number): number =>
  items.reduce((total, item) => total + of(item), 0);
