import { Temporal } from "temporal-polyfill";
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

/** The years 1 to 9999, which every target can hold. */
const EARLIEST = Date.parse("0001-01-01T00:00:00Z");
const LATEST = Date.parse("9999-12-31T23:59:59.999Z");

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
      return typeof value === "string" && isStorable(value) ? value : undefined;
    case "json":
      return toJson(value);
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

/** Postgres takes no NUL, and half a surrogate pair has no UTF-8. */
const isStorable = (text: string): boolean => text.isWellFormed() && !text.includes("\0");

function toJson(value: JsonValue): string | undefined {
  let storable = true;
  const json = JSON.stringify(value, (key, part) => {
    storable &&= isStorable(key) && (typeof part !== "string" || isStorable(part));
    return part;
  });
  return storable ? json : undefined;
}

function toFloat(value: JsonValue): number | undefined {
  if (!isNumeric(value) || !/^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(String(value))) return undefined;
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
  return Number.isNaN(start) || start < EARLIEST ? undefined : start / DAY;
}

function toMilliseconds(value: JsonValue, from: TimestampUnit): number | undefined {
  const instant = from === "iso" ? fromIso(value) : fromUnix(value, from);
  return instant !== undefined && instant >= EARLIEST && instant <= LATEST ? instant : undefined;
}

/** Without a zone an instant would depend on the machine that reads it; what is finer than a millisecond would be lost. */
function fromIso(value: JsonValue): number | undefined {
  if (typeof value !== "string") return undefined;
  try {
    const instant = Temporal.Instant.from(value);
    return instant.epochNanoseconds % 1_000_000n === 0n ? instant.epochMilliseconds : undefined;
  } catch {
    return undefined;
  }
}

function fromUnix(value: JsonValue, from: "seconds" | "milliseconds"): number | undefined {
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
