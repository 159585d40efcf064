/**
 * Raw JSON to one checked, deduplicated, sorted Parquet file per symbol: Tidegate beside DuckDB, over the same bodies.
 * Tidegate also keeps provenance per record, runs the OHLC check and stores exact decimals; DuckDB reads doubles.
 * Run: npm run bench [-- --symbols 40]
 */
import { createHash } from "node:crypto";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { DuckDBInstance } from "@duckdb/node-api";
import { date, decimal, defineDataset, integer, none, ohlc, text, weekdays } from "tidegate";
import { keepExchange } from "../runtime/extract/exchange.ts";
import { PartitionProcessor } from "../runtime/process/process.ts";
import { FolderStore } from "../runtime/store/folder.ts";

const { values } = parseArgs({ options: { symbols: { type: "string", default: "40" } } });

const SYMBOLS = Array.from({ length: Number(values.symbols) }, (_, i) => `S${String(i).padStart(3, "0")}`);
const FILES = 30;
const ROWS = 250;
/** Rows that the file after it repeats. */
const OVERLAP = 25;
const DAY = 86_400_000;

const dataset = defineDataset({
  name: "bench",
  title: "Benchmark",
  source: {
    kind: "http",
    url: "https://example.com",
    budget: [{ requests: 1, per: "1 second" }],
    windows: { step: "36500 days", granularity: "1 day" },
    request: () => ({ path: [] }),
    pages: none(),
    rows: ({ date, open, high, low, close, volume }) => ({ date, open, high, low, close, volume }),
  },
  partitions: { symbol: SYMBOLS },
  schema: {
    symbol: text(),
    date: date(),
    open: decimal(),
    high: decimal(),
    low: decimal(),
    close: decimal(),
    volume: integer(),
  },
  key: ["symbol", "date"],
  cursor: "date",
  calendar: "24/7",
  backfillFrom: "1990-01-01",
  checks: [ohlc()],
  schedule: weekdays("18:00", "UTC"),
});

function bodyOf(file: number): string {
  const first = file * (ROWS - OVERLAP);
  return JSON.stringify(
    Array.from({ length: ROWS }, (_, i) => {
      const price = 50 + ((first + i) % 997) / 8;
      const day = new Date((first + i) * DAY).toISOString().slice(0, 10);
      return { date: day, open: price, high: price + 1.25, low: price - 1.5, close: price + 0.5, volume: 1000 + i };
    }),
  );
}

/** @param files the folder for the bodies alone, as DuckDB reads them; their names are in the order of fetching */
async function prepare(store: FolderStore, files: string): Promise<void> {
  for (const symbol of SYMBOLS) {
    await mkdir(join(files, symbol), { recursive: true });
    for (let file = 0; file < FILES; file++) {
      const url = `https://example.com/${symbol}/${file}`;
      const body = Buffer.from(bodyOf(file));
      await writeFile(join(files, symbol, `${String(file).padStart(2, "0")}.json`), body);
      const sha256 = createHash("sha256").update(body).digest("hex");
      await keepExchange(
        store,
        { method: "GET", url, headers: {}, cost: 1, shown: { url, headers: {} } },
        {
          ...{ status: 200, headers: { "content-type": "application/json" }, url },
          ...{ body, sha256, bytes: body.byteLength, dispose: async () => undefined },
        },
        {
          dataset,
          asked: [symbol],
          members: [{ partition: symbol, lease: { token: 1, sequence: file + 1 }, restates: undefined }],
          ...{ window: { start: 0, end: 36_500 * DAY }, page: undefined },
          ...{ run: "bench", at: file * 1_000, verdict: "data" },
        },
      );
    }
  }
}

async function tidegate(store: FolderStore): Promise<number> {
  const processor = new PartitionProcessor(dataset, store);
  let rows = 0;
  for (const symbol of SYMBOLS) rows += (await processor.process(symbol))?.rows ?? 0;
  return rows;
}

async function duckdb(files: string, out: string): Promise<number> {
  const connection = await (await DuckDBInstance.create(":memory:", { threads: "2" })).connect();
  const columns = "{date: 'DATE', open: 'DOUBLE', high: 'DOUBLE', low: 'DOUBLE', close: 'DOUBLE', volume: 'BIGINT'}";
  for (const symbol of SYMBOLS)
    await connection.run(
      `copy (select * exclude (filename) from read_json('${files}/${symbol}/*.json', columns = ${columns}, filename = true)
        qualify row_number() over (partition by date order by filename desc) = 1 order by date) to '${out}/${symbol}.parquet' (format parquet)`,
    );
  const reader = await connection.runAndReadAll(`select count(*) from read_parquet('${out}/*.parquet')`);
  return Number(reader.getRows()[0]?.[0]);
}

async function timed(
  name: string,
  work: () => Promise<number>,
): Promise<{ name: string; rows: number; seconds: number }> {
  const started = performance.now();
  const rows = await work();
  return { name, rows, seconds: (performance.now() - started) / 1_000 };
}

const folder = await mkdtemp(join(tmpdir(), "tidegate-bench-"));
try {
  const [store, files] = [new FolderStore(join(folder, "lake")), join(folder, "files")];
  await prepare(store, files);
  const results = [await timed("tidegate", () => tidegate(store)), await timed("duckdb", () => duckdb(files, folder))];
  const [ours, peer] = results;
  const read = SYMBOLS.length * FILES * ROWS;
  for (const { name, rows, seconds } of results)
    process.stdout.write(
      `${name.padEnd(10)}${seconds.toFixed(2)} s, ${Math.round(read / seconds)} rows read/s, ${rows} rows kept\n`,
    );
  if (!ours || !peer || ours.rows !== peer.rows) throw new Error("the two kept different rows");
  process.stdout.write(`tidegate takes ${(ours.seconds / peer.seconds).toFixed(2)} times as long as duckdb\n`);
} finally {
  await rm(folder, { recursive: true });
}
