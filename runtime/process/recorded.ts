import type { Dataset } from "../dataset/definition.ts";
import { DAY } from "../dataset/duration.ts";
import { bucketOf, expectedBuckets } from "../dataset/expected.ts";
import type { Interval } from "../dataset/interval.ts";
import type { Column } from "../dataset/schema.ts";
import { recordsKey } from "../store/layout.ts";
import type { RecordColumns, RecordsReader, StoredValue } from "../store/records.ts";
import type { Store } from "../store/store.ts";
import { sound, withStored } from "../store/stored-records.ts";

/** What the records of a partition say of time. Instants are Unix milliseconds. */
export interface RecordedTimes {
  /** Of the first and of the last record; undefined when there is none. */
  readonly first?: number;
  readonly last?: number;
  /** Between two records: no bucket of these has one, and the calendar expects it of some. */
  readonly absent: readonly Interval[];
}

/** What a partition's file holds. */
export interface Recorded extends RecordedTimes {
  readonly rows: number;
  readonly quarantined: number;
}

/** Stretches without records, above which they are not kept in mind for every partition of a run. */
const FEW = 100;

/** Looks at the times of a partition's records, in their order. */
export class TimesWatch {
  readonly #dataset: Dataset;
  readonly #most: number;
  /** Milliseconds that a value stands for, and that a bucket has. */
  readonly #unit: number;
  readonly #bucket: number;
  readonly #absent: Interval[] = [];
  #first: number | undefined;
  #last: number | undefined;
  #end: number | undefined;

  /** @param most stretches without records; with more, no further record is looked at */
  constructor(dataset: Dataset, most = FEW) {
    this.#dataset = dataset;
    this.#most = most;
    this.#unit = cursorOf(dataset).kind === "date" ? DAY : 1;
    this.#bucket = bucketOf(dataset);
  }

  addRecords({ values }: RecordColumns): void {
    const { schema, cursor } = this.#dataset;
    this.add(values[Object.keys(schema).indexOf(cursor)] ?? []);
  }

  /** Adds all of a file that was written before. */
  async addFile(records: RecordsReader): Promise<this> {
    const { cursor } = this.#dataset;
    for await (const values of records.column(cursor, cursorOf(this.#dataset))) this.add(values);
    return this;
  }

  /** @param values of the cursor's column */
  add(values: readonly StoredValue[]): void {
    if (this.isTooMuch) return;
    for (const value of values as readonly number[]) {
      const at = value * this.#unit;
      const start = Math.floor(at / this.#bucket) * this.#bucket;
      if (this.#end !== undefined && start > this.#end) this.#gap({ start: this.#end, end: start });
      this.#first ??= at;
      this.#last = at;
      this.#end = start + this.#bucket;
    }
  }

  /** Whether there is too much to say: who needs it looks into the file again, a partition at a time. */
  get isTooMuch(): boolean {
    return this.#absent.length > this.#most;
  }

  /** What was seen until now. */
  get times(): RecordedTimes {
    const [first, last, absent] = [this.#first, this.#last, this.#absent];
    return first === undefined || last === undefined ? { absent } : { first, last, absent };
  }

  #gap(between: Interval): void {
    if (expectedBuckets(this.#dataset, between).length > 0) this.#absent.push(between);
  }
}

/** What the lake holds of a partition. @throws DamagedRecords */
export const recordedIn = (store: Store, dataset: Dataset, partition: string): Promise<Recorded> =>
  withStored(store, recordsKey(dataset.name, partition), async (stored) => {
    if (!stored) return { rows: 0, quarantined: 0, absent: [] };
    const records = sound(stored);
    const { rows, quarantined } = records.note;
    const { times } = await new TimesWatch(dataset, Number.POSITIVE_INFINITY).addFile(records);
    return { rows, quarantined, ...times };
  });

const cursorOf = ({ schema, cursor }: Dataset): Column => schema[cursor] as Column;
