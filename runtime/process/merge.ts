import type { Dataset } from "../dataset/definition.ts";
import type { StoredRecord } from "../store/records.ts";
import { cursorOf } from "./read.ts";

/** By the time of fetching; where that is the same, by the name of the raw body, so that no order of reading matters. */
const isOlder = (one: StoredRecord, other: StoredRecord): boolean =>
  one.fetchedAt === other.fetchedAt ? one.raw < other.raw : one.fetchedAt < other.fetchedAt;

/** One record per key, the one fetched last, sorted by cursor and then by key. */
export function mergeRecords(dataset: Dataset, records: readonly StoredRecord[]): StoredRecord[] {
  const positions = dataset.key.map((name) => Object.keys(dataset.schema).indexOf(name));
  const latest = new Map<string, StoredRecord>();
  for (const record of records) {
    const key = JSON.stringify(positions.map((position) => String(record.values[position])));
    const known = latest.get(key);
    if (!known || !isOlder(record, known)) latest.set(key, record);
  }
  return [...latest]
    .map(([key, record]) => ({ key, record, cursor: cursorOf(dataset, record.values) }))
    .sort((a, b) => a.cursor - b.cursor || (a.key < b.key ? -1 : 1))
    .map(({ record }) => record);
}
