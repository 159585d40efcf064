import { parseDecimal } from "../dataset/decimal.ts";
import { DAY } from "../dataset/duration.ts";
import { show } from "../dataset/errors.ts";
import { startOfDate } from "../dataset/moment.ts";
import type { Column, TimestampUnit } from "../dataset/schema.ts";
import type { JsonValue } from "../dataset/source.ts";
import type { StoredValue } from "../store/records.ts";

/** A value that its column cannot hold. */
export class ValueError extends Error {
  override readonly name = "ValueError";
}

const LARGEST_INTEGER = 2n ** 63n - 1n;

/** The value in the form it is stored in. Nothing is guessed: what does not fit exactly is refused. @throws ValueError */
export function convert(value: JsonValue | undefined, column: Column): StoredValue {
  if (value === null || value === undefined) {
    if (column.nullable) return null;
    throw new ValueError("is missing");
  }
  const stored = byKind(value, column);
  if (stored === undefined) throw new ValueError(`is no ${nameOf(column)}: ${show(value)}`);
  return stored;
}

function byKind(value: NonNullable<JsonValue>, column: Column): StoredValue | undefined {
  switch (column.kind) {
    case "text":
      return typeof value === "string" ? value : undefined;
    case "json":
      return JSON.stringify(value);
    case "boolean":
      return typeof value === "boolean" ? value : undefined;
    case "float":
      return toFloat(value);
    case "integer":
      return toInteger(value);
    case "decimal":
      return isNumeric(value) ? parseDecimal(String(value), column, column.excess) : undefined;
    case "date":
      return typeof value === "string" ? toDays(value) : undefined;
    case "timestamp":
      return toMilliseconds(value, column.from);
  }
}

const isNumeric = (value: JsonValue): value is string | number =>
  typeof value === "string" || typeof value === "number";

function toFloat(value: JsonValue): number | undefined {
  if (!isNumeric(value) || value === "") return undefined;
  const number = Number(value);
  return Number.isFinite(number) ? number : undefined;
}

function toInteger(value: JsonValue): bigint | undefined {
  if (!isNumeric(value)) return undefined;
  const integer = parseDecimal(String(value), { precision: 19, scale: 0 }, "refuse");
  return integer !== undefined && integer <= LARGEST_INTEGER && integer >= -LARGEST_INTEGER - 1n ? integer : undefined;
}

/** `2000-03-01`, also as midnight UTC: `2000-03-01T00:00:00.000Z`. */
function toDays(value: string): number | undefined {
  const [, date, rest] = /^(\d{4}-\d{2}-\d{2})(.*)$/.exec(value) ?? [];
  if (date === undefined || !/^(T00:00:00(\.0+)?(Z|\+00:00))?$/.test(rest ?? "")) return undefined;
  const start = startOfDate(date);
  return Number.isNaN(start) ? undefined : start / DAY;
}

function toMilliseconds(value: JsonValue, from: TimestampUnit): number | undefined {
  if (from === "iso")
    // Without a zone an instant would depend on the machine that reads it.
    return typeof value === "string" && /(Z|[+-]\d{2}:?\d{2})$/.test(value) && !Number.isNaN(Date.parse(value))
      ? Date.parse(value)
      : undefined;
  if (!isNumeric(value)) return undefined;
  const unscaled = parseDecimal(String(value), { precision: 18, scale: from === "seconds" ? 3 : 0 }, "refuse");
  return unscaled === undefined ? undefined : Number(unscaled);
}

function nameOf(column: Column): string {
  if (column.kind === "decimal") return `decimal(${column.precision}, ${column.scale})`;
  if (column.kind === "timestamp")
    return column.from === "iso" ? "ISO 8601 timestamp with a zone" : `timestamp in ${column.from}`;
  return column.kind === "integer" ? "integer of 64 bits" : column.kind;
}
