import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";

const RUN = fileURLToPath(new URL("../../runtime/tasks/run.ts", import.meta.url));

export interface EndedTask {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stderr: string;
  /** The lines of its log, metrics among them. */
  readonly lines: readonly Readonly<Record<string, unknown>>[];
}

export interface RunningTask {
  readonly child: ChildProcess;
  readonly ended: Promise<EndedTask>;
}

/** Starts the cloud task in a process of its own, with nothing of this one's environment. */
export function startTask(environment: Readonly<Record<string, string>>): RunningTask {
  const child = spawn(process.execPath, ["--liftoff-only", RUN], {
    env: { PATH: process.env.PATH, ...environment },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const output = { stdout: "", stderr: "" };
  for (const name of ["stdout", "stderr"] as const)
    child[name]?.setEncoding("utf8").on("data", (text: string) => {
      output[name] += text;
    });
  const ended = once(child, "close").then(([code, signal]) => ({
    code,
    signal,
    stderr: output.stderr,
    lines: output.stdout
      .split("\n")
      .filter((line) => line.startsWith("{"))
      .map((line) => JSON.parse(line)),
  }));
  return { child, ended };
}

export const task = (environment: Readonly<Record<string, string>>): Promise<EndedTask> => startTask(environment).ended;
