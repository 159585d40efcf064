import type { Content } from "../store/store.ts";
import { compareRefused, type Refused } from "./quarantine.ts";
import { type Kind, Runs } from "./spill/runs.ts";
import type { Scratch } from "./spill/scratch.ts";

const KIND: Kind<readonly Refused[]> = {
  length: (rows) => rows.length,
  compare: (one, row, other, otherRow) => compareRefused(one[row] as Refused, other[otherRow] as Refused),
  slice: (rows, from, to) => rows.slice(from, to),
  merge: (blocks) => blocks.flat().sort(compareRefused),
  pack: (rows) => rows,
  unpack: (rows) => rows as readonly Refused[],
};

/** Bytes that a row takes beside its line. */
const ROW = 100;

/** Puts what was refused in order. Beyond a limit it is put away in runs; the lines are the same, whatever the limit. */
export class RefusedSorter {
  readonly #scratch: Scratch;
  readonly #limit: number;
  readonly #name: string;
  readonly #runs: Runs<readonly Refused[]>;
  #rows: Refused[] = [];
  #weight = 0;
  #count = 0;

  /** @param limit bytes of rows in memory, by estimate @param name of its files in the scratch */
  constructor(scratch: Scratch, limit: number, name: string) {
    this.#scratch = scratch;
    this.#limit = limit;
    this.#name = name;
    this.#runs = new Runs(KIND, scratch, name);
  }

  get count(): number {
    return this.#count;
  }

  async add(refused: Refused): Promise<void> {
    this.#rows.push(refused);
    this.#count += 1;
    this.#weight += refused.line.length + ROW;
    if (this.#weight <= this.#limit) return;
    await this.#runs.add(this.#rows.sort(compareRefused));
    this.#rows = [];
    this.#weight = 0;
  }

  /** All lines, in order: in memory, or in a file of the scratch. */
  async content(): Promise<Content> {
    const rows = this.#rows.sort(compareRefused);
    if (this.#runs.none) return bytesOf(rows);
    await this.#runs.add(rows);
    const file = await this.#scratch.file(`${this.#name}.ndjson`);
    for await (const some of this.#runs.merged()) await file.append(bytesOf(some));
    return file;
  }
}

const bytesOf = (rows: readonly Refused[]): Uint8Array =>
  new TextEncoder().encode(rows.map(({ line }) => `${line}\n`).join(""));
