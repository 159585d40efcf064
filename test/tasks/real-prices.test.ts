import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import dailyPrices from "../../datasets/daily-prices.ts";
import { systemClock } from "../../runtime/dataset/clock.ts";
import type { RunSummary } from "../../runtime/dataset/run.ts";
import { Budgets } from "../../runtime/extract/budget.ts";
import { nodeFetch } from "../../runtime/extract/request.ts";
import { DuckDb } from "../../runtime/load/duckdb.ts";
import { openPglite } from "../../runtime/load/pglite.ts";
import { Postgres } from "../../runtime/load/postgres.ts";
import { type SqlSession, SqlTarget } from "../../runtime/load/sql-target.ts";
import type { ReplayServer } from "../../runtime/replay/server.ts";
import { FolderStore } from "../../runtime/store/folder.ts";
import { runDataset } from "../../runtime/tasks/pipeline.ts";
import { withSourceUrl } from "../../runtime/tasks/source-url.ts";
import { never } from "../support/extraction.ts";
import { temporaryFolder } from "../support/folder.ts";
import { noPostgres, startPostgres } from "../support/postgres.ts";
import { replayToken, startTiingo } from "../support/replay/tiingo.ts";

const FILE = new URL("../fixtures/daily-prices/daily-ohlcv.csv.gz", import.meta.url);

/** The columns of the file, in its order. */
const COLUMNS = ["ticker", "date", "open", "high", "low", "close", "volume", "adj_close"];

/** `127.0` and `127.00` as `127`: what is behind the last digit that is not zero says nothing. */
const plain = (text: string): string => (/^\d+\.\d+$/.test(text) ? text.replace(/\.?0+$/, "") : text);

const expected = gunzipSync(readFileSync(FILE))
  .toString()
  .trimEnd()
  .split("\n")
  .slice(1)
  .map((line) => line.split(",").map(plain).join(","))
  .sort();

async function found(session: SqlSession): Promise<string[]> {
  const columns = COLUMNS.map((name) => `cast("${name}" as varchar) as ${name}`).join(", ");
  const rows = await session.query(`select ${columns} from daily_prices`);
  return rows.map((row) => COLUMNS.map((name) => plain(String(row[name]))).join(",")).sort();
}

const reason = noPostgres();

describe("a run of the real prices", () => {
  const sessions: Record<string, SqlSession> = {};
  const summaries: RunSummary[] = [];
  const stack = new AsyncDisposableStack();
  let server: ReplayServer;

  before(async () => {
    const folder = stack.use(await temporaryFolder());
    server = stack.use(await startTiingo());
    const warehouse = await DuckDb.open(join(folder.path, "warehouse.duckdb"), "write");
    stack.defer(() => warehouse.close());
    const database = await openPglite(join(folder.path, "database"));
    stack.defer(() => database.close());
    sessions.DuckDB = warehouse;
    sessions.PGlite = new Postgres(database);
    if (!reason) {
      const postgres = await startPostgres();
      stack.defer(() => postgres.close());
      const client = await postgres.connect();
      stack.defer(() => client.end());
      sessions.PostgreSQL = new Postgres(client);
    }
    const targets = Object.entries(sessions).map(
      ([name, session]) => new SqlTarget(name === "DuckDB" ? "warehouse" : "database", session),
    );
    for (let run = 0; run < 2; run += 1)
      summaries.push(
        await runDataset({
          dataset: withSourceUrl(dailyPrices, server.url),
          store: new FolderStore(join(folder.path, "lake")),
          targets,
          budgets: new Budgets(systemClock),
          clock: systemClock,
          fetch: nodeFetch,
          signal: never,
          secret: () => replayToken,
          until: Date.parse("2013-03-02"),
          onProgress: () => {},
        }),
      );
  });
  after(() => stack.disposeAsync());

  for (const name of ["DuckDB", "PGlite", "PostgreSQL"])
    it(`has the 12,154 rows of the file in ${name}, to the last digit`, async function () {
      const session = sessions[name];
      if (!session) {
        process.stderr.write(`      skipped: ${reason}\n`);
        return this.skip();
      }
      assert.equal(expected.length, 12_154);
      assert.deepEqual(await found(session), expected);
      const [count] = await session.query(
        "select count(*) as rows, count(distinct (ticker, date)) as keys from daily_prices",
      );
      assert.deepEqual([Number(count?.rows), Number(count?.keys)], [12_154, 12_154]);
    });

  it("knows its numbers", () => {
    const [first] = summaries;
    assert(first);
    const { outcome, partitions, requests, rows, newRows, first: from, last, gaps, empty, quarantined } = first;
    assert.deepEqual(
      { outcome, partitions, requests, rows, newRows, from, last, gaps, empty, quarantined },
      {
        outcome: "done",
        partitions: 5,
        requests: 10,
        rows: 12_154,
        newRows: 12_154,
        from: "2000-03-01",
        last: "2013-03-01",
        gaps: 0,
        empty: 0,
        quarantined: 0,
      },
    );
    assert.deepEqual([first.errors, first.warnings], [[], []]);
    assert.deepEqual(
      first.coverage.map((one) => [one.partition, one.rows, one.first, one.last]),
      [
        ["AAPL", 3_270, "2000-03-01", "2013-03-01"],
        ["FB", 196, "2012-05-18", "2013-03-01"],
        ["GOOG", 2_148, "2004-08-19", "2013-03-01"],
        ["IBM", 3_270, "2000-03-01", "2013-03-01"],
        ["MSFT", 3_270, "2000-03-01", "2013-03-01"],
      ],
    );
  });

  it("does nothing a second time", () => {
    const [, second] = summaries;
    assert.deepEqual(
      [second?.outcome, second?.requests, second?.rows, second?.newRows, second?.last],
      ["nothing to do", 0, 12_154, 0, "2013-03-01"],
    );
    assert.equal(server.requests.length, 10);
  });

  it("keeps the splits that are known, and dividends as the source says", async () => {
    const [session] = Object.values(sessions);
    assert(session);
    const splits = await session.query(
      "select ticker, cast(date as varchar) as date from daily_prices where split_factor <> 1 order by date",
    );
    assert.deepEqual(
      splits.map(({ ticker, date }) => `${ticker} ${date}`),
      ["AAPL 2000-06-21", "MSFT 2003-02-18", "AAPL 2005-02-28"],
    );
    const [paid] = await session.query("select count(*) as count from daily_prices where div_cash <> 0");
    assert.equal(Number(paid?.count), 0);
  });
});
