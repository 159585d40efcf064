import { execFile } from "node:child_process";
import { readFile } from "node:fs/promises";
import { promisify } from "node:util";

const run = promisify(execFile);

/** Milliseconds between two looks; one with `ps` takes time from what is measured. */
const EVERY = process.platform === "linux" ? 100 : 500;

/** Follows the resident memory of a process with all that it starts. @returns ends it, and gives the most seen, in MiB */
export function watchMemory(root: number): () => number {
  let most = 0;
  let looking = false;
  const timer = setInterval(async () => {
    if (looking) return;
    looking = true;
    most = Math.max(most, await (process.platform === "linux" ? fromProc(root) : fromPs(root)).catch(() => 0));
    looking = false;
  }, EVERY);
  return () => {
    clearInterval(timer);
    return most / 1024;
  };
}

/** KiB. https://docs.kernel.org/filesystems/proc.html */
async function fromProc(root: number): Promise<number> {
  const status = await readFile(`/proc/${root}/status`, "utf8");
  const children = await readFile(`/proc/${root}/task/${root}/children`, "utf8");
  const resident = Number(/^VmRSS:\s+(\d+)/m.exec(status)?.[1] ?? 0);
  const below = await Promise.all(
    children
      .split(" ")
      .filter(Boolean)
      .map((child) => fromProc(Number(child)).catch(() => 0)),
  );
  return below.reduce((sum, one) => sum + one, resident);
}

/** KiB. */
async function fromPs(root: number): Promise<number> {
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
