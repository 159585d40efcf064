import { createReadStream } from "node:fs";
import type { Content } from "../store/store.ts";
import { BodyError } from "./body-error.ts";

/** A body as it came: in memory, in a file, or still on its way. */
export type Body = Content | AsyncIterable<Uint8Array>;

/** The most of a body, in bytes or characters, that is held in memory at once when it need not be. */
export const HELD = 32 * 1024 * 1024;

const CHUNK = 64 * 1024;

/** The body piece by piece. */
export async function* chunksOf(body: Body): AsyncGenerator<Uint8Array> {
  if (body instanceof Uint8Array) yield body;
  else if ("path" in body) yield* createReadStream(body.path, { highWaterMark: CHUNK });
  else yield* body;
}

export interface Peeked {
  /** The first pieces: more bytes than asked for, or all there are. */
  readonly pieces: readonly Uint8Array[];
  readonly ended: boolean;
  /** All pieces, these included; to be read once, and instead of the original. */
  readonly all: AsyncIterable<Uint8Array>;
}

/** Looks at the beginning of a body. */
export async function peek(chunks: AsyncIterable<Uint8Array>, bytes: number): Promise<Peeked> {
  const iterator = chunks[Symbol.asyncIterator]();
  const pieces: Uint8Array[] = [];
  for (let size = 0; size <= bytes; ) {
    const next = await iterator.next();
    if (next.done) return { pieces, ended: true, all: resume(pieces, iterator) };
    pieces.push(next.value);
    size += next.value.length;
  }
  return { pieces, ended: false, all: resume([...pieces], iterator) };
}

/** Lets go of each piece as it is read. */
async function* resume(pieces: Uint8Array[], iterator: AsyncIterator<Uint8Array>): AsyncGenerator<Uint8Array> {
  try {
    for (let piece = pieces.shift(); piece; piece = pieces.shift()) yield piece;
    for (let next = await iterator.next(); !next.done; next = await iterator.next()) yield next.value;
  } finally {
    await iterator.return?.();
  }
}

export const joined = (pieces: readonly Uint8Array[]): Uint8Array =>
  pieces.length === 1 && pieces[0] ? pieces[0] : Buffer.concat(pieces);

const whole = new TextDecoder("utf-8", { fatal: true });

/** UTF-8 without a byte order mark. @throws BodyError */
export const textOf = (bytes: Uint8Array): string => decoded(() => whole.decode(bytes));

/** The text of the pieces, wherever they were cut. @throws BodyError */
export async function* textsOf(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<string> {
  const decoder = new TextDecoder("utf-8", { fatal: true });
  for await (const chunk of chunks) yield decoded(() => decoder.decode(chunk, { stream: true }));
  yield decoded(() => decoder.decode());
}

function decoded(decode: () => string): string {
  try {
    return decode();
  } catch {
    throw new BodyError("the body is no text in UTF-8", true);
  }
}
