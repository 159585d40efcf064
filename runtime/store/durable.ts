import { createHash, hash, randomBytes } from "node:crypto";
import { closeSync, fstatSync, fsync, openSync, readFileSync, writeSync } from "node:fs";
import { type FileHandle, mkdir, open, unlink } from "node:fs/promises";
import { dirname, sep } from "node:path";
import { promisify } from "node:util";
import { isFile, streamOf } from "./content.ts";
import type { Content } from "./store.ts";

const sync = promisify(fsync);

/**
 * Bytes up to which a file is written and read without leaving the thread: what the system's cache takes at once costs less
 * than handing it to another thread.
 */
const SMALL = 1024 * 1024;

export const digestOf = (body: Uint8Array): string => hash("sha256", body, "hex");

/** Begins the names of this thread's files. */
const MINE = `${process.pid}-${randomBytes(6).toString("hex")}`;
let written = 0;

/** A new file with the content, on the disk when this returns. @returns its path and the SHA-256 of the content */
export async function writeDurably(folder: string, content: Content): Promise<{ path: string; digest: string }> {
  written += 1;
  const path = `${folder}${sep}${MINE}-${written}`;
  try {
    if (!isFile(content) && content.byteLength <= SMALL) {
      await inFolder(folder, () => writeSmall(path, content));
      return { path, digest: digestOf(content) };
    }
    const file = await inFolder(folder, () => open(path, "wx"));
    try {
      const digest = isFile(content) ? await copy(content.path, file) : await fill(file, content);
      await file.sync();
      return { path, digest };
    } finally {
      await file.close();
    }
  } catch (error) {
    await unlink(path).catch(() => undefined);
    throw error;
  }
}

/** The content of a small file; undefined for a larger one. */
export function readSmall(path: string): Uint8Array | undefined {
  const file = openSync(path, "r");
  try {
    return fstatSync(file).size <= SMALL ? readFileSync(file) : undefined;
  } finally {
    closeSync(file);
  }
}

/** SHA-256 of a file that may be larger than memory. */
export async function digestOfFile(path: string): Promise<string> {
  const small = readSmall(path);
  if (small) return digestOf(small);
  const digest = createHash("sha256");
  for await (const piece of streamOf(path)) digest.update(piece);
  return digest.digest("hex");
}

async function writeSmall(path: string, body: Uint8Array): Promise<void> {
  const file = openSync(path, "wx");
  try {
    for (let at = 0; at < body.byteLength; ) at += writeSync(file, body, at);
    await sync(file);
  } finally {
    closeSync(file);
  }
}

async function fill(file: FileHandle, body: Uint8Array): Promise<string> {
  await file.writeFile(body);
  return digestOf(body);
}

async function copy(from: string, to: FileHandle): Promise<string> {
  const digest = createHash("sha256");
  for await (const chunk of streamOf(from)) {
    digest.update(chunk);
    await to.writeFile(chunk);
  }
  return digest.digest("hex");
}

/** Tries, and tries again with the folder made where it was missing: most of the time it is there. */
export async function inFolder<T>(folder: string, work: () => T | Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if ((error as NodeJS.ErrnoException | undefined)?.code !== "ENOENT") throw error;
    const first = await mkdir(folder, { recursive: true });
    for (let made = folder; first && made.length >= first.length; made = dirname(made)) await syncFolder(dirname(made));
    return work();
  }
}

/** By folder: a sync that has not begun, which whoever comes now may join, and the one under way. */
const waiting = new Map<string, Promise<void>>();
const underway = new Map<string, Promise<void>>();

/** Makes what was renamed, linked or removed in a folder durable. Many at once share a call. */
export function syncFolder(path: string): Promise<void> {
  // Windows has no such call and needs none.
  if (process.platform === "win32") return Promise.resolve();
  const joined = waiting.get(path);
  if (joined) return joined;
  const mine = (underway.get(path) ?? Promise.resolve())
    .catch(() => undefined)
    .then(() => {
      waiting.delete(path);
      underway.set(path, mine);
      return syncNow(path);
    })
    .finally(() => {
      if (underway.get(path) === mine) underway.delete(path);
    });
  waiting.set(path, mine);
  return mine;
}

async function syncNow(path: string): Promise<void> {
  const folder = openSync(path, "r");
  try {
    await sync(folder);
  } finally {
    closeSync(folder);
  }
}
