import { formatDecimal } from "../dataset/decimal.ts";
import { DAY } from "../dataset/duration.ts";
import { Moment } from "../dataset/moment.ts";
import type { Column, Schema } from "../dataset/schema.ts";
import type { JsonValue } from "../dataset/source.ts";
import type { RecordsReader, StoredValue } from "./records.ts";

/** The records of a file, one after the other, by the names of their columns. @param schema by which they are read */
export async function* shownRecords(reader: RecordsReader, schema: Schema): AsyncGenerator<Record<string, JsonValue>> {
  for await (const { values, raw } of reader.groups(schema))
    for (const row of raw.keys())
      yield shownRecord(
        schema,
        values.map((column) => column[row] ?? null),
      );
}

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
