import { execFile } from "node:child_process";
import { promisify } from "node:util";

const run = promisify(execFile);

/** Milliseconds between two looks. */
const EVERY = 100;

/** Follows the resident memory of a process with all that it starts. @returns ends it, and gives the most seen, in MiB */
export function watchMemory(root: number): () => number {
  let most = 0;
  let looking = false;
  const timer = setInterval(async () => {
    if (looking) return;
    looking = true;
    most = Math.max(most, await residentOf(root).catch(() => 0));
    looking = false;
  }, EVERY);
  return () => {
    clearInterval(timer);
    return most / 1024;
  };
}

/** KiB. */
async function residentOf(root: number): Promise<number> {
  const { stdout } = await run("ps", ["-ax", "-o", "pid=,ppid=,rss="]);
  const processes = stdout
    .trim()
    .split("\n")
    .map((line) => line.trim().split(/\s+/).map(Number) as [number, number, number]);
  const family = new Set([root]);
  for (let size = 0; size < family.size; ) {
    size = family.size;
    for (const [pid, parent] of processes) if (family.has(parent)) family.add(pid);
  }
  return processes.reduce((sum, [pid, , resident]) => sum + (family.has(pid) ? resident : 0), 0);
}
