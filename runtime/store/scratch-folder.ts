import { mkdtemp, readdir, rm } from "node:fs/promises";
import { hostname, tmpdir } from "node:os";
import { join } from "node:path";
import { isGone } from "./lease.ts";

/** Says what a folder is for, and which process of which machine has made it. */
const NAME = /^tidegate-[a-z]+-(.+)-(\d+)-\w{6}$/;

const cleared = new Set<string>();

/**
 * A new folder for what does not fit into memory; whoever asks for it removes it. What a killed process has left there is
 * removed when the first one is made.
 * @param purpose a word for its name @param parent the folder that it comes into @default the system's for temporary files
 */
export async function scratchFolder(purpose: string, parent = tmpdir()): Promise<string> {
  if (!cleared.has(parent)) {
    cleared.add(parent);
    await clear(parent);
  }
  return mkdtemp(join(parent, `tidegate-${purpose}-${hostname()}-${process.pid}-`));
}

/** One that cannot be removed, as somebody else's, is left alone. */
async function clear(parent: string): Promise<void> {
  for (const name of await readdir(parent).catch(() => [])) {
    const [, host, pid] = NAME.exec(name) ?? [];
    if (host === undefined || !isGone(`${host}/${pid}`)) continue;
    await rm(join(parent, name), { recursive: true, force: true }).catch(() => undefined);
  }
}
