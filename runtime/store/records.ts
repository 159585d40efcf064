import { hash } from "node:crypto";
import { type FileMetaData, parquetMetadata, parquetReadObjects, type SchemaElement } from "hyparquet";
import { ByteWriter, ParquetWriter } from "hyparquet-writer";
import { messageOf } from "../dataset/errors.ts";
import type { Column, Schema } from "../dataset/schema.ts";

/**
 * A checked record. Its values are in the order of the schema, in the form they are stored in: text and JSON as strings,
 * dates as days and timestamps as milliseconds since 1970, decimals unscaled, integers as bigint.
 */
export interface StoredRecord {
  readonly values: readonly StoredValue[];
  /** Key of the raw body that it was read from. */
  readonly raw: string;
  /** When that body was fetched, Unix milliseconds. */
  readonly fetchedAt: number;
}

export type StoredValue = string | number | bigint | boolean | null;

/** Many records, column by column: as they lie in a file, and without an object for each. */
export interface RecordColumns {
  /** The columns of the schema, in its order. */
  readonly values: readonly StoredValue[][];
  readonly raw: string[];
  readonly fetchedAt: number[];
}

/** What a partition's file says of itself. */
export interface RecordsNote {
  readonly version: 1;
  /** Digest of all that decides how raw becomes records. */
  readonly definition: string;
  /** Names of the exchanges that the records were made from. */
  readonly exchanges: readonly string[];
  readonly rows: number;
  readonly quarantined: number;
}

/** Where a record comes from: columns that stand behind those of the schema in every file and table. */
export const PROVENANCE: Schema = {
  _raw: { kind: "text", nullable: false, description: "Key of the raw body in the lake" },
  _fetched_at: { kind: "timestamp", from: "iso", nullable: false, description: "When that body was fetched" },
};

export const withProvenance = (schema: Schema): Schema => ({ ...schema, ...PROVENANCE });

const NOTE = "tidegate";
/** Under this key stands what shows that the records are as they were written. */
const SEAL = "tidegate.seal";
/** Records that are written, and later read, in one go. */
const GROUP = 100_000;
/** Digits that fit 64 bits. */
const SHORT_DECIMAL = 18;
/** Bytes of a 38 digit decimal. */
const DECIMAL_BYTES = 16;

/** One partition as a Parquet file. The same records and note always give the same bytes. */
export function writeRecords(schema: Schema, records: readonly StoredRecord[], note: RecordsNote): Uint8Array {
  return writeColumns(
    schema,
    {
      values: Object.keys(schema).map((_, i) => records.map(({ values }) => values[i] ?? null)),
      raw: records.map(({ raw }) => raw),
      fetchedAt: records.map(({ fetchedAt }) => fetchedAt),
    },
    note,
  );
}

/** As `writeRecords`, of columns. */
export function writeColumns(schema: Schema, records: RecordColumns, note: RecordsNote): Uint8Array {
  const columns = Object.entries(withProvenance(schema));
  const data = [...records.values, records.raw, records.fetchedAt];
  const described = [
    { name: "record", num_children: columns.length },
    ...columns.map(([name, column]) => element(name, column)),
  ];
  const writer = new ByteWriter();
  // Long decimals are made into bytes here, which is far faster; for the library they are bytes until the file is described.
  const parquet = new ParquetWriter({ writer, schema: described.map(asBytes), createdBy: "tidegate" });
  parquet.write({
    columnData: columns.map(([name, column], i) => {
      const values = toParquet(data[i] ?? [], column);
      const encoding = repeats(values) ? {} : { encoding: "PLAIN" as const };
      // The library would put negative bytes behind positive ones.
      return { name, data: values, ...encoding, ...(isLong(column) ? { statistics: false } : {}) };
    }),
    rowGroupSize: GROUP,
  });
  parquet.schema = described;
  const end = writer.offset;
  const sha256 = hash("sha256", writer.getBytes(), "hex");
  parquet.kvMetadata = [
    { key: NOTE, value: JSON.stringify(note) },
    { key: SEAL, value: JSON.stringify({ end, sha256 } satisfies Seal) },
  ];
  parquet.finish();
  return writer.getBytes().slice();
}

/** @throws DamagedRecords when the file is not, byte for byte, what was written */
export function readNote(file: Uint8Array): RecordsNote {
  const metadata = metadataOf(file);
  checkSeal(file, metadata);
  return JSON.parse(entry(metadata, NOTE)) as RecordsNote;
}

export async function readRecords(schema: Schema, file: Uint8Array): Promise<StoredRecord[]> {
  const { values, raw, fetchedAt } = await readColumns(schema, file);
  return raw.map((name, row) => ({
    values: values.map((column) => column[row] ?? null),
    raw: name,
    fetchedAt: fetchedAt[row] as number,
  }));
}

/** @throws DamagedRecords when it is not, byte for byte, what was written */
export async function readColumns(schema: Schema, file: Uint8Array): Promise<RecordColumns> {
  const columns = Object.entries(withProvenance(schema));
  const found = await readPhysical(
    file,
    columns.map(([name]) => name),
  );
  const values = columns.map(([name, column]) => found.map((row) => fromParquet(row[name], column)));
  const [raw, fetchedAt] = values.splice(-2) as [string[], number[]];
  return { values, raw, fetchedAt };
}

/** One column alone, which spares decoding the others. */
export async function readColumn(name: string, column: Column, file: Uint8Array): Promise<StoredValue[]> {
  return (await readPhysical(file, [name])).map((row) => fromParquet(row[name], column));
}

/** Reads without the logical types, which hyparquet would turn into floats and dates. */
async function readPhysical(file: Uint8Array, columns: string[]): Promise<Record<string, unknown>[]> {
  const metadata = metadataOf(file);
  checkSeal(file, metadata);
  const buffer = bufferOf(file);
  const schema = metadata.schema.map((item) => (item.converted_type === "UTF8" ? item : physical(item)));
  return parquetReadObjects({ file: buffer, metadata: { ...metadata, schema }, columns, utf8: false });
}

function physical({ converted_type: _converted, logical_type: _logical, ...rest }: SchemaElement): SchemaElement {
  return rest;
}

function element(name: string, column: Column): SchemaElement {
  const common = { name, repetition_type: column.nullable ? ("OPTIONAL" as const) : ("REQUIRED" as const) };
  switch (column.kind) {
    case "text":
    case "json":
      return { ...common, type: "BYTE_ARRAY", converted_type: "UTF8" };
    case "date":
      return { ...common, type: "INT32", converted_type: "DATE" };
    case "timestamp":
      return {
        ...common,
        type: "INT64",
        converted_type: "TIMESTAMP_MICROS",
        logical_type: { type: "TIMESTAMP", isAdjustedToUTC: true, unit: "MICROS" },
      };
    case "decimal":
      return {
        ...common,
        ...(column.precision <= SHORT_DECIMAL
          ? { type: "INT64" as const }
          : { type: "FIXED_LEN_BYTE_ARRAY" as const, type_length: DECIMAL_BYTES }),
        converted_type: "DECIMAL",
        precision: column.precision,
        scale: column.scale,
      };
    case "integer":
      return { ...common, type: "INT64" };
    case "float":
      return { ...common, type: "DOUBLE" };
    case "boolean":
      return { ...common, type: "BOOLEAN" };
  }
}

const isLong = (column: Column): boolean => column.kind === "decimal" && column.precision > SHORT_DECIMAL;

function asBytes(item: SchemaElement): SchemaElement {
  return item.type === "FIXED_LEN_BYTE_ARRAY" ? physical(item) : item;
}

/** Two's complement, most significant byte first. */
function toBytes(values: readonly StoredValue[]): (StoredValue | Uint8Array)[] {
  const bytes = new Uint8Array(values.length * DECIMAL_BYTES);
  const view = new DataView(bytes.buffer);
  return values.map((value, i) => {
    if (typeof value !== "bigint") return value;
    const at = i * DECIMAL_BYTES;
    view.setBigInt64(at, value >> 64n);
    view.setBigInt64(at + 8, value);
    return bytes.subarray(at, at + DECIMAL_BYTES);
  });
}

function toParquet(values: readonly StoredValue[], column: Column): (StoredValue | Uint8Array)[] {
  if (isLong(column)) return toBytes(values);
  if (column.kind !== "timestamp") return values as StoredValue[];
  let [last, micros]: [StoredValue, bigint] = [null, 0n];
  return values.map((value) => {
    if (value !== last && typeof value === "number") [last, micros] = [value, BigInt(value) * 1_000n];
    return value === null ? null : micros;
  });
}

/** Values that are looked at to tell whether a column repeats itself. */
const SAMPLE = 100;

/** Whether a dictionary may pay; to make one in vain costs more than all the rest. */
function repeats(values: readonly unknown[]): boolean {
  const step = Math.max(1, Math.floor(values.length / SAMPLE));
  const seen = new Set<unknown>();
  let looked = 0;
  for (let i = 0; i < values.length; i += step) {
    seen.add(values[i] ?? null);
    looked += 1;
  }
  return seen.size <= looked / 2;
}

function fromParquet(value: unknown, column: Column): StoredValue {
  if (value === undefined || value === null) return null;
  if (column.kind === "timestamp") return Number((value as bigint) / 1_000n);
  if (column.kind === "decimal") return typeof value === "bigint" ? value : signed(value as Uint8Array);
  return value as StoredValue;
}

/** Two's complement, most significant byte first. */
function signed(bytes: Uint8Array): bigint {
  return BigInt.asIntN(bytes.length * 8, BigInt(`0x${Buffer.from(bytes).toString("hex")}`));
}

interface Seal {
  /** Where the records end and what describes them begins. */
  readonly end: number;
  /** Of all bytes before that. */
  readonly sha256: string;
}

/** A file of records that is not as it was written. */
export class DamagedRecords extends Error {
  override readonly name = "DamagedRecords";

  constructor(problem: string) {
    super(`the file of records is damaged: ${problem}`);
  }
}

function metadataOf(file: Uint8Array): FileMetaData {
  try {
    return parquetMetadata(bufferOf(file));
  } catch (error) {
    throw new DamagedRecords(messageOf(error));
  }
}

function entry({ key_value_metadata }: FileMetaData, key: string): string {
  const found = key_value_metadata?.find((one) => one.key === key)?.value;
  if (!found) throw new DamagedRecords(`it carries no ${key}`);
  return found;
}

function checkSeal(file: Uint8Array, metadata: FileMetaData): void {
  const { end, sha256 } = JSON.parse(entry(metadata, SEAL)) as Seal;
  if (hash("sha256", file.subarray(0, end), "hex") !== sha256)
    throw new DamagedRecords("its records are not those that were written");
}

const bufferOf = (file: Uint8Array): ArrayBuffer =>
  file.buffer.slice(file.byteOffset, file.byteOffset + file.byteLength) as ArrayBuffer;
