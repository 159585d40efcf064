import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const here = (name: string): string => fileURLToPath(new URL(name, import.meta.url));

/** Where the benchmark keeps what it need not make again, and what it measures with. */
export const CACHE = join(homedir(), ".cache", "tidegate-bench");

/** The interpreter of an environment with the pinned packages, made when there is none. @throws what `pip` says */
export function python(): string {
  const requirements = here("requirements.txt");
  const digest = createHash("sha256").update(readFileSync(requirements)).digest("hex").slice(0, 12);
  const folder = join(CACHE, `python-${digest}`);
  const interpreter = join(folder, "bin", "python");
  const whole = join(folder, "whole");
  if (existsSync(whole)) return interpreter;
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  process.stdout.write(`installing the peers into ${folder}\n`);
  run("python3", ["-m", "venv", folder]);
  run(interpreter, ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "-r", requirements]);
  writeFileSync(whole, "");
  return interpreter;
}

function run(command: string, args: readonly string[]): void {
  const { status, stderr, error } = spawnSync(command, args, { encoding: "utf8" });
  if (status !== 0) throw new Error(`${command} ${args.join(" ")} failed: ${error?.message ?? stderr}`);
}

/** What the command itself is started with. */
const flags = (): string[] =>
  (readFileSync(here("../../bin/tidegate.mjs"), "utf8").split("\n", 1)[0] ?? "")
    .split(" ")
    .filter((word) => word.startsWith("--"));

/** Somebody who brings in the data. */
export interface Contestant {
  readonly name: string;
  /** What to start. @param limit requests a second that the source allows */
  command(url: string, folder: string, limit: number | undefined): readonly [string, ...string[]];
}

export const contestants = (interpreter: string): Contestant[] => [
  {
    name: "tidegate",
    command: (url, folder, limit) => [
      process.execPath,
      ...flags(),
      here("tidegate.ts"),
      url,
      folder,
      ...(limit === undefined ? [] : [String(limit)]),
    ],
  },
  { name: "dlt rest_api, parallel", command: (url, folder) => [interpreter, here("dlt_source.py"), url, folder] },
  { name: "16 threads, pandas", command: (url, folder) => [interpreter, here("threads.py"), url, folder] },
];
