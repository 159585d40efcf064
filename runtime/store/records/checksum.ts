import type { FileMetaData, KeyValue } from "hyparquet";
import type { RecordsNote } from "./record.ts";

const NOTE = "tidegate";
const CHECKSUM = "tidegate.seal";

/** What shows that the records are as they were written. */
export interface Checksum {
  /** Where the records end and what describes them begins, in bytes. */
  readonly end: number;
  /** Of all bytes before that. */
  readonly sha256: string;
}

/** A file of records that is not as it was written. */
export class DamagedRecords extends Error {
  override readonly name = "DamagedRecords";

  constructor(problem: string, options?: ErrorOptions) {
    super(`the file of records is damaged: ${problem}`, options);
  }
}

/** What a file says of itself and of its bytes. */
export const keyValues = (note: RecordsNote, checksum: Checksum): KeyValue[] => [
  { key: NOTE, value: JSON.stringify(note) },
  { key: CHECKSUM, value: JSON.stringify(checksum) },
];

/** @throws DamagedRecords */
export const noteIn = (metadata: FileMetaData): RecordsNote => JSON.parse(entryOf(metadata, NOTE)) as RecordsNote;

/** @throws DamagedRecords */
export const checksumIn = (metadata: FileMetaData): Checksum => JSON.parse(entryOf(metadata, CHECKSUM)) as Checksum;

/** @param found SHA-256 of the bytes that are there @throws DamagedRecords */
export function verify({ sha256 }: Checksum, found: string): void {
  if (found !== sha256) throw new DamagedRecords("its records are not those that were written");
}

function entryOf({ key_value_metadata }: FileMetaData, key: string): string {
  const found = key_value_metadata?.find((one) => one.key === key)?.value;
  if (!found) throw new DamagedRecords(`it carries no ${key}`);
  return found;
}
