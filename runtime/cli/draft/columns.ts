import { startOfDate } from "../../dataset/moment.ts";
import type { JsonValue, SourceRow } from "../../dataset/source.ts";

/** A column as it is proposed. */
export interface ProposedColumn {
  /** In the table. */
  readonly name: string;
  /** How the row is asked for it: a field's name, or a position. */
  readonly from: string | number;
  readonly kind: "text" | "date" | "timestamp" | "decimal" | "integer" | "boolean" | "json";
  /** Of a timestamp. */
  readonly unit?: "iso" | "seconds" | "milliseconds";
  readonly nullable: boolean;
  /** What a person should look at. */
  readonly doubts: readonly string[];
  readonly values: readonly JsonValue[];
}

type Guess = Pick<ProposedColumn, "kind" | "unit"> & { readonly doubt?: string };

/** The columns that the rows have, in the order in which they come. */
export function proposeColumns(rows: readonly SourceRow[]): ProposedColumn[] {
  const names = new Set<string>();
  return fieldsOf(rows).map((from) => {
    const every = rows.map((row) => (row as unknown as Record<string, JsonValue>)[from] ?? null);
    const values = every.filter((value) => value !== null && value !== "");
    const nullable = values.length < rows.length;
    const guess = values.length === 0 ? NEVER : guessOf(String(from), values);
    const name = unique(typeof from === "number" ? `column_${from + 1}` : snakeCase(from), names);
    const doubts = [
      ...(typeof from === "number" ? ["the source gives no names: name it"] : []),
      ...(guess.doubt ? [guess.doubt] : []),
      ...(nullable && values.length ? [`empty in ${rows.length - values.length} of ${rows.length} rows`] : []),
    ];
    const { kind, unit } = guess;
    return { name, from, kind, ...(unit ? { unit } : {}), nullable, doubts, values: every };
  });
}

const NEVER: Guess = { kind: "text", doubt: "no row of the sample has a value: which type is it?" };

function fieldsOf(rows: readonly SourceRow[]): (string | number)[] {
  if (rows.some((row) => Array.isArray(row))) {
    const length = Math.max(...rows.map((row) => (Array.isArray(row) ? row.length : 0)));
    return Array.from({ length }, (_, i) => i);
  }
  return [...new Set(rows.flatMap((row) => Object.keys(row)))];
}

/** `adjClose` and `Adj Close` as `adj_close`. */
export function snakeCase(text: string): string {
  const words = text
    .replace(/([a-z0-9])([A-Z])/g, "$1_$2")
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "_")
    .replace(/^_+|_+$/g, "");
  return /^[a-z]/.test(words) ? words : `column_${words}`.replace(/_+$/, "");
}

function unique(name: string, taken: Set<string>): string {
  let free = name;
  for (let i = 2; taken.has(free); i += 1) free = `${name}_${i}`;
  taken.add(free);
  return free;
}

const isPosition = (name: string): boolean => /^\d+$/.test(name);

const SECONDS = { from: 5e8, to: 4.2e9 };
const NAMED_AS_TIME = /^(t|ts)$|time|date|_at$|At$|stamp|created|updated|published/i;
const INTEGER = /^[+-]?\d+$/;
const NUMBER = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i;
const ZONED = /^\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:?\d{2})$/;
const LOCAL = /^\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}(:\d{2}(\.\d+)?)?$/;
const MIDNIGHT = /^\d{4}-\d{2}-\d{2}T00:00:00(\.0+)?(Z|\+00:00)$/;

function guessOf(name: string, values: readonly JsonValue[]): Guess {
  const all = (test: (value: JsonValue) => boolean): boolean => values.every(test);
  if (all((value) => typeof value === "boolean")) return { kind: "boolean" };
  if (all((value) => typeof value === "object"))
    return { kind: "json", doubt: "kept as JSON: take out what you need in rows()" };
  if (all((value) => typeof value === "number" || typeof value === "string")) {
    const texts = values.map(String);
    const isText = all((value) => typeof value === "string");
    if (texts.every((text) => NUMBER.test(text))) return numberOf(name, texts, isText);
    if (isText) return textOf(texts);
  }
  return { kind: "json", doubt: "its values are of several types" };
}

function numberOf(name: string, texts: readonly string[], isText: boolean): Guess {
  const whole = texts.every((text) => INTEGER.test(text));
  if (whole && texts.some((text) => /^0\d/.test(text)))
    return { kind: "text", doubt: "digits with leading zeros: a code rather than a number?" };
  const timed = ["seconds", "milliseconds"].find((unit) => {
    const scale = unit === "seconds" ? 1 : 1_000;
    return texts.every((text) => Number(text) >= SECONDS.from * scale && Number(text) <= SECONDS.to * scale);
  }) as "seconds" | "milliseconds" | undefined;
  if (timed && whole && isPosition(name) && texts.every((text) => /^\d+0(000)?$/.test(text)))
    return { kind: "timestamp", unit: timed, doubt: `taken for a time in Unix ${timed}` };
  if (timed && whole && NAMED_AS_TIME.test(name)) return { kind: "timestamp", unit: timed };
  if (timed && whole) return { kind: "integer", doubt: `could be a time in Unix ${timed}: then timestamp("${timed}")` };
  if (!whole)
    return texts.some((text) => text.replace(/\D/g, "").length > 15)
      ? { kind: "decimal", doubt: 'many digits: if the source prints binary floats, decimal({ excess: "round" })' }
      : { kind: "decimal" };
  if (/^(id|uuid)$|_id$|Id$/.test(name))
    return { kind: "integer", doubt: "an id: text() if it is ever more than digits" };
  if (/price|open|high|low|close|amount|rate|ratio|percent/i.test(name))
    return { kind: "decimal", doubt: "whole numbers in the sample; the name says it need not stay so" };
  return {
    kind: "integer",
    doubt: isText ? "a text of digits: text() if it is a code" : "decimal() if it may have a fraction",
  };
}

function textOf(texts: readonly string[]): Guess {
  if (texts.every((text) => !Number.isNaN(startOfDate(text)))) return { kind: "date" };
  if (texts.every((text) => MIDNIGHT.test(text)))
    return { kind: "date", doubt: 'always midnight UTC: timestamp("iso") if other times may come' };
  if (texts.every((text) => ZONED.test(text))) return { kind: "timestamp", unit: "iso" };
  if (texts.every((text) => LOCAL.test(text)))
    return { kind: "text", doubt: "a time without a zone: if it is UTC, add a Z in rows() and make it timestamp()" };
  if (texts.every((text) => /^(\d{8}|\d{1,2}[/.]\d{1,2}[/.]\d{4})$/.test(text)))
    return { kind: "text", doubt: "a date in another form: spell it YYYY-MM-DD in rows() and make it date()" };
  return { kind: "text" };
}
