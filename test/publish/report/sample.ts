import { readFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";
import type { PartitionCoverage, RunSummary } from "../../../runtime/dataset/run.ts";
import { date, decimal, integer, text, timestamp } from "../../../runtime/dataset/schema.ts";
import type { PriceSeries, ReportInput } from "../../../runtime/publish/report/input.ts";
import { summary } from "./summary.ts";

const day = 86_400;
const products = "BTC ETH SOL XRP ADA DOGE AVAX LINK DOT LTC BCH UNI ATOM XLM AAVE"
  .split(" ")
  .map((coin) => `${coin}-USD`);

/** The report of a first run over the recorded prices and 15 invented products. */
export function sampleReport(): ReportInput {
  const prices = recordedPrices();
  const candles = products.map((product, index) =>
    inventedPrices("coinbase_candles", product, 40_000 / 3 ** index, index + 1),
  );
  const pricesCoverage = prices.map((series) => coverageOf(series, ["2000-03-01", "2013-03-02"]));
  const candlesCoverage = candles.map((series) => coverageOf(series, ["2022-01-01", "2025-03-01"]));
  return {
    generatedAt: "2025-03-01T14:05:09Z",
    title: "Market data report",
    summaries: [
      ran(summary({ coverage: pricesCoverage, requests: 5, rawBytes: 2_345_678, seconds: 2.91 })),
      ran(
        summary({
          dataset: "coinbase_candles",
          title: "Daily candles of Coinbase Exchange",
          coverage: candlesCoverage,
          requests: 60,
          rawBytes: 1_180_000,
          seconds: 6.74,
          finishedAt: "2025-03-01T14:05:07Z",
        }),
      ),
    ],
    series: [...prices, ...candles],
    datasets: [
      {
        name: "daily_prices",
        title: "Daily prices of US stocks",
        notes: [
          "Recorded prices through 2013-03-01, served by a replay server.",
          "divCash is not in the recording and served as 0.",
        ],
        schema: {
          ticker: text({ description: "Symbol" }),
          date: date({ description: "Session" }),
          close: decimal({ precision: 18, scale: 6, unit: "USD", description: "Closing price, unadjusted" }),
          volume: integer({ unit: "shares", nullable: true }),
        },
      },
      {
        name: "coinbase_candles",
        title: "Daily candles of Coinbase Exchange",
        notes: ["Synthetic candles from a seeded generator."],
        schema: {
          product: text(),
          time: timestamp("seconds", { description: "Start of the day" }),
          close: decimal({ unit: "USD" }),
        },
      },
    ],
    places: [
      { label: "Lake (raw, processed, state, runs)", path: "/home/ada/market-data/.tidegate/lake" },
      { label: "Warehouse (DuckDB)", path: "/home/ada/market-data/.tidegate/warehouse.duckdb" },
      { label: "Database (PGlite)", path: "/home/ada/market-data/.tidegate/database" },
    ],
    policy: { passed: 10, failed: 0 },
    monthlyCostUsd: 4.31,
  };
}

/** A seeded random walk of daily prices from 2022 to the end of February 2025. */
export function inventedPrices(dataset: string, partition: string, first: number, seed: number): PriceSeries {
  const start = Date.UTC(2022, 0, 1) / 1000;
  const times = Array.from({ length: 1_155 }, (_, index) => start + index * day);
  let state = seed;
  let price = first;
  const close = times.map(() => {
    state = (state * 48_271) % 2_147_483_647;
    price *= 1 + (state / 2_147_483_647 - 0.498) * 0.07;
    return Number(price.toPrecision(6));
  });
  return { dataset, partition, times, close };
}

function recordedPrices(): PriceSeries[] {
  const file = new URL("../../fixtures/daily-prices/daily-ohlcv.csv.gz", import.meta.url);
  const rows = gunzipSync(readFileSync(file))
    .toString()
    .trim()
    .split("\n")
    .slice(1)
    .map((line) => line.split(","));
  return Array.from(
    Map.groupBy(rows, ([ticker = ""]) => ticker),
    ([partition, own]) => ({
      dataset: "daily_prices",
      partition,
      times: own.map(([, date = ""]) => Date.parse(date) / 1000),
      close: own.map((row) => Number(row[5])),
    }),
  );
}

function coverageOf({ partition, times }: PriceSeries, [start, end]: [string, string]): PartitionCoverage {
  const dateOf = (time = 0) => new Date(time * 1000).toISOString().slice(0, 10);
  return {
    partition,
    covered: [[`${start}T00:00:00Z`, `${end}T00:00:00Z`]],
    first: dateOf(times[0]),
    last: dateOf(times.at(-1)),
    rows: times.length,
    quarantined: 0,
    gaps: [],
    missing: [],
  };
}

function ran(run: RunSummary): RunSummary {
  const { coverage } = run;
  const rows = coverage.reduce((total, partition) => total + partition.rows, 0);
  const dates = coverage.flatMap(({ first, last }) => [first ?? "", last ?? ""]).sort();
  return {
    ...run,
    partitions: coverage.length,
    rows,
    newRows: rows,
    first: dates[0] ?? null,
    last: dates.at(-1) ?? null,
    empty: coverage.reduce((total, { missing }) => total + missing.length, 0),
  };
}
