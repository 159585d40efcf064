import type { Dataset, DatasetDefinition } from "../../runtime/dataset/definition.ts";
import {
  boolean,
  date,
  decimal,
  float,
  integer,
  json,
  type Schema,
  text,
  timestamp,
} from "../../runtime/dataset/index.ts";
import type { StoredRecord } from "../../runtime/store/records.ts";
import { tiny } from "./tiny.ts";

/** A dataset with a column of every kind, once needed and once not. */
export const everyKind = (definition: Partial<DatasetDefinition<"ticker", Schema>> = {}): Dataset =>
  tiny("https://example.org", {
    definition: {
      name: "every_kind",
      schema: {
        ticker: text(),
        at: timestamp(),
        day: date(),
        amount: decimal({ precision: 38, scale: 18 }),
        small: decimal({ precision: 5, scale: 0 }),
        count: integer(),
        ratio: float(),
        open: boolean(),
        extra: json(),
        text_or_null: text({ nullable: true }),
        at_or_null: timestamp("iso", { nullable: true }),
        day_or_null: date({ nullable: true }),
        amount_or_null: decimal({ precision: 38, scale: 38, nullable: true }),
        count_or_null: integer({ nullable: true }),
        ratio_or_null: float({ nullable: true }),
        open_or_null: boolean({ nullable: true }),
        extra_or_null: json({ nullable: true }),
      },
      key: ["ticker", "at"],
      cursor: "at",
      ...definition,
    },
  });

const MOST = 2n ** 63n - 1n;
const DIGITS = 10n ** 38n - 1n;
const ODD = `"quoted", {braces}, back\\slash, 'apostrophe', NULL, new\nline, tab\t, é€😀`;

/** Records with every value at its edges, and the same as text as a database shows it in UTC. */
export const edges: readonly { readonly record: StoredRecord; readonly shown: readonly (string | null)[] }[] = [
  {
    record: {
      values: [
        ...["A", Date.UTC(2024, 1, 29, 12, 34, 56, 789), 19_782, DIGITS, 99_999n, MOST, 0.1, true],
        ...['{"a":[1,2.5,null]}', ODD, -1, -1, -DIGITS, -MOST - 1n, -1.5e300, false, '"text"'],
      ],
      raw: "raw/a.json",
      fetchedAt: Date.UTC(2024, 5, 1),
    },
    shown: [
      ...["A", "2024-02-29 12:34:56.789", "2024-02-29", `${"9".repeat(20)}.${"9".repeat(18)}`, "99999"],
      ...["9223372036854775807", "0.1", "true", '{"a":[1,2.5,null]}', ODD, "1969-12-31 23:59:59.999"],
      ...["1969-12-31", `-0.${"9".repeat(38)}`, "-9223372036854775808", "-1.5e+300", "false", '"text"'],
      ...["raw/a.json", "2024-06-01 00:00:00"],
    ],
  },
  {
    record: {
      values: [
        ...["A", Date.UTC(9999, 11, 31), 0, 1n, -1n, 0n, -0.25, false, "[]"],
        ...[null, null, null, null, null, null, null, null],
      ],
      raw: "raw/b.json",
      fetchedAt: 1,
    },
    shown: [
      ...["A", "9999-12-31 00:00:00", "1970-01-01", "0.000000000000000001", "-1", "0", "-0.25", "false", "[]"],
      ...[null, null, null, null, null, null, null, null],
      ...["raw/b.json", "1970-01-01 00:00:00.001"],
    ],
  },
  {
    record: {
      values: [
        ...["A", Date.parse("0001-01-01T00:00:00Z"), -719_162, 0n, 0n, -1n, 0, true, "null"],
        ...["", 0, 0, 0n, 0n, 0, true, "{}"],
      ],
      raw: "raw/c.json",
      fetchedAt: 0,
    },
    shown: [
      ...["A", "0001-01-01 00:00:00", "0001-01-01", "0", "0", "-1", "0", "true", "null"],
      ...["", "1970-01-01 00:00:00", "1970-01-01", "0", "0", "0", "true", "{}"],
      ...["raw/c.json", "1970-01-01 00:00:00"],
    ],
  },
];

/** A query of every column as text that reads the same from every database. */
export const shownBy = (dataset: Dataset, table: string): string => {
  const columns = Object.entries({ ...dataset.schema, _raw: text(), _fetched_at: timestamp() }).map(
    ([name, { kind }]) => {
      if (kind === "timestamp") return `cast("${name}" at time zone 'UTC' as varchar)`;
      return `cast("${name}" as varchar)`;
    },
  );
  return `select ${columns.map((column, i) => `${column} as c${String(i).padStart(2, "0")}`).join(", ")} from ${table} order by _raw`;
};

/** Texts of one row made alike: zeros behind the point, spaces in JSON, the names of truth. */
export const alike = (row: Readonly<Record<string, unknown>>): (string | null)[] =>
  Object.keys(row)
    .sort()
    .map((name) => {
      const value = row[name];
      if (value === null) return null;
      const shown = String(value);
      // DuckDB leaves out the zero before the point where a decimal has no other digit there.
      if (/^-?\d*\.\d+$/.test(shown)) return shown.replace(/^(-?)\./, "$10.").replace(/\.?0+$/, "");
      if (/^\{.*: /.test(shown)) return JSON.stringify(JSON.parse(shown));
      return shown;
    });
