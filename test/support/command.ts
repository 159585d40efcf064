import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { writeFile } from "node:fs/promises";
import { delimiter, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const BIN = fileURLToPath(new URL("../../bin/tidegate.mjs", import.meta.url));

export interface Ended {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface Running {
  readonly child: ChildProcess;
  readonly ended: Promise<Ended>;
}

/** Starts the `tidegate` command as a user would, in a process of its own, with the Node that runs the tests. */
export function startCommand(args: readonly string[], env: Readonly<Record<string, string>> = {}): Running {
  const PATH = [dirname(process.execPath), process.env.PATH].join(delimiter);
  const child = spawn(BIN, args, {
    env: { PATH, HOME: process.env.HOME, NO_COLOR: "1", ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const output = { stdout: "", stderr: "" };
  for (const name of ["stdout", "stderr"] as const)
    child[name]?.setEncoding("utf8").on("data", (text: string) => {
      output[name] += text;
    });
  const ended = once(child, "close").then(([code, signal]) => ({ code, signal, ...output }));
  return { child, ended };
}

export const command = (args: readonly string[], env?: Readonly<Record<string, string>>): Promise<Ended> =>
  startCommand(args, env).ended;

/** A user's own folder of definitions. @param files name -> content */
export async function definitions(folder: string, files: Readonly<Record<string, string>>): Promise<string> {
  for (const [name, content] of Object.entries(files)) await writeFile(join(folder, name), content);
  return folder;
}

/** A definition as a user writes one outside of the project, over a server that answers `[[day, value], …]`. */
export const smallDataset = (name: string, url: string, more = ""): string => `
import { daily, date, decimal, defineDataset, none, text, token, when } from "tidegate";

export default defineDataset({
  name: ${JSON.stringify(name)},
  title: "A small dataset",
  source: {
    kind: "http",
    url: ${JSON.stringify(url)},
    budget: [{ requests: 1000, per: "1 second" }],
    windows: { step: "10 days", granularity: "1 day" },
    request: ({ partition, window }) => ({
      path: ["rows", partition.item],
      query: { from: window.first.date, to: window.last.date },
    }),
    pages: none(),
    rows: ([day, value]) => ({ day, value }),
    ${more}
  },
  partitions: { item: ["one", "two", "three"] },
  schema: { item: text(), day: date(), value: decimal({ precision: 18, scale: 4 }) },
  key: ["item", "day"],
  cursor: "day",
  calendar: "24/7",
  backfillFrom: "2024-01-01",
  schedule: daily("06:00", "UTC"),
});
`;
