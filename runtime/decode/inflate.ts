import { pipeline, Readable, type Transform } from "node:stream";
import { createGunzip, createZstdDecompress, gunzipSync, zstdDecompressSync } from "node:zlib";
import { messageOf } from "../dataset/errors.ts";
import { BodyError } from "./body-error.ts";
import { HELD, joined, peek } from "./bytes.ts";

interface Compression {
  /** Of a file's name. */
  readonly suffix: string;
  readonly magic: readonly number[];
  readonly stream: () => Transform;
  readonly sync: (bytes: Uint8Array, options: { maxOutputLength: number }) => Uint8Array;
}

const COMPRESSIONS: readonly Compression[] = [
  // https://www.rfc-editor.org/rfc/rfc1952#page-6: the third byte is the only method there is.
  { suffix: ".gz", magic: [0x1f, 0x8b, 0x08], stream: createGunzip, sync: gunzipSync },
  // https://www.rfc-editor.org/rfc/rfc8878#name-zstandard-frames
  { suffix: ".zst", magic: [0x28, 0xb5, 0x2f, 0xfd], stream: createZstdDecompress, sync: zstdDecompressSync },
];

export const MAGIC_BYTES = 4;

/** A server that compresses what is compressed already is met; a longer chain is made to harm. */
const LAYERS = 2;

/** Market data shrinks to a tenth, seldom to a fiftieth. What unpacks to more than this is made to fill a memory or disk. */
const MOST_RATIO = 200;
const ALWAYS_ALLOWED = 2 * HELD;

/** The most bytes that so many compressed ones may unpack to. */
export const mostUnpacked = (compressed: number): number => Math.max(ALWAYS_ALLOWED, compressed * MOST_RATIO);

/** What packs far too much into few bytes. */
export const bomb = (): BodyError =>
  new BodyError(`the body unpacks to more than ${MOST_RATIO} times its size: it is not read on`, false);

const compressionOf = (head: Uint8Array): Compression | undefined =>
  COMPRESSIONS.find(({ magic }) => magic.every((byte, index) => head[index] === byte));

/** What is put behind the name of a file with these bytes: nothing when they are not compressed. */
export const suffixOf = (head: Uint8Array): string => compressionOf(head)?.suffix ?? "";

export const isCompressed = (bytes: Uint8Array): boolean => compressionOf(bytes) !== undefined;

/** The bytes without gzip and zstd, which are told by their first bytes. @throws BodyError */
export function inflate(bytes: Uint8Array, layers = LAYERS): Uint8Array {
  const compression = layers > 0 ? compressionOf(bytes) : undefined;
  if (!compression) return bytes;
  let unpacked: Uint8Array;
  try {
    unpacked = compression.sync(bytes, { maxOutputLength: mostUnpacked(bytes.length) });
  } catch (error) {
    throw (error as NodeJS.ErrnoException).code === "ERR_BUFFER_TOO_LARGE" ? bomb() : damaged(error);
  }
  return inflate(unpacked, layers - 1);
}

/** `inflate` piece by piece. @throws BodyError */
export async function* inflated(chunks: AsyncIterable<Uint8Array>, layers = LAYERS): AsyncGenerator<Uint8Array> {
  const { pieces, all } = await peek(chunks, MAGIC_BYTES);
  const compression = layers > 0 ? compressionOf(joined(pieces)) : undefined;
  yield* compression ? inflated(unpack(all, compression), layers - 1) : all;
}

async function* unpack(chunks: AsyncIterable<Uint8Array>, compression: Compression): AsyncGenerator<Uint8Array> {
  let compressed = 0;
  async function* counted(): AsyncGenerator<Uint8Array> {
    for await (const chunk of chunks) {
      compressed += chunk.length;
      yield chunk;
    }
  }
  let unpacked = 0;
  const stream = pipeline(Readable.from(counted(), { objectMode: false }), compression.stream(), () => {});
  try {
    for await (const chunk of stream) {
      unpacked += chunk.length;
      if (unpacked > mostUnpacked(compressed)) throw bomb();
      yield chunk;
    }
  } catch (error) {
    throw damaged(error);
  }
}

/** What reading a compressed body threw: an error of the system and one of ours stay what they are. */
export function damaged(error: unknown): unknown {
  if (error instanceof BodyError || (error as NodeJS.ErrnoException).syscall !== undefined) return error;
  return new BodyError(`the body is damaged or ends too early (${messageOf(error)})`, true);
}
