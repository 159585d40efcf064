import {
  type BudgetRule,
  type Dataset,
  date,
  decimal,
  defineDataset,
  integer,
  jsonBody,
  nextToken,
  ohlc,
  text,
  weekdays,
} from "tidegate";
import { FIRST_DAY, SYMBOLS } from "./bars.ts";

/** Daily bars as a bars API gives them. @param limit what the source allows; without one, more than anybody could ask */
export const bars = (url: string, limit?: number): Dataset =>
  defineDataset({
    name: "bars",
    title: "Daily bars",
    source: {
      kind: "http",
      url,
      budget: [budgetOf(limit)],
      windows: { step: "36500 days", granularity: "1 day" },
      request: ({ partition, page }) => ({ path: ["bars", partition.symbol], query: { page_token: page.token } }),
      pages: nextToken({ body: "next_page_token" }),
      format: jsonBody({ rows: "bars" }),
      rows: ({ date, open, high, low, close, volume }) => ({ date, open, high, low, close, volume }),
    },
    partitions: { symbol: SYMBOLS },
    schema: {
      symbol: text(),
      date: date(),
      open: price(),
      high: price(),
      low: price(),
      close: price(),
      volume: integer(),
    },
    key: ["symbol", "date"],
    cursor: "date",
    calendar: "24/7",
    backfillFrom: FIRST_DAY,
    checks: [ohlc()],
    schedule: weekdays("18:00", "UTC"),
  });

const price = () => decimal({ precision: 18, scale: 6 });

const budgetOf = (limit = 100_000): BudgetRule => ({ requests: limit, per: "1 second", burst: limit });
