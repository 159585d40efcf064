import type { Dataset } from "../dataset/definition.ts";
import type { Schema } from "../dataset/schema.ts";
import { append, clear, GROUP, noRecords, type RecordColumns, type StoredValue } from "../store/records.ts";
import { RecordOrder } from "./record-order.ts";
import { byKey, byTime } from "./spill/record-kind.ts";
import { Runs } from "./spill/runs.ts";
import type { Scratch } from "./spill/scratch.ts";

/** Bytes that a value takes, with its place in a list; texts take a byte a character more. */
const VALUE = 24;

/**
 * Makes one record per key, in order, of those that are gathered. What is gathered beyond a limit is put away in runs; the
 * records are the same, whatever the limit.
 */
export class RecordSorter {
  /** What is in memory. Add here, and then call `settle`. */
  readonly gathered: RecordColumns;
  readonly #dataset: Dataset;
  readonly #order: RecordOrder;
  readonly #scratch: Scratch;
  readonly #limit: number;
  readonly #weight: Weight;
  readonly #runs: Runs<RecordColumns>;

  /** @param limit bytes of records in memory, by estimate */
  constructor(dataset: Dataset, scratch: Scratch, limit: number) {
    this.#dataset = dataset;
    this.#order = new RecordOrder(dataset);
    this.#scratch = scratch;
    this.#limit = limit;
    this.gathered = noRecords(dataset.schema);
    this.#weight = new Weight(dataset.schema, this.gathered);
    this.#runs = new Runs(this.#order.keyHasTime ? byTime(this.#order) : byKey(this.#order), scratch, "gathered");
  }

  /** Takes records in that are merged among themselves, before all others. */
  async begin(groups: () => AsyncIterable<RecordColumns>, rows: number): Promise<void> {
    if (this.#order.keyHasTime && this.#weight.of(rows) > this.#limit) {
      this.#runs.addKept(GROUP, groups);
      return;
    }
    for await (const group of groups()) {
      append(this.gathered, group);
      await this.settle();
    }
  }

  /** Sees to it that no more than the limit stays in memory. */
  async settle(): Promise<void> {
    if (this.#weight.now() > this.#limit) await this.#putAway();
  }

  /** One record per key, in order. */
  async *sorted(): AsyncGenerator<RecordColumns> {
    if (this.#runs.none) yield this.#order.merged(this.gathered);
    else {
      if (this.gathered.raw.length > 0) await this.#putAway();
      yield* this.#order.keyHasTime ? this.#runs.merged() : this.#sortedAgain(this.#runs.merged());
    }
  }

  async #putAway(): Promise<void> {
    const { keyHasTime } = this.#order;
    const records = this.gathered;
    await this.#runs.add(keyHasTime ? this.#order.merged(records) : this.#order.mergedByKey(records));
    clear(records);
    this.#weight.reset();
  }

  /** Records that were apart while they were compared by key. */
  async *#sortedAgain(unique: AsyncIterable<RecordColumns>): AsyncGenerator<RecordColumns> {
    const runs = new Runs(byTime(this.#order), this.#scratch, "unique");
    const part = noRecords(this.#dataset.schema);
    const weight = new Weight(this.#dataset.schema, part);
    const putAway = async (): Promise<void> => {
      await runs.add(this.#order.merged(part));
      clear(part);
      weight.reset();
    };
    for await (const records of unique) {
      append(part, records);
      if (weight.now() > this.#limit) await putAway();
    }
    await putAway();
    yield* runs.merged();
  }
}

/** Estimates what records take in memory, looking at each once. */
class Weight {
  readonly #records: RecordColumns;
  readonly #texts: readonly StoredValue[][];
  #rows = 0;
  #characters = 0;

  constructor(schema: Schema, records: RecordColumns) {
    this.#records = records;
    const kinds = Object.values(schema).map(({ kind }) => kind);
    this.#texts = records.values.filter((_, i) => kinds[i] === "text" || kinds[i] === "json");
  }

  /** Of so many records with short texts. */
  of(rows: number): number {
    return rows * (this.#records.values.length + 2) * VALUE;
  }

  now(): number {
    const rows = this.#records.raw.length;
    for (const column of this.#texts)
      for (let row = this.#rows; row < rows; row += 1) this.#characters += (column[row] as string | null)?.length ?? 0;
    this.#rows = rows;
    return this.of(rows) + this.#characters;
  }

  reset(): void {
    this.#rows = 0;
    this.#characters = 0;
  }
}
