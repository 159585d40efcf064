import type { Dataset } from "../dataset/definition.ts";
import type { StoredRecord } from "../store/records.ts";
import { cursorOf } from "./read.ts";

/** One record per key, the one fetched last, sorted by cursor and then by key. */
export function mergeRecords(dataset: Dataset, records: readonly StoredRecord[]): StoredRecord[] {
  const positions = dataset.key.map((name) => Object.keys(dataset.schema).indexOf(name));
  const latest = new Map<string, StoredRecord>();
  for (const record of records) {
    const key = JSON.stringify(positions.map((position) => String(record.values[position])));
    const known = latest.get(key);
    if (!known || record.fetchedAt >= known.fetchedAt) latest.set(key, record);
  }
  return [...latest]
    .map(([key, record]) => ({ key, record, cursor: cursorOf(dataset, record.values) }))
    .sort((a, b) => a.cursor - b.cursor || (a.key < b.key ? -1 : 1))
    .map(({ record }) => record);
}
