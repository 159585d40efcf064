import { csvColumn, decimal, defineDataset, integer, none, ohlc, text, textBody, timestamp, when } from "tidegate";
import { london } from "./calendars/london.ts";
import { googlePrices } from "./formats/google-finance.ts";

const DAY = 86_400_000;

const price = () => decimal({ precision: 18, scale: 6, unit: "pence" });

export default defineDataset({
  name: "google_intraday",
  title: "Minute prices of London stocks from Google Finance",
  description:
    "Open, high, low, close and volume per ticker and minute as Google Finance told them: for imported files and replays.",
  retired:
    "Google took the service down, and nobody else has free minutes of London; intraday_prices has those of US stocks",
  source: {
    kind: "http",
    url: "https://www.google.com/finance",
    budget: [{ requests: 1, per: "1 second" }],
    windows: { step: "10 days", granularity: "1 minute" },
    request: ({ partition, window }) => ({
      path: ["getprices"],
      query: {
        q: partition.ticker,
        x: "LON",
        i: 60,
        p: `${Math.ceil((window.end.milliseconds - window.start.milliseconds) / DAY)}d`,
        f: "d,o,h,l,c,v",
      },
    }),
    pages: none(),
    format: textBody(googlePrices),
    responses: [
      when({ body: /^EXCHANGE%3DUNKNOWN/ }).skipPartition("take the ticker out, or put the one that it was renamed to"),
      when({ body: /^\s*</ }).fail("this is a web page, no text of prices: the service is gone", "dataset"),
    ],
    rows: ({ time, open, high, low, close, volume, utc_offset }) => ({
      time,
      open,
      high,
      low,
      close,
      volume,
      utc_offset,
    }),
  },
  partitions: { ticker: csvColumn(new URL("./tickers-lse.csv", import.meta.url), "ticker") },
  schema: {
    ticker: text({ description: "On the London Stock Exchange, without the suffix .L" }),
    time: timestamp("seconds", { description: "As Google stamped the minute" }),
    open: price(),
    high: price(),
    low: price(),
    close: price(),
    volume: integer({ unit: "shares" }),
    utc_offset: integer({ unit: "minutes", description: "Of the exchange's clock at that time", nullable: true }),
  },
  key: ["ticker", "time"],
  cursor: "time",
  calendar: london,
  backfillFrom: "2016-03-23",
  checks: [ohlc()],
  load: { warehouse: { sortBy: ["time"], distributeBy: "ticker" }, database: false },
});
