import { createReadStream } from "node:fs";
import type { Content, LocalFile } from "./store.ts";

export const isFile = (content: Content): content is LocalFile => !(content instanceof Uint8Array);

export const sizeOf = (content: Content): number => (isFile(content) ? content.bytes : content.byteLength);

/** Bytes that are read of a file at once. */
const CHUNK = 256 * 1024;

/** A file's bytes from its beginning, a piece at a time. */
export const streamOf = (path: string): AsyncIterable<Uint8Array> => createReadStream(path, { highWaterMark: CHUNK });
