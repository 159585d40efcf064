import { createReadStream } from "node:fs";
import type { Content, LocalFile } from "./store.ts";

export const isFile = (content: Content): content is LocalFile => !(content instanceof Uint8Array);

export const sizeOf = (content: Content): number => (isFile(content) ? content.bytes : content.byteLength);

/**
 * Gives the memory of bytes back now, whoever still holds them: V8 would see late that they are gone, for they lie outside of
 * its heap. They must be nobody else's; those of a pool stay.
 */
export function release(bytes: Uint8Array): void {
  const { buffer } = bytes;
  if (buffer instanceof ArrayBuffer && buffer.byteLength === bytes.byteLength) buffer.transfer(0);
}

/** Bytes that are read of a file at once. */
const CHUNK = 256 * 1024;

/** A file's bytes from its beginning, a piece at a time. */
export const streamOf = (path: string): AsyncIterable<Uint8Array> => createReadStream(path, { highWaterMark: CHUNK });
