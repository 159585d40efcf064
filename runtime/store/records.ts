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
