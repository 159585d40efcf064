import type { Dataset } from "../dataset/definition.ts";
import type { RecordColumns, StoredValue } from "../store/records.ts";

/** One record per key, the one fetched last, sorted by cursor and then by key. */
export function mergeRecords(dataset: Dataset, records: RecordColumns): RecordColumns {
  const order = new Order(dataset, records);
  const latest = order.isSorted() ? undefined : order.latest();
  return latest ? picked(records, latest) : records;
}

function picked({ values, raw, fetchedAt }: RecordColumns, rows: readonly number[]): RecordColumns {
  const pick = <T>(column: readonly T[]): T[] => rows.map((row) => column[row] as T);
  return { values: values.map(pick), raw: pick(raw), fetchedAt: pick(fetchedAt) };
}

class Order {
  readonly #records: RecordColumns;
  readonly #cursor: readonly StoredValue[];
  /** The columns of the key that say more than the partition and the cursor do. */
  readonly #key: readonly (readonly StoredValue[])[];
  readonly #hasCursor: boolean;

  constructor({ schema, key, cursor, partitions }: Dataset, records: RecordColumns) {
    const names = Object.keys(schema);
    const column = (name: string): StoredValue[] => records.values[names.indexOf(name)] ?? [];
    this.#records = records;
    this.#cursor = column(cursor);
    this.#hasCursor = key.includes(cursor);
    this.#key = key.filter((name) => name !== cursor && name !== partitions.field).map(column);
  }

  /** Whether nothing is to be done, as where a source answers in order and never twice. */
  isSorted(): boolean {
    if (!this.#hasCursor && this.#cursor.length > 1) return false;
    for (let row = 1; row < this.#cursor.length; row += 1)
      if ((this.#cursor[row - 1] as number) >= (this.#cursor[row] as number)) return false;
    return true;
  }

  /** The rows that stay, in order. */
  latest(): number[] {
    const known = new Map<string | number, number>();
    for (let row = 0; row < this.#cursor.length; row += 1) {
      const key = this.#keyOf(row);
      const before = known.get(key);
      if (before === undefined || !this.#isOlder(row, before)) known.set(key, row);
    }
    const keys = [...known.keys()];
    const rows = [...known.values()];
    return rows
      .map((_, i) => i)
      .sort((a, b) => {
        const byCursor = (this.#cursor[rows[a] as number] as number) - (this.#cursor[rows[b] as number] as number);
        return byCursor || ((keys[a] as string) < (keys[b] as string) ? -1 : 1);
      })
      .map((i) => rows[i] as number);
  }

  #keyOf(row: number): string | number {
    if (this.#hasCursor && this.#key.length === 0) return this.#cursor[row] as number;
    const parts = this.#key.map((column) => String(column[row]));
    return JSON.stringify(this.#hasCursor ? [...parts, String(this.#cursor[row])] : parts);
  }

  /** By the time of fetching; where that is the same, by the name of the raw body, so that no order of reading matters. */
  #isOlder(one: number, other: number): boolean {
    const { fetchedAt, raw } = this.#records;
    const [first, second] = [fetchedAt[one] as number, fetchedAt[other] as number];
    return first === second ? (raw[one] as string) < (raw[other] as string) : first < second;
  }
}
