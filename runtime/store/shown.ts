import { formatDecimal } from "../dataset/decimal.ts";
import { DAY } from "../dataset/duration.ts";
import { Moment } from "../dataset/moment.ts";
import type { Column, Schema } from "../dataset/schema.ts";
import type { JsonValue } from "../dataset/source.ts";
import type { StoredValue } from "./records.ts";

/** A record by the names of its columns: decimals, integers, dates and timestamps as text, JSON as its value. */
export const shownRecord = (schema: Schema, values: readonly StoredValue[]): Record<string, JsonValue> =>
  Object.fromEntries(Object.entries(schema).map(([name, column], i) => [name, shownValue(column, values[i] ?? null)]));

export function shownValue(column: Column, value: StoredValue): JsonValue {
  if (value === null) return null;
  switch (column.kind) {
    case "decimal":
      return formatDecimal(value as bigint, column.scale);
    case "integer":
      return String(value);
    case "date":
      return new Moment((value as number) * DAY).date;
    case "timestamp":
      return new Moment(value as number).toString();
    case "json":
      return JSON.parse(value as string) as JsonValue;
    default:
      return value as string | number | boolean;
  }
}
