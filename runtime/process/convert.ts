import { Temporal } from "temporal-polyfill";
import { parseDecimal } from "../dataset/decimal.ts";
import { DAY } from "../dataset/duration.ts";
import { show } from "../dataset/errors.ts";
import { startOfDate } from "../dataset/moment.ts";
import type { Column, TimestampUnit } from "../dataset/schema.ts";
import type { JsonValue } from "../dataset/source.ts";
import type { StoredValue } from "../store/records.ts";
import { decimalReader } from "./decimal-reader.ts";

/** A value that its column cannot hold. */
export class ValueError extends Error {
  override readonly name = "ValueError";
}

/** The value in the form it is stored in; undefined when its column cannot hold it. It is never null or undefined itself. */
export type Converter = (value: NonNullable<JsonValue>) => StoredValue | undefined;

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
  const stored = converterOf(column)(value);
  if (stored === undefined) throw new ValueError(`is no ${nameOf(column)}: ${show(value)}`);
  return stored;
}

/** Made once for a column, and used for each of its values. */
export function converterOf(column: Column): Converter {
  switch (column.kind) {
    case "text":
      return (value) => (typeof value === "string" && isStorable(value) ? value : undefined);
    case "json":
      return toJson;
    case "boolean":
      return (value) => (typeof value === "boolean" ? value : undefined);
    case "float":
      return toFloat;
    case "integer":
      return toInteger;
    case "decimal":
      return decimalReader(column);
    case "date":
      return remembering(toDays);
    case "timestamp": {
      const read = column.from === "iso" ? remembering(fromIso) : fromUnix(column.from);
      return (value) => {
        const instant = read(value);
        return instant !== undefined && instant >= EARLIEST && instant <= LATEST ? instant : undefined;
      };
    }
  }
}

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

const FLOAT = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i;

function toFloat(value: JsonValue): number | undefined {
  const number = typeof value === "string" ? (FLOAT.test(value) ? Number(value) : undefined) : value;
  return typeof number === "number" && Number.isFinite(number) ? number : undefined;
}

function toInteger(value: JsonValue): bigint | undefined {
  if (Number.isSafeInteger(value)) return BigInt(value as number);
  if (typeof value !== "string" && typeof value !== "number") return undefined;
  const integer = parseDecimal(String(value), { precision: 19, scale: 0 }, "refuse");
  return integer !== undefined && integer <= LARGEST_INTEGER && integer >= -LARGEST_INTEGER - 1n ? integer : undefined;
}

/** Answers that are remembered: partitions share their days. */
const REMEMBERED = 10_000;

function remembering<T>(read: (text: string) => T): (value: JsonValue) => T | undefined {
  const known = new Map<string, T>();
  return (value) => {
    if (typeof value !== "string") return undefined;
    const before = known.get(value);
    if (before !== undefined) return before;
    const now = read(value);
    if (known.size === REMEMBERED) known.clear();
    known.set(value, now);
    return now;
  };
}

/** `2000-03-01`, also as midnight UTC: `2000-03-01T00:00:00.000Z`. */
function toDays(value: string): number | undefined {
  const [, date, rest] = /^(\d{4}-\d{2}-\d{2})(.*)$/.exec(value) ?? [];
  if (date === undefined || !/^(T00:00:00(\.0+)?(Z|\+00:00))?$/.test(rest ?? "")) return undefined;
  const start = startOfDate(date);
  return Number.isNaN(start) || start < EARLIEST ? undefined : start / DAY;
}

/** Without a zone an instant would depend on the machine that reads it; what is finer than a millisecond would be lost. */
function fromIso(value: string): number | undefined {
  const usual = USUAL_ISO.exec(value);
  if (usual) {
    const [, date = "", hour, minute, second, fraction = "0"] = usual;
    const start = startOfDate(date);
    return Number.isNaN(start)
      ? undefined
      : start + ((Number(hour) * 60 + Number(minute)) * 60 + Number(second)) * 1_000 + Number(fraction.padEnd(3, "0"));
  }
  try {
    const instant = Temporal.Instant.from(value);
    return instant.epochNanoseconds % 1_000_000n === 0n ? instant.epochMilliseconds : undefined;
  } catch {
    return undefined;
  }
}

const USUAL_ISO = /^(\d{4}-\d{2}-\d{2})T([01]\d|2[0-3]):([0-5]\d):([0-5]\d)(?:\.(\d{1,3}))?Z$/;

function fromUnix(from: Exclude<TimestampUnit, "iso">): (value: JsonValue) => number | undefined {
  const scale = from === "seconds" ? 3 : 0;
  const factor = 10 ** scale;
  return (value) => {
    if (Number.isSafeInteger(value) && Math.abs(value as number) * factor < 1e15) return (value as number) * factor;
    if (typeof value !== "string" && typeof value !== "number") return undefined;
    const unscaled = parseDecimal(String(value), { precision: 18, scale }, "refuse");
    return unscaled === undefined ? undefined : Number(unscaled);
  };
}

export function nameOf(column: Column): string {
  if (column.kind === "decimal") return `decimal(${column.precision}, ${column.scale})`;
  if (column.kind === "timestamp")
    return column.from === "iso" ? "ISO 8601 timestamp with a zone" : `timestamp in ${column.from}`;
  return column.kind === "integer" ? "integer of 64 bits" : column.kind;
}
