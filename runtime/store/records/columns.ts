import type { SchemaElement } from "hyparquet";
import type { Column } from "../../dataset/schema.ts";
import type { StoredValue } from "./record.ts";

/** Digits that fit 64 bits. */
const SHORT_DECIMAL = 18;
/** Bytes of a 38 digit decimal. */
const DECIMAL_BYTES = 16;

/** How Parquet is told of a column. */
export function element(name: string, column: Column): SchemaElement {
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

/** Without what hyparquet would turn values into floats and dates by. */
export function physical({
  converted_type: _converted,
  logical_type: _logical,
  ...rest
}: SchemaElement): SchemaElement {
  return rest;
}

/** A decimal that only bytes hold. */
export const isLong = (column: Column): boolean => column.kind === "decimal" && column.precision > SHORT_DECIMAL;

export function toParquet(values: readonly StoredValue[], column: Column): (StoredValue | Uint8Array)[] {
  if (isLong(column)) return toBytes(values);
  if (column.kind !== "timestamp") return values as StoredValue[];
  let [last, micros]: [StoredValue, bigint] = [null, 0n];
  return values.map((value) => {
    if (value !== last && typeof value === "number") [last, micros] = [value, BigInt(value) * 1_000n];
    return value === null ? null : micros;
  });
}

export function fromParquet(value: unknown, column: Column): StoredValue {
  if (value === undefined || value === null) return null;
  if (column.kind === "timestamp") return Number((value as bigint) / 1_000n);
  if (column.kind === "decimal") return typeof value === "bigint" ? value : signed(value as Uint8Array);
  return value as StoredValue;
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

/** Two's complement, most significant byte first. */
function signed(bytes: Uint8Array): bigint {
  return BigInt.asIntN(bytes.length * 8, BigInt(`0x${Buffer.from(bytes).toString("hex")}`));
}
