import type { Schema } from "../../runtime/dataset/schema.ts";
import {
  append,
  GROUP,
  inMemory,
  noRecords,
  type RecordColumns,
  type RecordsNote,
  RecordsReader,
  RecordsWriter,
  type StoredRecord,
  sliceOf,
} from "../../runtime/store/records.ts";

/** One partition as a Parquet file. The same records and note always give the same bytes. */
export function writeRecords(schema: Schema, records: readonly StoredRecord[], note: RecordsNote): Uint8Array {
  const writer = new RecordsWriter(schema, []);
  const columns = {
    values: Object.keys(schema).map((_, i) => records.map(({ values }) => values[i] ?? null)),
    raw: records.map(({ raw }) => raw),
    fetchedAt: records.map(({ fetchedAt }) => fetchedAt),
  };
  for (let from = 0; from < records.length; from += GROUP) writer.group(sliceOf(columns, from, from + GROUP));
  writer.end(note);
  return writer.take().slice();
}

/** @throws DamagedRecords when the file is not, byte for byte, what was written */
export const readNote = async (file: Uint8Array): Promise<RecordsNote> =>
  (await RecordsReader.open(inMemory(file))).note;

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
