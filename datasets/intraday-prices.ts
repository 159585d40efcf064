import { csvColumn, decimal, defineDataset, fresherThan, integer, ohlc, text, timestamp, weekdays } from "tidegate";
import { alpacaBars, barsQuery } from "./providers/alpaca.ts";

const price = (description: string) => decimal({ precision: 18, scale: 6, unit: "USD", description });

export default defineDataset({
  name: "intraday_prices",
  title: "Minute bars of US stocks",
  description:
    "Open, high, low, close and volume per ticker and minute, as traded on IEX, for the tickers of a CSV file; from Alpaca.",
  source: {
    ...alpacaBars,
    windows: { step: "1 day", granularity: "1 minute" },
    request: ({ partitions, window, page }) => ({
      path: ["v2", "stocks", "bars"],
      query: {
        ...barsQuery(partitions, page.token),
        timeframe: "1Min",
        adjustment: "raw",
        feed: "iex",
        start: window.first,
        end: window.last,
      },
    }),
    rows: ({ symbol, t, o, h, l, c, v, n, vw }) => ({
      ticker: symbol,
      time: t,
      open: o,
      high: h,
      low: l,
      close: c,
      volume: v,
      trades: n,
      vwap: vw,
    }),
  },
  partitions: { ticker: csvColumn(new URL("./tickers-us.csv", import.meta.url), "ticker") },
  schema: {
    ticker: text(),
    time: timestamp("iso", { description: "Start of the minute" }),
    open: price("As traded"),
    high: price("As traded"),
    low: price("As traded"),
    close: price("As traded"),
    volume: integer({ unit: "shares", description: "On IEX alone, a small part of all trading" }),
    trades: integer({ description: "Number of trades" }),
    vwap: price("Average price by volume"),
  },
  key: ["ticker", "time"],
  cursor: "time",
  calendar: "XNYS",
  backfillFrom: "2024-11-25",
  checks: [ohlc(), fresherThan("4 days")],
  schedule: weekdays("18:45", "America/New_York"),
  load: { warehouse: { sortBy: ["time"], distributeBy: "ticker" }, database: false },
});
