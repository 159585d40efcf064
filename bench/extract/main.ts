/**
 * Bringing 750,000 daily bars of 500 symbols in from a source with 20 ms latency, to Parquet on disk: Tidegate beside dlt's
 * rest_api source and a script with threads. Then the same from a source that allows so many requests a second and no more.
 * Run: npm run bench:extract [-- --rounds 3 --limit 100 --folder <where the results go for a while>]
 */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { PAGES, ROWS, SYMBOLS } from "./bars.ts";
import { watchMemory } from "./memory.ts";
import { CACHE, type Contestant, contestants, python } from "./peers.ts";

interface Result {
  readonly seconds: number;
  readonly rows: number;
  readonly megabytes: number;
  readonly requests: number;
  readonly refused: number;
  /** Seconds from the first request to the last one. */
  readonly asking: number;
}

/** What the source says of itself; moments are Unix milliseconds. */
interface Stats extends Pick<Result, "requests" | "refused"> {
  readonly first: number;
  readonly last: number;
}

const { values } = parseArgs({
  options: {
    rounds: { type: "string", default: "3" },
    limit: { type: "string", default: "100" },
    folder: { type: "string", default: CACHE },
  },
});

async function firstLine(child: ChildProcess): Promise<string> {
  if (!child.stdout) throw new Error("no output to read");
  for await (const line of createInterface({ input: child.stdout })) return line;
  throw new Error("it said nothing");
}

async function measure({ name, command }: Contestant, limit?: number): Promise<Result> {
  const folder = await mkdtemp(join(results, "run-"));
  const server = spawn(
    process.execPath,
    [fileURLToPath(new URL("server.ts", import.meta.url)), ...(limit ? ["--limit", String(limit)] : [])],
    { stdio: ["ignore", "pipe", "inherit"] },
  );
  try {
    const url = await firstLine(server);
    const [program, ...args] = command(url, join(folder, "lake"), limit);
    const started = performance.now();
    const child = spawn(program, args, {
      stdio: ["ignore", "pipe", "pipe"],
      // Programs that ran before start faster: Python keeps its bytecode anyway, Node when it is told where.
      env: { ...process.env, NODE_COMPILE_CACHE: join(CACHE, "compiled") },
    });
    const memory = watchMemory(child.pid ?? 0);
    let [output, complaints] = ["", ""];
    child.stdout.on("data", (piece) => (output += piece));
    child.stderr.on("data", (piece) => (complaints += piece));
    const [code] = await once(child, "close");
    const seconds = (performance.now() - started) / 1_000;
    const megabytes = memory();
    if (code !== 0) throw new Error(`${name} ended with ${code}: ${complaints.trim().slice(-500)}`);
    const { rows } = JSON.parse(output.trim().split("\n").at(-1) ?? "") as { rows: number };
    if (rows !== ROWS) throw new Error(`${name} has ${rows} rows, not ${ROWS}: ${output}${complaints}`);
    const { requests, refused, first, last } = (await (await fetch(`${url}/stats`)).json()) as Stats;
    return { seconds, rows, megabytes, requests, refused, asking: (last - first) / 1_000 };
  } finally {
    server.kill();
  }
}

const percent = (part: number, whole: number): string => `${((100 * part) / whole).toFixed(1)} %`;

const median = (numbers: readonly number[]): number =>
  [...numbers].sort((a, b) => a - b)[Math.floor(numbers.length / 2)] ?? Number.NaN;

/** In turn, so that all of them meet the same weather. A round that fails says so and counts for nothing. */
async function compete(all: readonly Contestant[], rounds: number, limit?: number): Promise<Map<string, Result>> {
  const results = new Map<string, Result[]>(all.map(({ name }) => [name, []]));
  for (let round = 1; round <= rounds; round += 1)
    for (const contestant of all)
      try {
        const result = await measure(contestant, limit);
        results.get(contestant.name)?.push(result);
        process.stdout.write(`  ${contestant.name}: ${result.seconds.toFixed(1)} s\n`);
      } catch (error) {
        process.stdout.write(`  ${contestant.name} failed: ${(error as Error).message}\n`);
      }
  return new Map(
    [...results].map(([name, found]) => [
      name,
      {
        seconds: median(found.map(({ seconds }) => seconds)),
        rows: ROWS,
        megabytes: Math.max(...found.map(({ megabytes }) => megabytes)),
        requests: median(found.map(({ requests }) => requests)),
        refused: Math.max(...found.map(({ refused }) => refused)),
        asking: median(found.map(({ asking }) => asking)),
      },
    ]),
  );
}

function show(results: ReadonlyMap<string, Result>, extra: (result: Result) => string): void {
  const ours = results.get("tidegate")?.seconds ?? Number.NaN;
  for (const [name, result] of results) {
    const { seconds, rows, megabytes, requests, refused } = result;
    process.stdout.write(
      `${name.padEnd(24)}${seconds.toFixed(1).padStart(6)} s ${(seconds / ours).toFixed(1).padStart(6)} x  ${rows} rows  ` +
        `${Math.round(megabytes)} MiB  ${requests} requests  ${refused} of them refused${extra(result)}\n`,
    );
  }
}

const all = contestants(python());
const limit = Number(values.limit);
await mkdir(values.folder, { recursive: true });
const results = await mkdtemp(join(values.folder, "tidegate-bench-"));
try {
  process.stdout.write("without a limit\n");
  show(await compete(all, Number(values.rounds)), () => "");

  process.stdout.write(`\nat most ${limit} requests a second\n`);
  // A bucket that is full at first lets the first requests through at once.
  const shortest = (SYMBOLS.length * PAGES - limit) / limit;
  show(
    await compete(all, 1, limit),
    ({ asking, seconds }) =>
      `  ${percent(shortest, asking)} of the limit used while it asks, ${percent(shortest, seconds)} in all`,
  );
} finally {
  // Not before: a file system that has just deleted thousands of files may be slow to create others, for whoever comes next.
  await rm(results, { recursive: true, force: true });
}
