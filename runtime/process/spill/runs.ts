import { deserialize, serialize } from "node:v8";
import type { Place, Scratch, ScratchFile } from "./scratch.ts";

/** How rows of one kind lie in memory, many in a block, and which comes first. */
export interface Kind<B> {
  length(block: B): number;
  /** Negative when the row of the first block comes before that of the other, 0 when they take the same place. */
  compare(one: B, row: number, other: B, otherRow: number): number;
  slice(block: B, from: number, to: number): B;
  /** All rows of blocks that are in order, in order; of those with the same place the kind may keep one. */
  merge(blocks: readonly B[]): B;
  /** The block in a form that takes little room as structured clone writes it, and back. */
  pack(block: B): unknown;
  unpack(packed: unknown): B;
}

/** Blocks that a run is put away in, one of which is in memory while runs are merged: together they take little more than a run. */
const BLOCKS = 800;

/** Runs that are merged at once: so many that what is in memory of them is some twice as much as one run. */
const MOST = 400;

interface Run<B> {
  /** How often its rows were merged before. */
  readonly level: number;
  /** Rows of a block. */
  readonly rows: number;
  readonly blocks: () => AsyncIterable<B>;
}

/** Rows in order that are put away run by run, and merged. Runs that were added earlier come first where that matters. */
export class Runs<B> {
  readonly #kind: Kind<B>;
  readonly #scratch: Scratch;
  readonly #name: string;
  readonly #most: number;
  readonly #runs: Run<B>[] = [];
  #file: Promise<ScratchFile> | undefined;

  /** @param name of a file in the scratch @param most runs that are merged at once */
  constructor(kind: Kind<B>, scratch: Scratch, name: string, most = MOST) {
    this.#kind = kind;
    this.#scratch = scratch;
    this.#name = name;
    this.#most = most;
  }

  get none(): boolean {
    return this.#runs.length === 0;
  }

  /** @param block its rows in order */
  async add(block: B): Promise<void> {
    const rows = Math.ceil(this.#kind.length(block) / BLOCKS);
    this.#push(0, rows, await this.#putAway(block, rows));
    await this.#thinOut();
  }

  /** Rows in order that already lie somewhere. @param rows of a block */
  addKept(rows: number, blocks: () => AsyncIterable<B>): void {
    this.#runs.push({ level: 0, rows, blocks });
  }

  /** All rows in order. */
  merged(): AsyncGenerator<B> {
    return this.#merge(this.#runs);
  }

  /** Few runs are merged at once, however many there are. */
  async #thinOut(): Promise<void> {
    const [last] = this.#runs.slice(-1);
    const alike = this.#runs.slice(-this.#most);
    if (!last || alike.length < this.#most || alike.some(({ level }) => level !== last.level)) return;
    const places: Place[] = [];
    const rows = Math.max(1, Math.min(...alike.map((run) => run.rows)));
    for await (const block of this.#merge(alike)) places.push(...(await this.#putAway(block, rows)));
    this.#runs.splice(-this.#most);
    this.#push(last.level + 1, rows, places);
    await this.#thinOut();
  }

  #push(level: number, rows: number, places: readonly Place[]): void {
    const [kind, file] = [this.#kind, this.#file];
    const blocks = async function* (): AsyncGenerator<B> {
      for (const place of places) yield kind.unpack(deserialize(await ((await file) as ScratchFile).read(place)));
    };
    this.#runs.push({ level, rows, blocks });
  }

  async #putAway(block: B, rows: number): Promise<Place[]> {
    this.#file ??= this.#scratch.file(this.#name);
    const file = await this.#file;
    const places: Place[] = [];
    for (let from = 0; from < this.#kind.length(block); from += rows)
      places.push(await file.append(serialize(this.#kind.pack(this.#kind.slice(block, from, from + rows)))));
    return places;
  }

  /**
   * The last row in memory of each run bounds what is complete: up to the first of these bounds no run has more to give. That
   * much of all runs is merged in memory, and so on.
   */
  async *#merge(runs: readonly Run<B>[]): AsyncGenerator<B> {
    const heads = runs.map(({ blocks }) => new Head(this.#kind, blocks()));
    try {
      for (;;) {
        const open: Head<B>[] = [];
        for (const head of heads) if (await head.fill()) open.push(head);
        const [first, ...others] = open;
        if (!first) return;
        const bound = others.reduce((least, head) => (head.endsBefore(least) ? head : least), first);
        const { block, last } = bound;
        const parts = open.map((head) => head.takeUntil(block, last)).filter((part) => part !== undefined);
        yield parts.length === 1 ? (parts[0] as B) : this.#kind.merge(parts);
      }
    } finally {
      for (const head of heads) await head.close();
    }
  }
}

/** Where the reading of a run stands. */
class Head<B> {
  readonly #kind: Kind<B>;
  readonly #blocks: AsyncIterator<B>;
  #block: B | undefined;
  #at = 0;

  constructor(kind: Kind<B>, blocks: AsyncIterable<B>) {
    this.#kind = kind;
    this.#blocks = blocks[Symbol.asyncIterator]();
  }

  get block(): B {
    return this.#block as B;
  }

  get last(): number {
    return this.#kind.length(this.block) - 1;
  }

  /** Sees to it that there is a row. @returns false at the end of the run */
  async fill(): Promise<boolean> {
    while (this.#block === undefined || this.#at > this.last) {
      const next = await this.#blocks.next();
      if (next.done) return false;
      this.#block = next.value;
      this.#at = 0;
    }
    return true;
  }

  endsBefore(other: Head<B>): boolean {
    return this.#kind.compare(this.block, this.last, other.block, other.last) < 0;
  }

  /** The rows up to the given one, that one's place included; undefined when there are none. */
  takeUntil(bound: B, row: number): B | undefined {
    const from = this.#at;
    let [low, high] = [from, this.last + 1];
    while (low < high) {
      const middle = low === from ? from : (low + high) >> 1;
      if (this.#kind.compare(this.block, middle, bound, row) <= 0) low = middle + 1;
      else high = middle;
    }
    this.#at = low;
    return low === from ? undefined : this.#kind.slice(this.block, from, low);
  }

  async close(): Promise<void> {
    await this.#blocks.return?.();
  }
}
