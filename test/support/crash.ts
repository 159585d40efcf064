import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { DAY } from "../../runtime/dataset/duration.ts";
import { parseJson } from "../../runtime/dataset/json.ts";
import type { RunSummary } from "../../runtime/dataset/run.ts";
import { DuckDb } from "../../runtime/load/duckdb.ts";
import type { ReplayServer } from "../../runtime/replay/server.ts";
import type { Exchange } from "../../runtime/store/exchange.ts";
import { readBody, readExchange } from "../../runtime/store/exchanges.ts";
import { exchangeName, recordsKey } from "../../runtime/store/layout.ts";
import { openStore } from "../../runtime/store/open.ts";
import type { Store } from "../../runtime/store/store.ts";
import { dates, NOW, UNTIL } from "./bring-in.ts";
import { type CrashPlan, crashDataset, REACHED } from "./crash-plan.ts";
import { temporaryFolder } from "./folder.ts";
import { readNote, readRecords } from "./records.ts";
import { noAtomicS3, noS3, type S3Emulator, startS3 } from "./s3.ts";
import { startTiny } from "./tiny.ts";

const WORKER = fileURLToPath(new URL("./crash-worker.ts", import.meta.url));

export interface Worker {
  readonly child: ChildProcess;
  /** Resolves when it has reached the moment at which it stops, or is over. */
  readonly reached: Promise<void>;
  readonly ended: Promise<{ readonly signal: NodeJS.Signals | null; readonly summary: RunSummary | undefined }>;
}

/** A lake with a source and a warehouse, in which processes are killed. */
export interface Scene {
  readonly server: ReplayServer;
  /** The lake, as another process sees it. */
  readonly store: Store;
  /** The DuckDB file. */
  readonly warehouse: string;
  start(changes?: Partial<CrashPlan>): Worker;
  /** Runs a process to its end, which must be a good one. */
  finish(changes?: Partial<CrashPlan>): Promise<RunSummary>;
  /** Runs a process until it kills itself. */
  crash(stop: Omit<NonNullable<CrashPlan["stop"]>, "signal">, changes?: Partial<CrashPlan>): Promise<void>;
  /** Rows of the warehouse as `A 2024-01-01 723.5`, in order; undefined while it has no such table. */
  loaded(): Promise<string[] | undefined>;
  [Symbol.asyncDispose](): Promise<void>;
}

/** Later than any lease of the first process. */
export const LATER = NOW + DAY / 24;

/**
 * Both kinds of lakes; each block of tests gets the way to open one, or says why there is none.
 * @param atomic whether several processes write at the same time
 */
export function inBothStores(
  title: string,
  tests: (open: OpenScene) => void,
  { atomic = false }: { readonly atomic?: boolean } = {},
): void {
  describe(`${title}, in a folder`, () => tests(openFolderScene));
  describe(`${title}, in S3`, () => {
    const reason = atomic ? noAtomicS3() : noS3();
    if (reason) {
      it.skip(`not tested: ${reason}`);
      return;
    }
    let s3: S3Emulator | undefined;
    before(async () => {
      s3 = await startS3();
      Object.assign(process.env, s3.environment);
    });
    after(async () => {
      for (const name of Object.keys(s3?.environment ?? {})) delete process.env[name];
      await s3?.close();
    });
    tests((options) => openScene(s3, options));
  });
}

/** @param padding spaces behind each answer of the source */
export type OpenScene = (options?: { readonly padding?: number }) => Promise<Scene>;

export const openFolderScene: OpenScene = (options) => openScene(undefined, options);

let scenes = 0;

async function openScene(s3: S3Emulator | undefined, { padding = 0 }: Parameters<OpenScene>[0] = {}): Promise<Scene> {
  scenes += 1;
  const folder = await temporaryFolder();
  const server = await startTiny({}, padding);
  const lake = s3 ? `s3://${s3.bucket}/scene-${scenes}` : join(folder.path, "lake");
  const warehouse = join(folder.path, "warehouse.duckdb");
  const start = (changes: Partial<CrashPlan> = {}): Worker =>
    startWorker({ lake, source: server.url, warehouse, now: LATER, until: UNTIL, ...changes });
  return {
    server,
    store: await openStore(lake, { emulated: true }),
    warehouse,
    start,
    async finish(changes) {
      const { summary } = await start(changes).ended;
      assert.ok(summary, "the process had nothing to say");
      assert.deepEqual(summary.errors, []);
      return summary;
    },
    async crash(stop, changes = {}) {
      const { signal } = await start({ now: NOW, stop: { ...stop, signal: "SIGKILL" }, ...changes }).ended;
      assert.equal(signal, "SIGKILL", `the run was over before "${stop.at}"`);
    },
    loaded: () => rowsIn(warehouse),
    async [Symbol.asyncDispose]() {
      await server.close();
      await rm(folder.path, { recursive: true, force: true });
    },
  };
}

function startWorker(plan: CrashPlan): Worker {
  const child = spawn(process.execPath, [WORKER, JSON.stringify(plan)], { stdio: ["ignore", "pipe", "pipe"] });
  const said = { stdout: "", stderr: "" };
  for (const name of ["stdout", "stderr"] as const)
    child[name].setEncoding("utf8").on("data", (text: string) => {
      said[name] += text;
    });
  const ended = once(child, "close").then((values) => {
    const [code, signal] = values as [number | null, NodeJS.Signals | null];
    if (code) throw new Error(`the process failed: ${said.stderr}`);
    return { signal, summary: said.stdout ? (JSON.parse(said.stdout) as RunSummary) : undefined };
  });
  const reached = new Promise<void>((resolve) => {
    child.stderr.on("data", () => {
      if (said.stderr.includes(REACHED)) resolve();
    });
    child.once("close", () => resolve());
  });
  return { child, reached, ended };
}

async function rowsIn(warehouse: string): Promise<string[] | undefined> {
  const duckdb = await DuckDb.open(warehouse, "write");
  try {
    const tables = await duckdb.query("select table_name from information_schema.tables where table_name = 'prices'");
    if (tables.length === 0) return undefined;
    const rows = await duckdb.query(
      "select ticker || ' ' || cast(date as text) || ' ' || cast(cast(price as double) as text) as line from prices order by ticker, date",
    );
    return rows.map(({ line }) => String(line).replace(/\.0$/, ""));
  } finally {
    duckdb.close();
  }
}

/** Every row that the source has, each once. */
export const expectedRows = ({ factor = 1, days = dates() } = {}): string[] =>
  ["A", "B"].flatMap((ticker) =>
    days.map((day) => `${ticker} ${day} ${(((Date.parse(day) / DAY) % 1_000) + 0.5) * factor}`),
  );

/** Rows of the lake's Parquet files, in the form of `loaded`. */
export async function recordsIn(store: Store): Promise<string[]> {
  const lines: string[] = [];
  for (const partition of ["A", "B"]) {
    const file = (await store.get(recordsKey("tiny", partition)))?.body;
    for (const { values } of file ? await readRecords(crashDataset({ source: "http://127.0.0.1" }).schema, file) : []) {
      const [ticker, day, price] = values;
      lines.push(`${ticker} ${new Date(Number(day) * DAY).toISOString().slice(0, 10)} ${Number(price) / 10_000}`);
    }
  }
  return lines;
}

/** Exactly the rows of the source, in Parquet and in the warehouse. */
export async function assertExact(scene: Scene, expected = expectedRows()): Promise<void> {
  assert.deepEqual(await recordsIn(scene.store), expected, "the Parquet files");
  assert.deepEqual(await scene.loaded(), expected, "the warehouse");
}

/** How many requests were made for what had been asked already. */
export function repeats({ server }: Scene): number {
  const asked = server.requests.map(({ path, query }) => `${path}?${query}`);
  return asked.length - new Set(asked).size;
}

/**
 * What a reader can see at this moment is whole: documents parse, Parquet files have their end, a record of an exchange
 * names a body that is there, and coverage says nothing that no exchange has brought.
 */
export async function assertNothingHalf({ store }: Scene): Promise<void> {
  const brought = new Map<string, Exchange["window"][]>();
  const covered: { partition: string; coverage: readonly Exchange["window"][] }[] = [];
  for await (const { key } of store.list("")) {
    const body = (await store.get(key))?.body;
    assert.ok(body, `${key} is listed and cannot be read`);
    if (key.endsWith(".parquet")) await readNote(body);
    const exchange = exchangeName(key) && (await readExchange(store, key))?.exchange;
    if (exchange) {
      const bytes = await readBody(store, exchange.body);
      assert.equal(bytes?.byteLength, exchange.body.bytes, `the body that ${key} names`);
      brought.set(exchange.partition, [...(brought.get(exchange.partition) ?? []), exchange.window]);
    } else if (key.endsWith(".json")) {
      const document = parseJson(new TextDecoder().decode(body)) as unknown;
      if (key.startsWith("state/tiny/")) covered.push(document as (typeof covered)[number]);
    }
  }
  for (const { partition, coverage } of covered)
    for (const { start, end } of coverage) {
      let at = Date.parse(start);
      for (const window of (brought.get(partition) ?? []).sort((a, b) => a.start.localeCompare(b.start)))
        if (Date.parse(window.start) <= at) at = Math.max(at, Date.parse(window.end));
      assert.ok(
        at >= Date.parse(end),
        `${partition} is said to be covered until ${end}, but nothing was stored for it`,
      );
    }
}
