import { createHash } from "node:crypto";
import { type FileHandle, open } from "node:fs/promises";
import { type AsyncBuffer, type FileMetaData, parquetMetadataAsync, parquetRead } from "hyparquet";
import { messageOf } from "../../dataset/errors.ts";
import type { Column, Schema } from "../../dataset/schema.ts";
import { checksumIn, DamagedRecords, noteIn, verify } from "./checksum.ts";
import { fromParquet, physical } from "./columns.ts";
import { type RecordColumns, type RecordsNote, type StoredValue, withProvenance } from "./record.ts";
import { recordedSchema } from "./recorded-schema.ts";

/** Bytes that are looked at in one go. */
const PIECE = 1024 * 1024;

/** A file of records that was found as it was written. Its records are read a row group at a time, whatever its size. */
export class RecordsReader {
  readonly note: RecordsNote;
  /** SHA-256 of the file. */
  readonly digest: string;
  readonly bytes: number;
  readonly #file: AsyncBuffer;
  readonly #described: FileMetaData["schema"];
  readonly #metadata: FileMetaData;

  private constructor(file: AsyncBuffer, metadata: FileMetaData, digest: string) {
    this.#file = file;
    this.#described = metadata.schema;
    // The names of the columns and their form; the logical types would make floats and dates of the values.
    const schema = metadata.schema.map((item) => (item.converted_type === "UTF8" ? item : physical(item)));
    this.#metadata = { ...metadata, schema };
    this.note = noteIn(metadata);
    this.digest = digest;
    this.bytes = file.byteLength;
  }

  /** @throws DamagedRecords when the file is not, byte for byte, what was written */
  static async open(file: AsyncBuffer): Promise<RecordsReader> {
    const metadata = await metadataOf(file);
    const checksum = checksumIn(metadata);
    const digest = createHash("sha256");
    await addTo(digest, file, 0, checksum.end);
    verify(checksum, digest.copy().digest("hex"));
    await addTo(digest, file, checksum.end, file.byteLength);
    return new RecordsReader(file, metadata, digest.digest("hex"));
  }

  /** As the file itself says it. */
  get schema(): Schema {
    return recordedSchema(this.#described);
  }

  /** The records in their order. */
  async *groups(schema: Schema): AsyncGenerator<RecordColumns> {
    const columns = Object.entries(withProvenance(schema));
    for (const group of this.#groups()) {
      const found: StoredValue[][] = [];
      for (const [name, column] of columns) found.push(await this.#column(group, name, column));
      const [raw, fetchedAt] = found.splice(-2) as [string[], number[]];
      yield { values: found, raw, fetchedAt };
    }
  }

  /** The values of one column in their order, which spares decoding the others. */
  async *column(name: string, column: Column): AsyncGenerator<StoredValue[]> {
    for (const group of this.#groups()) yield await this.#column(group, name, column);
  }

  #groups(): FileMetaData[] {
    return this.#metadata.row_groups.map((group) => ({ ...this.#metadata, row_groups: [group] }));
  }

  async #column(metadata: FileMetaData, name: string, column: Column): Promise<StoredValue[]> {
    const values: StoredValue[] = [];
    await parquetRead({
      ...{ file: this.#file, metadata, columns: [name], utf8: false },
      onChunk({ columnData }) {
        for (const value of columnData) values.push(fromParquet(value, column));
      },
    });
    return values;
  }
}

/** Opens a file of the disk for as long as it is used. @throws DamagedRecords */
export async function withRecords<T>(path: string, use: (records: RecordsReader) => Promise<T>): Promise<T> {
  const handle = await open(path, "r");
  try {
    return await use(await RecordsReader.open(await onDisk(handle)));
  } finally {
    await handle.close();
  }
}

export const inMemory = (file: Uint8Array): AsyncBuffer => ({
  byteLength: file.byteLength,
  slice: (start, end) =>
    file.buffer.slice(file.byteOffset + start, file.byteOffset + (end ?? file.byteLength)) as ArrayBuffer,
});

async function onDisk(handle: FileHandle): Promise<AsyncBuffer> {
  const { size } = await handle.stat();
  return {
    byteLength: size,
    async slice(start, end = size) {
      const bytes = new Uint8Array(end - start);
      for (let at = 0; at < bytes.byteLength; ) {
        const { bytesRead } = await handle.read(bytes, at, bytes.byteLength - at, start + at);
        if (bytesRead === 0) throw new DamagedRecords("it has become shorter");
        at += bytesRead;
      }
      return bytes.buffer;
    },
  };
}

async function metadataOf(file: AsyncBuffer): Promise<FileMetaData> {
  try {
    return await parquetMetadataAsync(file);
  } catch (error) {
    throw new DamagedRecords(messageOf(error), { cause: error });
  }
}

async function addTo(
  digest: ReturnType<typeof createHash>,
  file: AsyncBuffer,
  from: number,
  to: number,
): Promise<void> {
  for (let at = from; at < to; at += PIECE)
    digest.update(new Uint8Array(await file.slice(at, Math.min(at + PIECE, to))));
}
