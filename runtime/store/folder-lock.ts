import fs from "node:fs";
import { type LockOptions, lock, lockSync } from "proper-lockfile";

/** What is locked, and what for. */
export interface LockedFile {
  readonly path: string;
  /** Where the lock lies while it is held. */
  readonly lockPath: string;
  /** A file that is there anyway: the lock is a second name of it, which costs a tenth of a new folder. */
  readonly seed: string;
}

/** Work on one file is done in turn: within the process by these queues, among processes by a lock. */
const queues = new Map<string, Promise<unknown>>();

/** Runs the work while nobody else of this machine works on the file. */
export function exclusively<T>(file: LockedFile, work: () => T | Promise<T>): Promise<T> {
  const { path } = file;
  const mine = (queues.get(path) ?? Promise.resolve()).catch(() => undefined).then(() => locked(file, work));
  queues.set(path, mine);
  return mine.finally(() => {
    if (queues.get(path) === mine) queues.delete(path);
  });
}

async function locked<T>({ path, lockPath, seed }: LockedFile, work: () => T | Promise<T>): Promise<T> {
  const options: LockOptions = { lockfilePath: lockPath, realpath: false, stale: 5_000, fs: names };
  seeds.set(lockPath, seed);
  try {
    const release = tryNow(path, options) ?? (await patiently(path, options));
    try {
      return await work();
    } finally {
      await release();
    }
  } finally {
    seeds.delete(lockPath);
  }
}

/** Most of the time nobody holds it, and asking at once costs least. */
function tryNow(path: string, options: LockOptions): (() => void) | undefined {
  try {
    return lockSync(path, options);
  } catch (error) {
    if ((error as NodeJS.ErrnoException | undefined)?.code === "ELOCKED") return undefined;
    throw error;
  }
}

const patiently = (path: string, options: LockOptions): Promise<() => Promise<void>> =>
  lock(path, { ...options, retries: { retries: 60, minTimeout: 20, maxTimeout: 500, factor: 1.5 } });

/** By the path of the lock. */
const seeds = new Map<string, string>();

const seedOf = (lockPath: string): string => seeds.get(lockPath) ?? lockPath;

/** What is locked after a wait must not look as if it had been held all the time. */
function fresh(lockPath: string): string {
  const seed = seedOf(lockPath);
  const now = Date.now() / 1_000;
  fs.utimesSync(seed, now, now);
  return seed;
}

/** The library makes a folder to hold a lock, and removes it; a name is made and removed instead, which only one can make, too. */
const names = {
  ...fs,
  mkdir: (path: string, done: fs.NoParamCallback) => fs.link(fresh(path), path, done),
  mkdirSync: (path: string) => fs.linkSync(fresh(path), path),
  rmdir: fs.unlink,
  rmdirSync: fs.unlinkSync,
};
