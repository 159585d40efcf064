import type { Dataset } from "../dataset/definition.ts";
import { bucketOf, expectedBuckets } from "../dataset/expected.ts";
import { contains, type Interval, subtract, union } from "../dataset/interval.ts";
import { Moment } from "../dataset/moment.ts";
import type { PartitionCoverage } from "../dataset/run.ts";
import type { Recorded } from "../process/recorded.ts";
import type { PartitionState } from "../store/state.ts";

/** What of a partition's state its coverage is judged by. */
export type Known = Pick<PartitionState, "coverage" | "ended" | "skipped">;

/** A partition's coverage against its calendar. */
export interface Judged {
  /** Expected, and not covered: can still be asked for. */
  readonly gaps: readonly Interval[];
  /** Expected of a snapshot after it was first taken, and passed without: nothing can bring it back. */
  readonly missed: readonly Interval[];
}

/**
 * What is missing of a partition. After its end nothing is expected. A snapshot only knows the present, so what it lacks is
 * missed, never a gap.
 * @param wanted everything that could be complete by now
 */
export function judge(dataset: Dataset, { coverage, ended }: Known, wanted: Interval): Judged {
  const covered = union(coverage);
  const end = Math.min(wanted.end, ended?.from ?? Number.POSITIVE_INFINITY);
  if (!dataset.source.windows.snapshot)
    return { gaps: lacking(dataset, covered, { start: wanted.start, end }), missed: [] };
  const first = covered[0]?.start ?? end;
  return { gaps: [], missed: lacking(dataset, covered, { start: first, end }) };
}

/** What a partition has, judged by its calendar. @param wanted everything that could be complete by now */
export function coverageOf(
  dataset: Dataset,
  partition: string,
  known: Known,
  wanted: Interval,
  recorded: Recorded,
): PartitionCoverage {
  const { coverage, ended, skipped } = known;
  const { gaps, missed } = judge(dataset, known, wanted);
  const { rows, quarantined, first, last } = recorded;
  return {
    partition,
    covered: coverage.map(spell),
    first: first === undefined ? null : new Moment(first).date,
    last: last === undefined ? null : new Moment(last).date,
    ...(last === undefined
      ? {}
      : { until: iso(Math.floor(last / bucketOf(dataset)) * bucketOf(dataset) + bucketOf(dataset)) }),
    rows,
    quarantined,
    gaps: gaps.map(spell),
    missing: emptyDates(dataset, coverage, recorded),
    ...(missed.length ? { missed: missed.map(spell) } : {}),
    ...(ended ? { ended: { from: iso(ended.from), ...said(ended.message) } } : {}),
    ...(skipped ? { skipped: { at: iso(skipped.at), ...said(skipped.message) } } : {}),
  };
}

/** When the newest bucket that has a record ends, Unix milliseconds; undefined without records. */
export const newestOf = (coverage: readonly Pick<PartitionCoverage, "until">[]): number | undefined =>
  coverage.reduce<number | undefined>((newest, { until }) => {
    const end = until === undefined ? undefined : Date.parse(until);
    return newest === undefined || (end !== undefined && end > newest) ? end : newest;
  }, undefined);

/** How many expected buckets the gaps hold. */
export const countGaps = (dataset: Dataset, { gaps }: Pick<PartitionCoverage, "gaps">): number =>
  gaps.reduce((sum, gap) => sum + countExpected(dataset, gap), 0);

/** How many buckets the calendar expects in an interval. @param interval half-open, ISO 8601 */
export const countExpected = (dataset: Dataset, [start, end]: readonly [string, string]): number =>
  expectedBuckets(dataset, { start: Date.parse(start), end: Date.parse(end) }).length;

/** Expected buckets without coverage; those that follow each other in one, weekends and holidays between them included. */
function lacking(dataset: Dataset, covered: readonly Interval[], within: Interval): Interval[] {
  const bucket = bucketOf(dataset);
  return subtract(within, covered).flatMap((open) => {
    const buckets = expectedBuckets(dataset, open);
    const [first, last] = [buckets[0], buckets.at(-1)];
    return first === undefined || last === undefined ? [] : [{ start: first, end: last + bucket }];
  });
}

/**
 * Dates of the buckets between the first and the last record that were asked for and have none. Where windows are about
 * another time than the cursor's, a day without a record says nothing.
 */
function emptyDates(dataset: Dataset, coverage: readonly Interval[], { absent }: Recorded): string[] {
  if (dataset.source.windows.over !== undefined) return [];
  const covered = union(coverage);
  const empty = absent.flatMap((stretch) => expectedBuckets(dataset, stretch)).filter((at) => contains(covered, at));
  return [...new Set(empty.map((at) => new Moment(at).date))];
}

const iso = (instant: number): string => new Moment(instant).toString();

const said = (message: string | undefined): { readonly message?: string } => (message === undefined ? {} : { message });

const spell = ({ start, end }: Interval): [string, string] => [iso(start), iso(end)];
