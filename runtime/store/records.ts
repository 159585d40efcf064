import { parquetMetadata, parquetReadObjects, type SchemaElement } from "hyparquet";
import { parquetWriteBuffer } from "hyparquet-writer";
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
/** Digits that fit 64 bits. */
const SHORT_DECIMAL = 18;
/** Bytes of a 38 digit decimal. */
const DECIMAL_BYTES = 16;

/** One partition as a Parquet file. The same records and note always give the same bytes. */
export function writeRecords(schema: Schema, records: readonly StoredRecord[], note: RecordsNote): Uint8Array {
  const columns = Object.entries(withProvenance(schema));
  const values = records.map(({ values, raw, fetchedAt }) => [...values, raw, fetchedAt]);
  const buffer = parquetWriteBuffer({
    columnData: columns.map(([name, column], i) => ({
      name,
      data: values.map((row) => toParquet(row[i] ?? null, column)),
    })),
    schema: [
      { name: "record", num_children: columns.length },
      ...columns.map(([name, column]) => element(name, column)),
    ],
    kvMetadata: [{ key: NOTE, value: JSON.stringify(note) }],
    createdBy: "tidegate",
  });
  return new Uint8Array(buffer);
}

/** @throws when the bytes are no whole Parquet file of Tidegate's */
export function readNote(file: Uint8Array): RecordsNote {
  const found = parquetMetadata(bufferOf(file)).key_value_metadata?.find(({ key }) => key === NOTE)?.value;
  if (!found) throw new Error("the Parquet file carries no note of Tidegate's");
  return JSON.parse(found) as RecordsNote;
}

export async function readRecords(schema: Schema, file: Uint8Array): Promise<StoredRecord[]> {
  const columns = Object.entries(withProvenance(schema));
  const rows = await readPhysical(
    file,
    columns.map(([name]) => name),
  );
  return rows.map((row) => {
    const values = columns.map(([name, column]) => fromParquet(row[name], column));
    const [raw, fetchedAt] = values.splice(-2) as [string, number];
    return { values, raw, fetchedAt };
  });
}

/** One column alone, which spares decoding the others. */
export async function readColumn(name: string, column: Column, file: Uint8Array): Promise<StoredValue[]> {
  return (await readPhysical(file, [name])).map((row) => fromParquet(row[name], column));
}

/** Reads without the logical types, which hyparquet would turn into floats and dates. */
async function readPhysical(file: Uint8Array, columns: string[]): Promise<Record<string, unknown>[]> {
  const buffer = bufferOf(file);
  const metadata = parquetMetadata(buffer);
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

const toParquet = (value: StoredValue, column: Column): StoredValue =>
  column.kind === "timestamp" && typeof value === "number" ? BigInt(value) * 1_000n : value;

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

const bufferOf = (file: Uint8Array): ArrayBuffer =>
  file.buffer.slice(file.byteOffset, file.byteOffset + file.byteLength) as ArrayBuffer;
