import { createHash, randomBytes } from "node:crypto";
import { link, mkdir, open, readdir, readFile, rename, rm, stat, unlink } from "node:fs/promises";
import { dirname, join, resolve, sep } from "node:path";
import { lock } from "proper-lockfile";
import { diskFull, UserError } from "../dataset/errors.ts";
import {
  ConditionFailed,
  checkKey,
  type ListedObject,
  type Store,
  type StoredObject,
  type WriteCondition,
  type WriteOptions,
} from "./store.ts";

/** Files that are being written, and locks; no key can begin with it. */
const WORK = ".work";

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
    try {
      const body = await readFile(this.#path(key));
      return { body, etag: etagOf(body) };
    } catch (error) {
      if (isMissing(error)) return undefined;
      throw error;
    }
  }

  async put(key: string, body: Uint8Array, { condition }: WriteOptions = {}): Promise<string> {
    const path = this.#path(key);
    try {
      await mkdir(dirname(path), { recursive: true });
      const temporary = await this.#writeTemporary(body);
      try {
        await this.#publish(key, temporary, path, condition);
      } finally {
        await rm(temporary, { force: true });
      }
      return etagOf(body);
    } catch (error) {
      throw explained(error, path);
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
    for (const key of keys) yield { key, size: (await stat(this.#path(key))).size };
  }

  withFile<T>(key: string, use: (path: string) => Promise<T>): Promise<T> {
    return use(this.#path(key));
  }

  #path(key: string): string {
    checkKey(key);
    if (key.startsWith(`${WORK}/`)) throw new Error(`key ${JSON.stringify(key)} is the store's own`);
    return join(this.location, key);
  }

  async #writeTemporary(body: Uint8Array): Promise<string> {
    const folder = join(this.location, WORK);
    await mkdir(folder, { recursive: true });
    const path = join(folder, `${process.pid}-${randomBytes(6).toString("hex")}`);
    const file = await open(path, "wx");
    try {
      await file.writeFile(body);
      await file.sync();
    } catch (error) {
      await unlink(path);
      throw error;
    } finally {
      await file.close();
    }
    return path;
  }

  async #publish(key: string, temporary: string, path: string, condition: WriteCondition | undefined): Promise<void> {
    if (!condition) await rename(temporary, path);
    else if ("absent" in condition) await this.#publishNew(key, temporary, path);
    else await this.#publishOver(key, temporary, path, condition.etag);
    await syncFolder(dirname(path));
  }

  async #publishNew(key: string, temporary: string, path: string): Promise<void> {
    try {
      await link(temporary, path);
    } catch (error) {
      if (codeOf(error) === "EEXIST") throw new ConditionFailed(key);
      throw error;
    }
  }

  async #publishOver(key: string, temporary: string, path: string, etag: string): Promise<void> {
    const lockPath = join(this.location, WORK, `${createHash("sha256").update(key).digest("hex").slice(0, 32)}.lock`);
    const release = await lock(path, {
      lockfilePath: lockPath,
      realpath: false,
      stale: 5_000,
      retries: { retries: 60, minTimeout: 20, maxTimeout: 500, factor: 1.5 },
    });
    try {
      if ((await this.get(key))?.etag !== etag) throw new ConditionFailed(key);
      await rename(temporary, path);
    } finally {
      await release();
    }
  }
}

/** Removes what a killed process left half-written. Call it when no other process uses the folder. */
export async function clearLeftovers(folder: string): Promise<void> {
  const work = join(resolve(folder), WORK);
  await rm(work, { recursive: true, force: true });
}

const etagOf = (body: Uint8Array): string => createHash("sha256").update(body).digest("hex");

async function syncFolder(path: string): Promise<void> {
  // A rename is durable only when its folder is; Windows has no such call and needs none.
  if (process.platform === "win32") return;
  const folder = await open(path, "r");
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
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
