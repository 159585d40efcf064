import type { Dataset } from "../dataset/definition.ts";
import { exchangesOf } from "../store/exchanges.ts";
import { nameOfRaw, quarantineKey, recordsKey } from "../store/layout.ts";
import { DamagedRecords, type RecordsNote, type RecordsReader } from "../store/records.ts";
import { ConditionFailed, type Content, type Store } from "../store/store.ts";
import { type StoredRecords, withStored } from "../store/stored-records.ts";
import { definitionDigest } from "./definition-digest.ts";
import { type RecordsFile, RecordsOutput } from "./output.ts";
import { readQuarantine, toRefused } from "./quarantine.ts";
import { Bodies, readExchanges } from "./raw.ts";
import { type Gathered, RowReader } from "./reader.ts";
import { RecordSorter } from "./record-sorter.ts";
import { type RecordedTimes, TimesWatch } from "./recorded.ts";
import { RefusedSorter } from "./refused-sorter.ts";
import { Scratch } from "./spill/scratch.ts";

/** A partition's records after processing. */
export interface ProcessedPartition {
  readonly partition: string;
  readonly rows: number;
  readonly quarantined: number;
  /** Undefined when there is too much to say of them. */
  readonly times?: RecordedTimes;
  /** SHA-256 of the Parquet file: what loads compare. */
  readonly digest: string;
  /** Size of the Parquet file. */
  readonly bytes: number;
}

/** What is held in memory of one partition, by estimate in bytes; what is more goes to temporary files. */
export interface Limits {
  readonly records: number;
  readonly refused: number;
  /** Of the file of records, as it was found and as it is made. */
  readonly file: number;
}

const MIB = 1024 * 1024;
const LIMITS: Limits = { records: 16 * MIB, refused: 8 * MIB, file: 8 * MIB };

/** Another process that works on the same partition is met so often in a row at most. */
const RACES = 10;

/** What a partition's file is made of. */
interface Gathering {
  readonly records: RecordSorter;
  readonly refused: RefusedSorter;
  /** Names of the exchanges that all of it comes from. */
  readonly exchanges: readonly string[];
}

/** Processes the partitions of one dataset. */
export class PartitionProcessor {
  readonly #dataset: Dataset;
  readonly #store: Store;
  readonly #definition: string;
  readonly #reader: RowReader;
  readonly #bodies: Bodies;
  readonly #limits: Limits;

  constructor(dataset: Dataset, store: Store, limits = LIMITS) {
    this.#dataset = dataset;
    this.#store = store;
    this.#definition = definitionDigest(dataset);
    this.#reader = new RowReader(dataset);
    this.#bodies = new Bodies(store);
    this.#limits = limits;
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
    const raw = await exchangesOf(this.#store, name, partition);
    const names = [...raw.keys()];
    const use = async (stored: StoredRecords | undefined): Promise<ProcessedPartition | undefined> => {
      const before = stored && this.#usable(key, stored, names);
      if (before ? namesBeside(before.note, names).length === 0 : names.length === 0)
        return before && summary(partition, before.note, await new TimesWatch(this.#dataset).addFile(before), before);
      const scratch = new Scratch();
      try {
        const gathering = await this.#gather(partition, raw, before, scratch);
        return await this.#write(partition, gathering, stored, scratch);
      } finally {
        await scratch.dispose();
      }
    };
    return withStored(this.#store, key, use, this.#limits.file);
  }

  /**
   * @returns undefined for a file of another definition, and for a damaged one: either is made again, from raw
   * @throws when that cannot be done, since raw was removed
   */
  #usable(key: string, { records }: StoredRecords, names: readonly string[]): RecordsReader | undefined {
    const place = `${this.#store.location}/${key}`;
    if (records instanceof DamagedRecords) {
      if (names.length > 0) return undefined;
      throw new Error(`${place} cannot be read, and there is no raw to make it again: ${records.message}`, {
        cause: records,
      });
    }
    if (records.note.definition === this.#definition) return records;
    const raw = new Set(names);
    const lost = records.note.exchanges.filter((name) => !raw.has(name)).length;
    if (lost === 0) return undefined;
    throw new Error(`${place} is of another definition and cannot be made again: raw of ${lost} exchanges was removed`);
  }

  /** @param raw keys of the partition's exchanges by their names */
  async #gather(
    partition: string,
    raw: ReadonlyMap<string, string>,
    before: RecordsReader | undefined,
    scratch: Scratch,
  ): Promise<Gathering> {
    const refusedBefore = before && (await this.#refusedBefore(partition, before.note, scratch));
    const kept = refusedBefore && before;
    const refused = refusedBefore ?? new RefusedSorter(scratch, this.#limits.refused, "refused");
    const records = new RecordSorter(this.#dataset, scratch, this.#limits.records);
    if (kept) await records.begin(() => kept.groups(this.#dataset.schema), kept.note.rows);
    const added = kept ? namesBeside(kept.note, [...raw.keys()]) : [...raw.keys()];
    const keys = added.map((name) => raw.get(name) as string);
    await this.#read(keys, records, refused);
    return { records, refused, exchanges: [...new Set([...(kept?.note.exchanges ?? []), ...added])].sort() };
  }

  /** @returns undefined where quarantine is not of the same moment as the records: then both are made again */
  async #refusedBefore(partition: string, note: RecordsNote, scratch: Scratch): Promise<RefusedSorter | undefined> {
    const refused = new RefusedSorter(scratch, this.#limits.refused, "refused-before");
    if (note.quarantined === 0) return refused;
    const lines = await this.#store.read(quarantineKey(this.#dataset.name, partition));
    // Quarantine is written before the records that count it, so it may know rows of exchanges that are read again now.
    const known = new Set(note.exchanges);
    if (lines) for await (const row of readQuarantine(lines)) if (known.has(nameOfRaw(row.raw))) await refused.add(row);
    return refused.count === note.quarantined ? refused : undefined;
  }

  async #read(keys: readonly string[], records: RecordSorter, refused: RefusedSorter): Promise<void> {
    const into: Gathered = { records: records.gathered, rejected: [] };
    const exchanges = await readExchanges(this.#store, keys);
    for await (const exchange of this.#bodies.ahead(exchanges)) {
      const reader = this.#reader.of(exchange, into);
      for await (const rows of this.#bodies.rowsOf(exchange, this.#reader.sourceOf(exchange))) {
        reader.read(rows);
        for (const rejected of into.rejected.splice(0)) await refused.add(toRefused(rejected));
        await records.settle();
      }
    }
  }

  async #write(
    partition: string,
    { records, refused, exchanges }: Gathering,
    stored: StoredRecords | undefined,
    scratch: Scratch,
  ): Promise<ProcessedPartition> {
    const output = new RecordsOutput(this.#dataset, scratch, this.#limits.file);
    const watch = new TimesWatch(this.#dataset);
    for await (const sorted of records.sorted()) {
      watch.addRecords(sorted);
      await output.add(sorted);
    }
    const quarantined = refused.count;
    const note: RecordsNote = {
      ...{ version: 1, definition: this.#definition, exchanges },
      ...{ rows: output.rows, quarantined },
    };
    const file = await output.finish(note);
    await this.#writeQuarantine(partition, quarantined, await refused.content());
    await this.#store.put(recordsKey(this.#dataset.name, partition), file.content, {
      condition: stored ? { etag: stored.etag() } : { absent: true },
      contentType: "application/vnd.apache.parquet",
    });
    return summary(partition, note, watch, file);
  }

  async #writeQuarantine(partition: string, count: number, lines: Content): Promise<void> {
    const key = quarantineKey(this.#dataset.name, partition);
    // Also when none is left, where an earlier definition refused some.
    if (count > 0 || (await this.#store.size(key)) !== undefined)
      await this.#store.put(key, lines, { contentType: "application/x-ndjson" });
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

const summary = (
  partition: string,
  { rows, quarantined }: RecordsNote,
  { isTooMuch, times }: TimesWatch,
  { digest, bytes }: Pick<RecordsFile, "digest" | "bytes">,
): ProcessedPartition => ({ partition, rows, quarantined, ...(isTooMuch ? {} : { times }), digest, bytes });
