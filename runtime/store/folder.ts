import { linkSync, renameSync, statSync, unlinkSync } from "node:fs";
import { readdir, readFile, rm } from "node:fs/promises";
import { dirname, join, resolve, sep } from "node:path";
import { setImmediate as turn } from "node:timers/promises";
import { diskFull, UserError } from "../dataset/errors.ts";
import { streamOf } from "./content.ts";
import { digestOf, digestOfFile, inFolder, readSmall, syncFolder, writeDurably } from "./durable.ts";
import { exclusively } from "./folder-lock.ts";
import {
  ConditionFailed,
  type Content,
  checkKey,
  type ListedObject,
  type Store,
  type StoredObject,
  type WriteCondition,
  type WriteOptions,
} from "./store.ts";

/** Files that are being written, and locks; no key can begin with it. */
const WORK = ".work";

/** Milliseconds of work without a wait after which others get the thread. */
const STINT = 5;

/**
 * A folder as an object store, with the guarantees of S3: a write goes to a temporary file that is synced and then
 * renamed; "absent" is a hard link, which one of two writers wins; "still this content" is decided under a lock.
 */
export class FolderStore implements Store {
  readonly location: string;

  constructor(folder: string) {
    this.location = resolve(folder);
  }

  async get(key: string): Promise<StoredObject | undefined> {
    const path = this.#path(key);
    await giveWay();
    try {
      const body = readSmall(path) ?? (await readFile(path));
      return new FileObject(body);
    } catch (error) {
      if (isMissing(error)) return undefined;
      throw error;
    }
  }

  async size(key: string): Promise<number | undefined> {
    return lookAt(this.#path(key))?.size;
  }

  async read(key: string): Promise<AsyncIterable<Uint8Array> | undefined> {
    const path = this.#path(key);
    return lookAt(path) && streamOf(path);
  }

  async put(key: string, body: Content, { condition, followed = false }: WriteOptions = {}): Promise<string> {
    const path = this.#path(key);
    try {
      const { path: temporary, digest } = await writeDurably(join(this.location, WORK), body);
      try {
        await this.#publish(key, temporary, path, condition);
        if (!followed) await syncFolder(dirname(path));
      } finally {
        discard(temporary);
      }
      return digest;
    } catch (error) {
      throw explained(error, path);
    }
  }

  async remove(key: string): Promise<void> {
    const path = this.#path(key);
    try {
      await rm(path);
      await syncFolder(dirname(path));
    } catch (error) {
      if (!isMissing(error)) throw explained(error, path);
    }
  }

  async *list(prefix: string): AsyncIterable<ListedObject> {
    const folder = prefix.slice(0, prefix.lastIndexOf("/") + 1);
    const entries = await readdir(join(this.location, folder), { recursive: true, withFileTypes: true }).catch(
      (error) => {
        if (isMissing(error)) return [];
        throw error;
      },
    );
    const keys = entries
      .filter((entry) => entry.isFile())
      .map((entry) =>
        join(entry.parentPath, entry.name)
          .slice(this.location.length + 1)
          .split(sep)
          .join("/"),
      )
      .filter((key) => key.startsWith(prefix) && !key.startsWith(`${WORK}/`))
      .sort();
    for (const key of keys) {
      await giveWay();
      const found = lookAt(join(this.location, key));
      if (found) yield { key, ...found };
    }
  }

  withFile<T>(key: string, use: (path: string, etag: () => Promise<string>) => Promise<T>): Promise<T> {
    const path = this.#path(key);
    return use(path, () => digestOfFile(path));
  }

  #path(key: string): string {
    checkKey(key);
    if (key.startsWith(`${WORK}/`)) throw new Error(`key ${JSON.stringify(key)} is the store's own`);
    return join(this.location, key);
  }

  async #publish(key: string, temporary: string, path: string, condition: WriteCondition | undefined): Promise<void> {
    const folder = dirname(path);
    if (!condition) await inFolder(folder, () => renameSync(temporary, path));
    else if ("absent" in condition) await inFolder(folder, () => linkNew(key, temporary, path));
    else {
      const lockPath = this.#lock(key);
      await exclusively({ path, lockPath, seed: temporary }, () => this.#replace(key, temporary, path, condition.etag));
    }
  }

  async #replace(key: string, temporary: string, path: string, etag: string): Promise<void> {
    if ((await this.#etagOf(path)) !== etag) throw new ConditionFailed(key);
    renameSync(temporary, path);
  }

  async #etagOf(path: string): Promise<string | undefined> {
    try {
      return await digestOfFile(path);
    } catch (error) {
      if (isMissing(error)) return undefined;
      throw error;
    }
  }

  #lock(key: string): string {
    return join(this.location, WORK, `${digestOf(Buffer.from(key)).slice(0, 32)}.lock`);
  }
}

/** Most of those who read an object do not write it: its etag is made for those who do. */
class FileObject implements StoredObject {
  readonly body: Uint8Array;

  constructor(body: Uint8Array) {
    this.body = body;
  }

  get etag(): string {
    return digestOf(this.body);
  }
}

let turnAt = performance.now();

/** Small files are looked at without a wait; a loop over them must not keep the thread from everything else. */
async function giveWay(): Promise<void> {
  if (performance.now() - turnAt < STINT) return;
  await turn();
  turnAt = performance.now();
}

/** What was renamed is there no longer. */
function discard(temporary: string): void {
  try {
    unlinkSync(temporary);
  } catch (error) {
    if (codeOf(error) !== "ENOENT") throw error;
  }
}

function linkNew(key: string, temporary: string, path: string): void {
  try {
    linkSync(temporary, path);
  } catch (error) {
    if (codeOf(error) === "EEXIST") throw new ConditionFailed(key);
    throw error;
  }
}

/** Every write makes a new file, so that no two contents of a key share inode and time. */
function lookAt(path: string): Pick<ListedObject, "size" | "version"> | undefined {
  const found = statSync(path, { bigint: true, throwIfNoEntry: false });
  if (!found?.isFile()) return undefined;
  const version = [found.mtimeNs, found.size, found.ino].map((part) => part.toString(36)).join("-");
  return { size: Number(found.size), version };
}

/** Removes what a killed process left half-written. Call it when no other process uses the folder. */
export async function clearLeftovers(folder: string): Promise<void> {
  const work = join(resolve(folder), WORK);
  await rm(work, { recursive: true, force: true });
}

const codeOf = (error: unknown): string | undefined => (error as NodeJS.ErrnoException | undefined)?.code;

/** Also where a folder stands in the place of an object, or an object in that of a folder. */
const isMissing = (error: unknown): boolean => ["ENOENT", "ENOTDIR", "EISDIR"].includes(codeOf(error) ?? "");

function explained(error: unknown, path: string): unknown {
  const code = codeOf(error);
  if (code === "ENOSPC" || code === "EDQUOT") return diskFull(path, error);
  if (code === "EACCES" || code === "EPERM" || code === "EROFS")
    return new UserError(`no right to write ${path}`, [
      { path: "", problem: "the folder is not writable", fix: "choose another one with --data <folder>" },
    ]);
  return error;
}
