import { calendar } from "../dataset/calendar/index.ts";
import type { Dataset } from "../dataset/definition.ts";
import { DAY, milliseconds } from "../dataset/duration.ts";
import { contains, type Interval } from "../dataset/interval.ts";
import { Moment } from "../dataset/moment.ts";
import type { PartitionCoverage } from "../dataset/run.ts";
import type { ProcessedPartition } from "../process/process.ts";
import { recordsKey } from "../store/layout.ts";
import { readColumn } from "../store/records.ts";
import type { Store } from "../store/store.ts";

/** What a partition has, judged by its calendar. @param wanted everything that could be complete by now */
export async function coverageOf(
  dataset: Dataset,
  partition: string,
  covered: readonly Interval[],
  processed: ProcessedPartition | undefined,
  wanted: Interval,
  store: Store,
): Promise<PartitionCoverage> {
  const { granularity } = dataset.source.windows;
  const bucket = milliseconds(granularity);
  const expected = calendar(dataset.calendar).expected(wanted, granularity);
  const recorded = processed ? await bucketsOf(dataset, partition, bucket, store) : [];
  const first = recorded[0];
  const last = recorded.at(-1);
  const has = new Set(recorded);
  const missing = expected.filter(
    (at) =>
      first !== undefined && last !== undefined && at > first && at < last && !has.has(at) && contains(covered, at),
  );
  return {
    partition,
    covered: covered.map(spell),
    first: first === undefined ? null : new Moment(first).date,
    last: last === undefined ? null : new Moment(last).date,
    rows: processed?.rows ?? 0,
    quarantined: processed?.quarantined ?? 0,
    gaps: runs(
      expected.map((at) => ({ at, open: !contains(covered, at) })),
      bucket,
    ).map(spell),
    missing: missing.map((at) => new Moment(at).date),
  };
}

/** How many expected buckets the gaps hold. */
export function countGaps(dataset: Dataset, { gaps }: PartitionCoverage): number {
  const { granularity } = dataset.source.windows;
  return gaps.reduce(
    (sum, [start, end]) =>
      sum + calendar(dataset.calendar).expected({ start: Date.parse(start), end: Date.parse(end) }, granularity).length,
    0,
  );
}

/** Starts of the buckets that have a record, in order. */
async function bucketsOf(dataset: Dataset, partition: string, bucket: number, store: Store): Promise<number[]> {
  const file = await store.get(recordsKey(dataset.name, partition));
  const column = dataset.schema[dataset.cursor];
  if (!file || !column) return [];
  const values = (await readColumn(dataset.cursor, column, file.body)) as number[];
  const times = column.kind === "date" ? values.map((day) => day * DAY) : values;
  return [...new Set(times.map((at) => Math.floor(at / bucket) * bucket))];
}

/** Intervals over expected buckets that are open one after the other, weekends and holidays between them included. */
function runs(buckets: readonly { at: number; open: boolean }[], bucket: number): Interval[] {
  const found: { start: number; end: number }[] = [];
  let open = false;
  for (const { at, open: isOpen } of buckets) {
    const current = found.at(-1);
    if (isOpen && open && current) current.end = at + bucket;
    else if (isOpen) found.push({ start: at, end: at + bucket });
    open = isOpen;
  }
  return found;
}

const spell = ({ start, end }: Interval): [string, string] => [
  new Moment(start).toString(),
  new Moment(end).toString(),
];
