import type { Dataset } from "../dataset/definition.ts";
import type { RecordColumns, StoredValue } from "../store/records.ts";

/** Compares two rows of the same records. */
type Comparator = (row: number, other: number) => number;

/** Which records of a dataset are the same one, which of these stays, and in what order those that stay are kept. */
export class RecordOrder {
  /** Whether records with one key have one time: then they stand side by side in order of time. */
  readonly keyHasTime: boolean;
  readonly #cursor: number;
  /** The columns of the key that say more than the partition and the cursor do. */
  readonly #key: readonly number[];

  constructor({ schema, key, cursor, partitions }: Pick<Dataset, "schema" | "key" | "cursor" | "partitions">) {
    const names = Object.keys(schema);
    this.keyHasTime = key.includes(cursor);
    this.#cursor = names.indexOf(cursor);
    this.#key = key.filter((name) => name !== cursor && name !== partitions.field).map((name) => names.indexOf(name));
  }

  /** One record per key, the one fetched last, sorted by cursor and then by key. */
  merged(records: RecordColumns): RecordColumns {
    if (this.#isMerged(records)) return records;
    const byKey = this.#byKey(records);
    const byTime = this.#byTime(records);
    const inOrder: Comparator = (row, other) => byTime(row, other) || byKey(row, other);
    if (this.keyHasTime) return picked(records, latest(records, inOrder));
    return picked(records, latest(records, byKey).sort(inOrder));
  }

  /** One record per key, the one fetched last, sorted by key alone. */
  mergedByKey(records: RecordColumns): RecordColumns {
    return picked(records, latest(records, this.#byKey(records)));
  }

  /** As `merged` sorts. */
  compare(one: RecordColumns, row: number, other: RecordColumns, otherRow: number): number {
    const byTime = (this.#times(one)[row] as number) - (this.#times(other)[otherRow] as number);
    return byTime || this.compareKeys(one, row, other, otherRow);
  }

  /** As `mergedByKey` sorts. */
  compareKeys(one: RecordColumns, row: number, other: RecordColumns, otherRow: number): number {
    return compareTexts(this.#keyOf(one, row), this.#keyOf(other, otherRow));
  }

  /** Whether nothing is to be done, as where a source answers in order and never twice. */
  #isMerged(records: RecordColumns): boolean {
    const times = this.#times(records);
    if (!this.keyHasTime && times.length > 1) return false;
    for (let row = 1; row < times.length; row += 1)
      if ((times[row - 1] as number) >= (times[row] as number)) return false;
    return true;
  }

  #byTime(records: RecordColumns): Comparator {
    const times = this.#times(records);
    return (row, other) => (times[row] as number) - (times[other] as number);
  }

  #byKey(records: RecordColumns): Comparator {
    if (this.#key.length === 0) return this.keyHasTime ? this.#byTime(records) : () => 0;
    const keys = records.raw.map((_, row) => this.#keyOf(records, row));
    return (row, other) => compareTexts(keys[row] as string, keys[other] as string);
  }

  #times({ values }: RecordColumns): readonly number[] {
    return values[this.#cursor] as number[];
  }

  /** Without the time, which is compared as a number where it is part of the key. */
  #keyOf({ values }: RecordColumns, row: number): string {
    let key = "";
    for (const column of this.#key) key += `${quoted(values[column]?.[row])},`;
    return key;
  }
}

/** Of rows that take the same place the one fetched last, in order. */
function latest(records: RecordColumns, compare: Comparator): number[] {
  const rows = Array.from(records.raw, (_, row) => row).sort((a, b) => compare(a, b) || compareAges(records, a, b));
  return rows.filter((row, i) => i + 1 === rows.length || compare(row, rows[i + 1] as number) !== 0);
}

function picked({ values, raw, fetchedAt }: RecordColumns, rows: readonly number[]): RecordColumns {
  const pick = <T>(column: readonly T[]): T[] => rows.map((row) => column[row] as T);
  return { values: values.map(pick), raw: pick(raw), fetchedAt: pick(fetchedAt) };
}

/** By the time of fetching; where that is the same, by the name of the raw body, so that no order of reading matters. */
function compareAges({ fetchedAt, raw }: RecordColumns, one: number, other: number): number {
  return (
    (fetchedAt[one] as number) - (fetchedAt[other] as number) || compareTexts(raw[one] as string, raw[other] as string)
  );
}

/** As JSON has it, so that no two lists of values have one text. */
const quoted = (value: StoredValue | undefined): string =>
  typeof value === "string" ? JSON.stringify(value) : `"${value}"`;

const compareTexts = (one: string, other: string): number => (one < other ? -1 : one > other ? 1 : 0);
