import { access, mkdir, rename, rm, statfs } from "node:fs/promises";
import { join } from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { PGlite } from "@electric-sql/pglite";
import { dataDir } from "@electric-sql/pglite-prepopulatedfs";
import { extract } from "tar";
import { diskFull, messageOf, UserError } from "../dataset/errors.ts";

/**
 * Opens the Postgres of a laptop. The caller sees to it that no other process has the folder open.
 * A new folder is unpacked from a finished cluster and renamed into place, so that a killed start leaves nothing half-made.
 */
export async function openPglite(folder: string): Promise<PGlite> {
  const exists = await access(join(folder, "PG_VERSION")).then(
    () => true,
    () => false,
  );
  if (!exists) await unpackCluster(folder);
  const database = await PGlite.create(folder).catch((error) => explain(error, folder));
  await database.exec("set timezone = 'UTC'");
  return database;
}

async function unpackCluster(folder: string): Promise<void> {
  const temporary = `${folder}.new`;
  await rm(temporary, { recursive: true, force: true });
  await mkdir(temporary, { recursive: true });
  const packed = await dataDir();
  await pipeline(Readable.from([Buffer.from(await packed.arrayBuffer())]), extract({ cwd: temporary }));
  await rename(temporary, folder);
}

/** Postgres needs room for its log even to start. Bytes. */
const NEEDED = 32 * 1024 * 1024;

async function explain(error: unknown, folder: string): Promise<never> {
  const { bavail, bsize } = await statfs(folder);
  if (bavail * bsize < NEEDED) throw diskFull(folder, error);
  throw new UserError(
    `the database in ${folder} cannot be opened:`,
    [{ path: "", problem: messageOf(error), fix: "remove that folder and run again: it is filled from the lake" }],
    { cause: error },
  );
}
