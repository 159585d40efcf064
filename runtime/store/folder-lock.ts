import { type LockOptions, lock, lockSync } from "proper-lockfile";

/** Work on one file is done in turn: within the process by these queues, among processes by a lock. */
const queues = new Map<string, Promise<unknown>>();

/** Runs the work while nobody else of this machine works on the file. @param lockPath where the lock lies while it is held */
export function exclusively<T>(path: string, lockPath: string, work: () => T | Promise<T>): Promise<T> {
  const mine = (queues.get(path) ?? Promise.resolve()).catch(() => undefined).then(() => locked(path, lockPath, work));
  queues.set(path, mine);
  return mine.finally(() => {
    if (queues.get(path) === mine) queues.delete(path);
  });
}

async function locked<T>(path: string, lockPath: string, work: () => T | Promise<T>): Promise<T> {
  const options: LockOptions = { lockfilePath: lockPath, realpath: false, stale: 5_000 };
  const release = tryNow(path, options) ?? (await patiently(path, options));
  try {
    return await work();
  } finally {
    await release();
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
