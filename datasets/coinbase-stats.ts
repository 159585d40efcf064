import { date, decimal, defineDataset, fresherThan, jsonBody, text } from "tidegate";
import { coinbase, tokensInDollars, unknownProduct } from "./providers/coinbase.ts";

export default defineDataset({
  name: "coinbase_stats",
  title: "Statistics of Coinbase Exchange's products",
  description:
    "Open, high, low, last price and volume of the 24 hours before each day's snapshot, and the volume of 30 days.",
  source: {
    ...coinbase,
    windows: { step: "1 day", granularity: "1 day", snapshot: true },
    request: ({ partition }) => ({ path: ["products", partition.product, "stats"] }),
    format: jsonBody({ rows: (body) => [body] }),
    responses: [unknownProduct],
    rows: (row, { window }) => ({
      date: window.first.date,
      open: row.open,
      high: row.high,
      low: row.low,
      last: row.last,
      volume: row.volume,
      volume_30day: row.volume_30day,
    }),
  },
  partitions: { product: tokensInDollars },
  schema: {
    product: text({ description: "Coinbase's product id: base and quote currency" }),
    date: date({ description: "Day of the snapshot; the 24 hours end when it was taken" }),
    open: decimal({ unit: "quote currency" }),
    high: decimal({ unit: "quote currency" }),
    low: decimal({ unit: "quote currency" }),
    last: decimal({ unit: "quote currency", description: "Price of the last trade" }),
    volume: decimal({ unit: "base currency", description: "Of 24 hours" }),
    volume_30day: decimal({ unit: "base currency", nullable: true }),
  },
  key: ["product", "date"],
  cursor: "date",
  calendar: "24/7",
  backfillFrom: "2026-11-01",
  checks: [fresherThan("2 days")],
  after: ["coinbase_products"],
  load: { warehouse: { sortBy: ["date"], distributeBy: "product" }, database: true },
});
