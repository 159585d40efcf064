import { calendar } from "../dataset/calendar/index.ts";
import type { Dataset } from "../dataset/definition.ts";
import { DAY, milliseconds } from "../dataset/duration.ts";
import type { Interval } from "../dataset/interval.ts";
import type { Column } from "../dataset/schema.ts";
import { recordsKey } from "../store/layout.ts";
import type { RecordsReader, StoredValue } from "../store/records.ts";
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
  /** Milliseconds that a value stands for, and that a bucket has. */
  readonly #unit: number;
  readonly #bucket: number;
  readonly #absent: Interval[] = [];
  #first: number | undefined;
  #last: number | undefined;
  #end: number | undefined;

  constructor(dataset: Dataset) {
    this.#dataset = dataset;
    this.#unit = cursorOf(dataset).kind === "date" ? DAY : 1;
    this.#bucket = milliseconds(dataset.source.windows.granularity);
  }

  /** @param values of the cursor's column */
  add(values: readonly StoredValue[]): void {
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
  get isMany(): boolean {
    return this.#absent.length > FEW;
  }

  /** What was seen until now. */
  get times(): RecordedTimes {
    const [first, last, absent] = [this.#first, this.#last, this.#absent];
    return first === undefined || last === undefined ? { absent } : { first, last, absent };
  }

  #gap(between: Interval): void {
    const { calendar: name, source } = this.#dataset;
    if (calendar(name).expected(between, source.windows.granularity).length > 0) this.#absent.push(between);
  }
}

/** The times of a file that was written before. @param all also when they are many */
export async function timesIn(dataset: Dataset, records: RecordsReader, all: boolean): Promise<TimesWatch> {
  const watch = new TimesWatch(dataset);
  for await (const values of records.column(dataset.cursor, cursorOf(dataset)))
    if (all || !watch.isMany) watch.add(values);
  return watch;
}

/** What the lake holds of a partition. @throws DamagedRecords */
export const recordedIn = (store: Store, dataset: Dataset, partition: string): Promise<Recorded> =>
  withStored(store, recordsKey(dataset.name, partition), async (stored) => {
    if (!stored) return { rows: 0, quarantined: 0, absent: [] };
    const records = sound(stored);
    const { rows, quarantined } = records.note;
    return { rows, quarantined, ...(await timesIn(dataset, records, true)).times };
  });

const cursorOf = ({ schema, cursor }: Dataset): Column => schema[cursor] as Column;
