import { createHash, randomUUID } from "node:crypto";
import { createWriteStream } from "node:fs";
import { mkdir, mkdtemp, readdir, readlink, rename, rm, symlink } from "node:fs/promises";
import { join } from "node:path";
import { Transform } from "node:stream";
import { pipeline } from "node:stream/promises";
import { type ReadEntry, x } from "tar";
import { z } from "zod";
import { type Fault, UserError } from "../dataset/errors.ts";
import { strictFaults } from "../dataset/strict.ts";
import { latestBundleKey } from "../store/layout.ts";
import type { Store } from "../store/store.ts";

export interface PullOptions {
  readonly store: Store;
  /** Name of the bundle. */
  readonly bundle: string;
  /** Where it comes into a folder of its name. */
  readonly folder: string;
  readonly signal: AbortSignal;
}

/** A bundle as it is in the folder. */
export interface PulledBundle {
  readonly bundle: string;
  readonly version: string;
  /** Hexadecimal digest of its archive. */
  readonly sha256: string;
  /** Its folder. */
  readonly path: string;
  /** Whether another version, or none, was there before. */
  readonly isNew: boolean;
}

const Latest = z.strictObject({
  bundle: z.string(),
  version: z.string().min(1),
  key: z.string().regex(/^zipline-data\/[\w.-]+\.tar\.gz$/, "is no key of an archive below zipline-data/"),
  sha256: z.string().regex(/^[0-9a-f]{64}$/, "is no SHA-256 in lower case hexadecimal digits"),
  bytes: z.int().min(1),
});

type Latest = z.infer<typeof Latest>;

const VERSIONS = ".versions";

/**
 * Brings the newest version of a bundle into a folder: its archive is fetched and verified, unpacked beside, and then put in the
 * place of what was there in one step, so that a reader sees a whole version, this one or the one before. The one before stays
 * until the next is there.
 * @throws UserError when there is no such bundle, or an archive that must not be unpacked
 */
export async function pullBundle({ store, bundle, folder, signal }: PullOptions): Promise<PulledBundle> {
  const latest = await readLatest(store, bundle);
  const { version, sha256 } = latest;
  const path = join(folder, bundle);
  const wanted = join(VERSIONS, `${bundle}-${sha256.slice(0, 16)}`);
  const present = await readlink(path).catch(() => undefined);
  if (present === wanted) return { bundle, version, sha256, path, isNew: false };
  await mkdir(join(folder, VERSIONS), { recursive: true });
  const temporary = await mkdtemp(join(folder, VERSIONS, "partial-"));
  try {
    const archive = join(temporary, "archive");
    await fetchVerified(store, latest, archive, signal);
    const files = join(temporary, "files");
    await unpack(archive, files, bundle);
    await keep(files, join(folder, wanted));
    const link = join(temporary, randomUUID());
    await symlink(wanted, link);
    await rename(link, path);
  } finally {
    await rm(temporary, { recursive: true, force: true });
  }
  await forgetOthers(folder, bundle, [wanted, present]);
  return { bundle, version, sha256, path, isNew: true };
}

async function readLatest(store: Store, bundle: string): Promise<Latest> {
  const key = latestBundleKey(bundle);
  const found = await store.get(key);
  if (!found) {
    const fix = "publish it first, or mend the name";
    throw new UserError(`there is no bundle ${bundle}:`, [{ path: key, problem: `is not in ${store.location}`, fix }]);
  }
  const value: unknown = JSON.parse(Buffer.from(found.body).toString("utf8"));
  const faults: Fault[] = strictFaults(Latest, value);
  if (faults.length > 0) throw new UserError(`${key} cannot be used:`, faults);
  const latest = Latest.parse(value);
  if (latest.bundle === bundle && latest.key.startsWith(`zipline-data/${bundle}-`)) return latest;
  throw new UserError(`${key} cannot be used:`, [{ path: "bundle", problem: "is another one", value: latest.bundle }]);
}

/** @throws Error when the archive is not what latest.json says */
async function fetchVerified(store: Store, latest: Latest, file: string, signal: AbortSignal): Promise<void> {
  const body = await store.read(latest.key);
  if (!body) throw new Error(`${latest.key} is not in ${store.location}, although it is said to be the newest`);
  const hash = createHash("sha256");
  let bytes = 0;
  const watched = new Transform({
    transform(piece: Uint8Array, _encoding, done) {
      hash.update(piece);
      bytes += piece.byteLength;
      done(bytes > latest.bytes ? new Error(`${latest.key} is longer than ${latest.bytes} bytes`) : null, piece);
    },
  });
  await pipeline(body, watched, createWriteStream(file), { signal });
  const sha256 = hash.digest("hex");
  if (bytes !== latest.bytes || sha256 !== latest.sha256)
    throw new Error(
      `${latest.key} has ${bytes} bytes with the SHA-256 ${sha256}, not ${latest.bytes} with ${latest.sha256}: not unpacked`,
    );
}

const PLAIN: readonly string[] = ["File", "OldFile", "ContiguousFile", "Directory"];

async function unpack(archive: string, folder: string, bundle: string): Promise<void> {
  await mkdir(folder);
  const faults: Fault[] = [];
  await x({
    file: archive,
    cwd: folder,
    strict: true,
    filter: (path, entry) => {
      const problem = problemOf(path, entry as ReadEntry);
      if (problem) faults.push({ path, problem });
      return problem === undefined;
    },
  });
  if (faults.length > 0) throw new UserError(`the archive of ${bundle} must not be unpacked:`, faults);
}

function problemOf(path: string, { type }: ReadEntry): string | undefined {
  if (/^([\\/]|[A-Za-z]:)/.test(path) || path.split(/[\\/]/).includes("..")) return "leads out of its folder";
  return PLAIN.includes(type) ? undefined : `is neither a file nor a folder but ${type}`;
}

/** A whole version may be there already, when a run ended before it could be put in its place. */
async function keep(files: string, place: string): Promise<void> {
  try {
    await rename(files, place);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code !== "ENOTEMPTY" && code !== "EEXIST") throw error;
  }
}

async function forgetOthers(folder: string, bundle: string, kept: readonly (string | undefined)[]): Promise<void> {
  for (const name of await readdir(join(folder, VERSIONS))) {
    const version = join(VERSIONS, name);
    const isOwn = name.slice(0, -17) === bundle;
    if (isOwn && !kept.includes(version)) await rm(join(folder, version), { recursive: true, force: true });
  }
}
