import { decimal, defineDataset, fresherThan, ohlc, text, timestamp, when } from "tidegate";
import { coinbase, tokensInDollars, unknownProduct } from "./providers/coinbase.ts";

export default defineDataset({
  name: "coinbase_candles",
  title: "Daily candles of Coinbase Exchange",
  description:
    "Open, high, low, close and volume per product and UTC day, from Coinbase Exchange's public market data.",
  source: {
    ...coinbase,
    windows: { step: "299 days", granularity: "1 day" },
    request: ({ partition, window }) => ({
      path: ["products", partition.product, "candles"],
      query: { granularity: 86_400, start: window.first, end: window.last },
    }),
    responses: [unknownProduct, when({ status: 400, body: /exceeds 300/ }).splitWindow()],
    rows: ([time, low, high, open, close, volume]) => ({ time, low, high, open, close, volume }),
  },
  partitions: { product: tokensInDollars },
  schema: {
    product: text({ description: "Coinbase's product id: base and quote currency" }),
    time: timestamp("seconds", { description: "Start of the day" }),
    open: decimal({ unit: "quote currency" }),
    high: decimal({ unit: "quote currency" }),
    low: decimal({ unit: "quote currency" }),
    close: decimal({ unit: "quote currency" }),
    volume: decimal({ unit: "base currency" }),
  },
  key: ["product", "time"],
  cursor: "time",
  calendar: "24/7",
  backfillFrom: "2022-01-01",
  checks: [ohlc(), fresherThan("2 days")],
  after: ["coinbase_products"],
  load: { warehouse: { sortBy: ["time"], distributeBy: "product" }, database: true },
});
