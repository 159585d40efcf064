import type { Schema } from "../dataset/schema.ts";
import { inMemory, RecordsReader } from "./records/reader.ts";
import { append, noRecords, type RecordColumns, type StoredRecord } from "./records/record.ts";

export { DamagedRecords } from "./records/checksum.ts";
export { inMemory, RecordsReader, withRecords } from "./records/reader.ts";
export {
  append,
  clear,
  joined,
  noRecords,
  PROVENANCE,
  type RecordColumns,
  type RecordsNote,
  type StoredRecord,
  type StoredValue,
  sliceOf,
  withProvenance,
} from "./records/record.ts";
export { GROUP, RecordsWriter } from "./records/writer.ts";

/** @throws DamagedRecords when it is not, byte for byte, what was written */
export async function readRecords(schema: Schema, file: Uint8Array): Promise<StoredRecord[]> {
  const { values, raw, fetchedAt } = await readColumns(schema, file);
  return raw.map((name, row) => ({
    values: values.map((column) => column[row] ?? null),
    raw: name,
    fetchedAt: fetchedAt[row] as number,
  }));
}

async function readColumns(schema: Schema, file: Uint8Array): Promise<RecordColumns> {
  const all = noRecords(schema);
  const reader = await RecordsReader.open(inMemory(file));
  for await (const group of reader.groups(schema)) append(all, group);
  return all;
}
