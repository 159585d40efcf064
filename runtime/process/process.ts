import pMap from "p-map";
import type { Dataset } from "../dataset/definition.ts";
import { digestOf } from "../store/durable.ts";
import { quarantineKey, recordsKey } from "../store/layout.ts";
import { DamagedRecords, type RecordsNote, readColumns, readNote, writeColumns } from "../store/records.ts";
import { ConditionFailed, type Store } from "../store/store.ts";
import { definitionDigest } from "./definition-digest.ts";
import { mergeRecords } from "./merge.ts";
import { fromLines, inOrder, type Rejected, toLines } from "./quarantine.ts";
import { Bodies, exchangesOf, readExchange } from "./raw.ts";
import { type Gathered, nothing, RowReader } from "./reader.ts";

/** A partition's records after processing. */
export interface ProcessedPartition {
  readonly partition: string;
  readonly rows: number;
  readonly quarantined: number;
  /** SHA-256 of the Parquet file: what loads compare. */
  readonly digest: string;
  /** Size of the Parquet file. */
  readonly bytes: number;
}

/** Exchanges that are read at the same time. */
const READS = 8;

/** Another process that works on the same partition is met so often in a row at most. */
const RACES = 10;

/** Processes the partitions of one dataset. */
export class PartitionProcessor {
  readonly #dataset: Dataset;
  readonly #store: Store;
  readonly #definition: string;
  readonly #reader: RowReader;
  readonly #bodies: Bodies;

  constructor(dataset: Dataset, store: Store) {
    this.#dataset = dataset;
    this.#store = store;
    this.#definition = definitionDigest(dataset);
    this.#reader = new RowReader(dataset);
    this.#bodies = new Bodies(store);
  }

  /**
   * Turns what is new in a partition's raw into records: checked, one per key, sorted by cursor, in one Parquet file that
   * names the exchanges it was made from. The file is the only state, so a crash before it is written changes nothing, and
   * the same raw always gives the same file. A changed definition is applied to all raw again. Of two processes at once the
   * one that is late begins anew, with what the other has written.
   * @returns undefined when the partition has neither raw nor records
   */
  async process(partition: string): Promise<ProcessedPartition | undefined> {
    for (let race = 1; ; race += 1)
      try {
        return await this.#once(partition);
      } catch (error) {
        if (!(error instanceof ConditionFailed) || race === RACES) throw error;
      }
  }

  async #once(partition: string): Promise<ProcessedPartition | undefined> {
    const { name } = this.#dataset;
    const key = recordsKey(name, partition);
    const stored = await this.#store.get(key);
    const names = await exchangesOf(name, partition, this.#store);
    const note = stored && this.#noteOf(key, stored.body, names);
    const fresh = note ? namesBeside(note, names) : names;
    if (fresh.length === 0) return stored && note && summary(partition, note, stored.body);

    const before = stored && note && (await this.#existing(partition, stored.body, note));
    const gathered = before ?? nothing(this.#dataset);
    const added = before ? fresh : names;
    await pMap(added, (exchange) => this.#gather(partition, exchange, gathered), { concurrency: READS });
    const records = mergeRecords(this.#dataset, gathered.records);
    const rejected = inOrder(gathered.rejected);
    const made: RecordsNote = {
      version: 1,
      definition: this.#definition,
      exchanges: [...new Set([...(before && note ? note.exchanges : []), ...added])].sort(),
      rows: records.raw.length,
      quarantined: rejected.length,
    };
    await this.#writeQuarantine(partition, rejected);
    const file = writeColumns(this.#dataset.schema, records, made);
    await this.#store.put(key, file, {
      condition: stored ? { etag: stored.etag } : { absent: true },
      contentType: "application/vnd.apache.parquet",
    });
    return summary(partition, made, file);
  }

  /**
   * @returns undefined for a file of another definition, and for a damaged one: either is made again, from raw
   * @throws when that cannot be done, since raw was removed
   */
  #noteOf(key: string, file: Uint8Array, names: readonly string[]): RecordsNote | undefined {
    const place = `${this.#store.location}/${key}`;
    try {
      const note = readNote(file);
      if (note.definition === this.#definition) return note;
      const raw = new Set(names);
      const lost = note.exchanges.filter((name) => !raw.has(name)).length;
      if (lost === 0) return undefined;
      throw new Error(
        `${place} is of another definition and cannot be made again: raw of ${lost} exchanges was removed`,
      );
    } catch (error) {
      if (!(error instanceof DamagedRecords)) throw error;
      if (names.length > 0) return undefined;
      throw new Error(`${place} cannot be read, and there is no raw to make it again: ${error.message}`, {
        cause: error,
      });
    }
  }

  /** @returns undefined where quarantine is not of the same moment as the records: then both are made again */
  async #existing(partition: string, file: Uint8Array, note: RecordsNote): Promise<Gathered | undefined> {
    const quarantine = note.quarantined
      ? await this.#store.get(quarantineKey(this.#dataset.name, partition))
      : undefined;
    // Quarantine is written before the records that count it, so it may know rows of exchanges that are read again now.
    const known = new Set(note.exchanges);
    const rejected = fromLines(quarantine?.body).filter(({ raw }) => known.has(nameOfRaw(raw)));
    if (rejected.length !== note.quarantined) return undefined;
    return { records: await readColumns(this.#dataset.schema, file), rejected };
  }

  async #gather(partition: string, name: string, into: Gathered): Promise<void> {
    const exchange = await readExchange(this.#store, this.#dataset.name, partition, name);
    const reader = this.#reader.of(exchange, into);
    for await (const rows of this.#bodies.rowsOf(exchange, this.#reader.sourceOf(exchange))) reader.read(rows);
  }

  async #writeQuarantine(partition: string, rejected: readonly Rejected[]): Promise<void> {
    const key = quarantineKey(this.#dataset.name, partition);
    // Also when none is left, where an earlier definition refused some.
    if (rejected.length || (await this.#store.get(key)))
      await this.#store.put(key, toLines(rejected), { contentType: "application/x-ndjson" });
  }
}

/** Processes one partition. */
export const processPartition = (
  dataset: Dataset,
  partition: string,
  store: Store,
): Promise<ProcessedPartition | undefined> => new PartitionProcessor(dataset, store).process(partition);

function namesBeside({ exchanges }: RecordsNote, names: readonly string[]): string[] {
  const known = new Set(exchanges);
  return names.filter((name) => !known.has(name));
}

const summary = (partition: string, { rows, quarantined }: RecordsNote, file: Uint8Array): ProcessedPartition => ({
  partition,
  rows,
  quarantined,
  digest: digestOf(file),
  bytes: file.byteLength,
});

const nameOfRaw = (key: string): string => key.slice(key.lastIndexOf("/") + 1).replace(/\..*$/, "");
