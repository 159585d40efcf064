/**
 * Snappy, as Parquet has it: https://github.com/google/snappy/blob/main/format_description.txt. Columns of numbers are
 * thousands of short pieces, for each of which the Parquet library would make an object.
 */

/** Places of the hash table, as an exponent of 2. */
const TABLE_BITS = 14;
const table = new Int32Array(1 << TABLE_BITS);

/** How far back a copy may reach with two bytes. */
const FARTHEST = 0xffff;

/** Shorter matches are not worth the bytes that name them. */
const SHORTEST = 4;

/** Bytes of one copy. */
const LONGEST = 64;

/** Misses, as an exponent of 2, after which the step grows by a byte: what does not compress is passed quickly. */
const PATIENCE = 5;

/** Where the output stands: made anew for each page it would be most of the garbage of a small file. */
let room = new Uint8Array(64 * 1024);

/** The compressed bytes, valid until the next call; the same input always gives the same. */
export function compress(input: Uint8Array): Uint8Array {
  const output = new Output(input);
  output.length();
  table.fill(0);
  let literal = 0;
  // No match begins so near to the end that four bytes could not be read.
  const last = input.length - SHORTEST;
  for (let at = 1, misses = 1 << PATIENCE; at <= last; ) {
    const word = wordAt(input, at);
    const place = Math.imul(word, 0x1e35a7bd) >>> (32 - TABLE_BITS);
    const before = table[place] as number;
    table[place] = at;
    if (at - before > FARTHEST || wordAt(input, before) !== word) {
      at += misses >> PATIENCE;
      misses += 1;
      continue;
    }
    let length = SHORTEST;
    while (at + length < input.length && input[at + length] === input[before + length]) length += 1;
    output.literal(literal, at);
    output.copy(at - before, length);
    at += length;
    literal = at;
    misses = 1 << PATIENCE;
  }
  output.literal(literal, input.length);
  return output.taken();
}

const wordAt = (bytes: Uint8Array, at: number): number =>
  (bytes[at] as number) |
  ((bytes[at + 1] as number) << 8) |
  ((bytes[at + 2] as number) << 16) |
  ((bytes[at + 3] as number) << 24);

/** What is written: the length, then literals and copies. */
class Output {
  readonly #input: Uint8Array;
  readonly #bytes: Uint8Array;
  #at = 0;

  constructor(input: Uint8Array) {
    this.#input = input;
    // The bound of the reference implementation.
    const most = 32 + input.length + Math.ceil(input.length / 6);
    if (room.byteLength < most) room = new Uint8Array(most);
    this.#bytes = room;
  }

  /** Of the input, in groups of seven bits. */
  length(): void {
    let rest = this.#input.length;
    for (; rest > 0x7f; rest >>>= 7) this.#bytes[this.#at++] = (rest & 0x7f) | 0x80;
    this.#bytes[this.#at++] = rest;
  }

  literal(from: number, to: number): void {
    if (from === to) return;
    const length = to - from - 1;
    if (length < 60) this.#bytes[this.#at++] = length << 2;
    else {
      const bytes = length < 0x100 ? 1 : length < 0x10000 ? 2 : length < 0x1000000 ? 3 : 4;
      this.#bytes[this.#at++] = (59 + bytes) << 2;
      for (let i = 0; i < bytes; i += 1) this.#bytes[this.#at++] = (length >>> (8 * i)) & 0xff;
    }
    if (length < 32) for (let i = from; i < to; i += 1) this.#bytes[this.#at++] = this.#input[i] as number;
    else {
      this.#bytes.set(this.#input.subarray(from, to), this.#at);
      this.#at += to - from;
    }
  }

  copy(offset: number, length: number): void {
    let rest = length;
    // The last copy takes four bytes or more, as the short form needs.
    while (rest >= LONGEST + SHORTEST) {
      this.#copyLong(offset, LONGEST);
      rest -= LONGEST;
    }
    if (rest > LONGEST) {
      this.#copyLong(offset, LONGEST - SHORTEST);
      rest -= LONGEST - SHORTEST;
    }
    if (rest < 12 && offset < 2048) {
      this.#bytes[this.#at++] = 1 | ((rest - SHORTEST) << 2) | ((offset >>> 8) << 5);
      this.#bytes[this.#at++] = offset & 0xff;
    } else this.#copyLong(offset, rest);
  }

  #copyLong(offset: number, length: number): void {
    this.#bytes[this.#at++] = 2 | ((length - 1) << 2);
    this.#bytes[this.#at++] = offset & 0xff;
    this.#bytes[this.#at++] = offset >>> 8;
  }

  taken(): Uint8Array {
    return this.#bytes.subarray(0, this.#at);
  }
}
