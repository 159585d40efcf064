import type { Format } from "../../runtime/dataset/format.ts";
import type { SourceRow } from "../../runtime/dataset/source.ts";
import { decodeRows } from "../../runtime/decode/index.ts";

export const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

/** A body that comes in pieces of that many bytes. */
export async function* pieces(body: Uint8Array, size = 7): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < body.length; at += size) yield body.subarray(at, at + size);
}

/** The rows of all lists, in one. */
export async function flat<T>(lists: AsyncIterable<readonly T[]>): Promise<T[]> {
  const all: T[] = [];
  for await (const list of lists) all.push(...list);
  return all;
}

export const rowsOf = (body: Parameters<typeof decodeRows>[0], format: Format): Promise<SourceRow[]> =>
  flat(decodeRows(body, format));
