import type { Dataset } from "../dataset/definition.ts";
import {
  append,
  GROUP,
  noRecords,
  type RecordColumns,
  type RecordsNote,
  RecordsWriter,
  sliceOf,
} from "../store/records.ts";
import type { Content } from "../store/store.ts";
import type { Scratch, ScratchFile } from "./spill/scratch.ts";

export interface RecordsFile {
  readonly content: Content;
  /** SHA-256. */
  readonly digest: string;
  readonly bytes: number;
}

/** Characters of text after which a row group ends, as it does after `GROUP` rows: a reader holds one group at a time. */
const TEXT = 32 * 1024 * 1024;

/** Makes a partition's file of records that come in order. */
export class RecordsOutput {
  readonly #scratch: Scratch;
  readonly #held: number;
  readonly #writer: RecordsWriter;
  /** Positions of the columns whose values may be long. */
  readonly #texts: readonly number[];
  readonly #pieces: Uint8Array[] = [];
  #pending: RecordColumns;
  /** Records of those that were looked at, and the characters of their texts. */
  #seen = 0;
  #characters = 0;
  #file: ScratchFile | undefined;
  #rows = 0;
  #bytes = 0;

  /** @param held bytes of a file that is made in memory; a larger one is made in the scratch */
  constructor({ schema, key, cursor, partitions }: Dataset, scratch: Scratch, held: number) {
    this.#scratch = scratch;
    this.#held = held;
    this.#writer = new RecordsWriter(schema, [...key, cursor]);
    this.#pending = noRecords(schema);
    this.#texts = Object.entries(schema).flatMap(([name, { kind }], i) =>
      (kind === "text" || kind === "json") && name !== partitions.field ? [i] : [],
    );
  }

  get rows(): number {
    return this.#rows;
  }

  /** @param records nobody else's from now on */
  async add(records: RecordColumns): Promise<void> {
    this.#rows += records.raw.length;
    if (this.#pending.raw.length === 0) this.#pending = records;
    else append(this.#pending, records);
    const all = this.#pending;
    let from = 0;
    for (let end = this.#groupEnd(from); end !== undefined; end = this.#groupEnd(from)) {
      this.#writer.group(sliceOf(all, from, end));
      await this.#keep();
      from = end;
    }
    if (from === 0) return;
    this.#pending = sliceOf(all, from, all.raw.length);
    this.#seen -= from;
  }

  async finish(note: RecordsNote): Promise<RecordsFile> {
    if (this.#pending.raw.length > 0) this.#writer.group(this.#pending);
    const digest = this.#writer.end(note);
    await this.#keep();
    return { content: this.#file ?? Buffer.concat(this.#pieces), digest, bytes: this.#bytes };
  }

  /** Where the group that begins there ends; undefined when that is not known yet. It follows from the records alone. */
  #groupEnd(from: number): number | undefined {
    const { values, raw } = this.#pending;
    const most = Math.min(raw.length, from + GROUP);
    for (; this.#seen < most && this.#characters <= TEXT; this.#seen += 1)
      for (const i of this.#texts) this.#characters += (values[i]?.[this.#seen] as string | null)?.length ?? 0;
    if (this.#seen === from || (this.#seen < from + GROUP && this.#characters <= TEXT)) return undefined;
    this.#characters = 0;
    return this.#seen;
  }

  async #keep(): Promise<void> {
    const piece = this.#writer.take();
    this.#bytes += piece.byteLength;
    if (!this.#file && this.#bytes > this.#held) {
      this.#file = await this.#scratch.file("records.parquet");
      for (const kept of this.#pieces.splice(0)) await this.#file.append(kept);
    }
    if (this.#file) await this.#file.append(piece);
    else this.#pieces.push(piece.slice());
  }
}
