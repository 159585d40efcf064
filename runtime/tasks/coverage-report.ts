import { calendar } from "../dataset/calendar/index.ts";
import type { Dataset } from "../dataset/definition.ts";
import { DAY, milliseconds } from "../dataset/duration.ts";
import { contains, type Interval } from "../dataset/interval.ts";
import { Moment } from "../dataset/moment.ts";
import type { PartitionCoverage } from "../dataset/run.ts";
import type { Column } from "../dataset/schema.ts";
import { recordsKey } from "../store/layout.ts";
import { readColumn, readNote } from "../store/records.ts";
import type { Store } from "../store/store.ts";

/** What a partition has in the lake, judged by its calendar. @param wanted everything that could be complete by now */
export async function coverageOf(
  dataset: Dataset,
  partition: string,
  covered: readonly Interval[],
  wanted: Interval,
  store: Store,
): Promise<PartitionCoverage> {
  const { granularity } = dataset.source.windows;
  const bucket = milliseconds(granularity);
  const expected = calendar(dataset.calendar).expected(wanted, granularity);
  const file = (await store.get(recordsKey(dataset.name, partition)))?.body;
  const note = file && readNote(file);
  const recorded = file ? await bucketsOf(dataset, bucket, file) : [];
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
    rows: note?.rows ?? 0,
    quarantined: note?.quarantined ?? 0,
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
async function bucketsOf({ schema, cursor }: Dataset, bucket: number, file: Uint8Array): Promise<number[]> {
  const column = schema[cursor] as Column;
  const values = (await readColumn(cursor, column, file)) as number[];
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
