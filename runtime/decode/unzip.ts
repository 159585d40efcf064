import { createWriteStream } from "node:fs";
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { crc32 } from "node:zlib";
import { type Entry, fromBufferPromise, openPromise, type ZipFile } from "yauzl";
import { scratchFolder } from "../store/scratch-folder.ts";
import { BodyError } from "./body-error.ts";
import type { Body } from "./bytes.ts";
import { bomb, damaged, mostUnpacked } from "./inflate.ts";

/** How many names an error shows. */
const SHOWN = 5;

/** The bytes of the only file in a ZIP archive; folders do not count. @throws BodyError */
export async function* unzipped(body: Body): AsyncGenerator<Uint8Array> {
  if (body instanceof Uint8Array) yield* onlyFile(() => fromBufferPromise(asBuffer(body)));
  else if ("path" in body) yield* onlyFile(() => openPromise(body.path, { autoClose: false }));
  else yield* spooled(body);
}

/** The list of an archive's files is at its end: one on its way goes to the disk first. */
async function* spooled(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  const folder = await scratchFolder("zip");
  try {
    const path = join(folder, "body.zip");
    await pipeline(Readable.from(chunks, { objectMode: false }), createWriteStream(path));
    yield* onlyFile(() => openPromise(path, { autoClose: false }));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function* onlyFile(open: () => Promise<ZipFile>): AsyncGenerator<Uint8Array> {
  let zip: ZipFile | undefined;
  try {
    zip = await open();
    const entry = await onlyEntry(zip);
    let sum = 0;
    for await (const chunk of await zip.openReadStreamPromise(entry)) {
      sum = crc32(chunk, sum);
      yield chunk;
    }
    if (sum !== entry.crc32) throw new BodyError(`${entry.fileName} in the ZIP archive is damaged`, true);
  } catch (error) {
    throw damaged(error);
  } finally {
    zip?.close();
  }
}

async function onlyEntry(zip: ZipFile): Promise<Entry> {
  const files: Entry[] = [];
  for await (const entry of zip.eachEntry()) {
    if (!entry.fileName.endsWith("/")) files.push(entry);
    if (files.length > SHOWN) break;
  }
  const [file, ...others] = files;
  if (!file) throw new BodyError("the ZIP archive has no file", false);
  if (others.length > 0) throw new BodyError(`the ZIP archive has more than one file: ${names(files)}`, false);
  if (file.isEncrypted()) throw new BodyError(`${file.fileName} in the ZIP archive is encrypted`, false);
  if (file.uncompressedSize > mostUnpacked(file.compressedSize)) throw bomb();
  return file;
}

const names = (files: readonly Entry[]): string =>
  [...files.slice(0, SHOWN).map(({ fileName }) => fileName), ...(files.length > SHOWN ? ["…"] : [])].join(", ");

const asBuffer = (bytes: Uint8Array): Buffer => Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
