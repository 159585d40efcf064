import assert from "node:assert/strict";
import {
  boolean,
  type Column,
  date,
  decimal,
  float,
  integer,
  json,
  text,
  timestamp,
} from "../../runtime/dataset/schema.ts";
import type { JsonValue } from "../../runtime/dataset/source.ts";
import { convert } from "../../runtime/process/convert.ts";
import type { StoredValue } from "../../runtime/store/records.ts";

const DAYS = (iso: string): number => Date.parse(iso) / 86_400_000;
const money = decimal({ precision: 8, scale: 4 });

const taken: readonly (readonly [string, Column, JsonValue, StoredValue])[] = [
  ["text", text(), "é€😀 ", "é€😀 "],
  ["text", text(), "", ""],
  ["json", json(), { b: [1, null, "x"], a: true }, '{"b":[1,null,"x"],"a":true}'],
  ["json", json(), "x", '"x"'],
  ["json", json(), false, "false"],
  ["boolean", boolean(), false, false],
  ["float", float(), 0.1, 0.1],
  ["float", float(), "-1.5e3", -1_500],
  ["float", float(), "123456789012345678901234567890", 1.2345678901234568e29],
  ["integer", integer(), 127, 127n],
  ["integer", integer(), "127.0", 127n],
  ["integer", integer(), "1e3", 1_000n],
  ["integer", integer(), "9223372036854775807", 9223372036854775807n],
  ["integer", integer(), "-9223372036854775808", -9223372036854775808n],
  ["decimal", money, 118.56, 1_185_600n],
  ["decimal", money, "118.5600", 1_185_600n],
  ["decimal", money, "-9999.9999", -99_999_999n],
  ["decimal", money, 1e-4, 1n],
  ["rounded decimal", decimal({ precision: 8, scale: 1, excess: "round" }), "0.25", 2n],
  ["date", date(), "2024-02-29", DAYS("2024-02-29")],
  ["date", date(), "2000-03-01T00:00:00.000Z", DAYS("2000-03-01")],
  ["date", date(), "1969-12-31T00:00:00+00:00", -1],
  ["timestamp", timestamp(), "2024-02-29T12:34:56.789Z", Date.UTC(2024, 1, 29, 12, 34, 56, 789)],
  ["timestamp", timestamp(), "2024-02-29T12:34:56.789000+05:30", Date.UTC(2024, 1, 29, 7, 4, 56, 789)],
  ["timestamp", timestamp(), "1969-12-31T23:59:59.999-00:00", -1],
  ["timestamp in seconds", timestamp("seconds"), 1_641_092_645, 1_641_092_645_000],
  ["timestamp in seconds", timestamp("seconds"), "1641092645.123", 1_641_092_645_123],
  ["timestamp in milliseconds", timestamp("milliseconds"), 1_641_092_645_123, 1_641_092_645_123],
];

const refused: readonly (readonly [string, Column, JsonValue])[] = [
  ["text", text(), 5],
  ["text", text(), ["x"]],
  ["text", text(), "a\0b"],
  ["text", text(), "half \ud83d"],
  ["json", json(), { a: ["\0"] }],
  ["json", json(), { "\udc00": 1 }],
  ["boolean", boolean(), "true"],
  ["boolean", boolean(), 1],
  ...["", " ", " 1", "0x10", "NaN", "Infinity", "1e999", "1,5", true, [1]].map(
    (value) => ["float", float(), value] as const,
  ),
  ...["9223372036854775808", "-9223372036854775809", 1.5, "1.0001", "", "x", true].map(
    (value) => ["integer of 64 bits", integer(), value] as const,
  ),
  ...["1.00001", 10_000, "NaN", "", true, { a: 1 }].map((value) => ["decimal(8, 4)", money, value] as const),
  ...["2023-02-30", "2024-01-01T05:00:00Z", "2024-01-01T00:00:00+01:00", "0000-01-01", "20240101", "x", 19_000].map(
    (value) => ["date", date(), value] as const,
  ),
  ...[
    "2024-01-01T00:00:00",
    "2024-01-01",
    "01-01-2020",
    "2023-02-30T00:00:00Z",
    "2024-01-01T25:00:00Z",
    "2024-01-01T00:00:00.123456Z",
    "+012024-01-01T00:00:00Z",
    "Mon, 01 Jan 2024 00:00:00 GMT",
    "",
    1_641_092_645,
  ].map((value) => ["ISO 8601 timestamp with a zone", timestamp(), value] as const),
  ["timestamp in seconds", timestamp("seconds"), "1641092645.1234"],
  ["timestamp in seconds", timestamp("seconds"), 1_641_092_645_123],
  ["timestamp in seconds", timestamp("seconds"), "2024-01-01T00:00:00Z"],
  ["timestamp in milliseconds", timestamp("milliseconds"), 1.5],
  ["timestamp in milliseconds", timestamp("milliseconds"), "-99999999999999999"],
];

describe("a value of the source", () => {
  for (const [what, column, value, stored] of taken)
    it(`${JSON.stringify(value)} becomes a ${what}`, () => assert.deepEqual(convert(value, column), stored));

  for (const [what, column, value] of refused)
    it(`${JSON.stringify(value)} is no ${what}`, () => {
      assert.throws(() => convert(value, column), {
        name: "ValueError",
        message: `is no ${what}: ${JSON.stringify(value)}`,
      });
    });

  for (const value of [null, undefined]) {
    it(`may be ${value} where that is allowed`, () => assert.equal(convert(value, text({ nullable: true })), null));
    it(`may not be ${value} elsewhere`, () =>
      assert.throws(() => convert(value, decimal()), { name: "ValueError", message: "is missing" }));
  }
});
