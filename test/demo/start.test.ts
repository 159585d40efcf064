import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, readdirSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { command } from "../support/command.ts";
import { temporaryFolder } from "../support/folder.ts";

const START = fileURLToPath(new URL("../../demo/start.ts", import.meta.url));

function start(data: string): { child: ChildProcess; ended: Promise<{ code: number | null; output: string }> } {
  const child = spawn(process.execPath, ["--liftoff-only", "--optimize-for-size", START, "--data", data], {
    env: { PATH: process.env.PATH, NO_COLOR: "1" },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let output = "";
  child.stdout?.setEncoding("utf8").on("data", (text: string) => {
    output += text;
  });
  return { child, ended: once(child, "close").then(([code]) => ({ code, output })) };
}

const sql = async (data: string, query: string): Promise<unknown> =>
  JSON.parse((await command(["sql", query, "--data", data, "--json"])).stdout);

const counts = (data: string): Promise<unknown> =>
  sql(
    data,
    "select ticker, count(*) as n, min(date) as first, max(date) as last from daily_prices group by 1 order by 1",
  );

const PRICES = [
  { ticker: "AAPL", n: 3_270, first: "2000-03-01", last: "2013-03-01" },
  { ticker: "FB", n: 196, first: "2012-05-18", last: "2013-03-01" },
  { ticker: "GOOG", n: 2_148, first: "2004-08-19", last: "2013-03-01" },
  { ticker: "IBM", n: 3_270, first: "2000-03-01", last: "2013-03-01" },
  { ticker: "MSFT", n: 3_270, first: "2000-03-01", last: "2013-03-01" },
];

/** Those of the datasets whose replays have a last day. */
const ROWS = {
  daily_prices: 12_154,
  intraday_prices: 8_212,
  sharadar_prices: 12_154,
  sharadar_tickers: 6,
  alpaca_news: 672,
  newsapi_articles: 997,
  product_hunt_posts: 67,
  crunchbase_organizations: 4,
  crunchbase_funding_rounds: 17,
  iex_chart: 12_154,
  google_intraday: 15_150,
};

async function rows(data: string): Promise<unknown> {
  const counted = Object.keys(ROWS).map((name) => `select '${name}' as name, count(*) as n from ${name}`);
  const found = (await sql(data, counted.join(" union all "))) as { name: string; n: number }[];
  return Object.fromEntries(found.map(({ name, n }) => [name, n]));
}

describe("npm start", function () {
  this.timeout(120_000);

  it("shows the program, brings the real prices in although it is killed, and asks nothing afterwards", async () => {
    await using folder = await temporaryFolder();
    const data = join(folder.path, "data");

    const killed = start(data);
    while (!existsSync(join(data, "lake", "raw", "coinbase_candles"))) await wait(5);
    await wait(1_500);
    killed.child.kill("SIGKILL");
    await killed.ended;

    const again = await start(data).ended;
    assert.equal(again.code, 0, again.output);
    assert.match(again.output, /^tidegate:platform:Platform|Platform market-data/m);
    assert.match(again.output, /Policies for stack dev: passed \(\d+ passed.*\)\./);
    assert.match(again.output, /Estimated cost of stack dev: \d+\.\d\d USD a month/);
    assert.deepEqual(await counts(data), PRICES);
    const [candles] = (await sql(
      data,
      "select count(*) as n, count(distinct (product, time)) as keys, count(distinct product) as products from coinbase_candles",
    )) as { n: number; keys: number; products: number }[];
    assert.ok(
      candles && candles.n === candles.keys && candles.n > 27_000 && candles.products === 16,
      JSON.stringify(candles),
    );

    assert.deepEqual(await rows(data), ROWS);
    const report = await readFile(join(data, "report.html"), "utf8");
    assert.match(report, /Closing prices/);
    assert.match(report, /not market data/);
    assert.deepEqual(readdirSync(join(data, "lake", ".work")), []);

    const third = await start(data).ended;
    assert.equal(third.code, 0);
    assert.match(third.output, /daily_prices: nothing asked, everything up to 2013-03-01 is covered already/);
    assert.match(third.output, /coinbase_candles: nothing asked, everything up to \d{4}-\d\d-\d\d is covered already/);
    assert.deepEqual(await counts(data), PRICES);
  });
});
