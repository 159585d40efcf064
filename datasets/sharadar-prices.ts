import {
  at,
  date,
  decimal,
  defineDataset,
  fresherThan,
  type JsonValue,
  jsonBody,
  nextToken,
  ohlc,
  text,
  weekdays,
} from "tidegate";
import { nasdaqTables } from "./providers/nasdaq.ts";

const price = (description: string) => decimal({ unit: "USD", description, excess: "round", nullable: true });

/** A table comes as lists of values and, apart from them, the names of its columns. @throws Error for what is none */
function tableRows(body: JsonValue): JsonValue[] {
  const [columns, data] = [at(body, "datatable.columns"), at(body, "datatable.data")];
  if (!Array.isArray(columns) || !Array.isArray(data)) throw new Error("it is no datatable");
  const names = columns.map((column) => String(at(column, "name")));
  return data.map((values) => Object.fromEntries(names.map((name, i) => [name, at(values, String(i)) ?? null])));
}

export default defineDataset({
  name: "sharadar_prices",
  title: "Sharadar prices of US stocks",
  description:
    "Prices per ticker and session, adjusted for splits, with the close as traded and adjusted for dividends too; from Nasdaq Data Link.",
  source: {
    ...nasdaqTables,
    batch: 50,
    windows: { step: "2600 weeks", granularity: "1 day", over: "lastupdated", lookback: "7 days" },
    request: ({ partitions, window, page }) => ({
      path: ["SHARADAR", "SEP.json"],
      query: {
        ticker: partitions.join(","),
        "lastupdated.gte": window.first.date,
        "lastupdated.lte": window.last.date,
        "qopts.per_page": 10_000,
        "qopts.cursor_id": page.token,
      },
    }),
    pages: nextToken({ body: "meta.next_cursor_id" }),
    format: jsonBody({ rows: tableRows }),
    rows: ({ ticker, date, open, high, low, close, volume, closeadj, closeunadj, lastupdated }) => ({
      ...{ ticker, date, open, high, low, close, volume, lastupdated },
      close_adj: closeadj,
      close_unadj: closeunadj,
    }),
  },
  partitions: { ticker: ["AAPL", "FB", "GOOG", "IBM", "MSFT"] },
  schema: {
    ticker: text(),
    date: date({ description: "Session of the exchange" }),
    open: price("Adjusted for splits"),
    high: price("Adjusted for splits"),
    low: price("Adjusted for splits"),
    close: price("Adjusted for splits"),
    volume: decimal({ unit: "shares", description: "Adjusted for splits", excess: "round", nullable: true }),
    close_adj: price("Adjusted for splits, dividends and spin-offs"),
    close_unadj: price("As traded"),
    lastupdated: date({ description: "When the source last changed the row" }),
  },
  key: ["ticker", "date"],
  cursor: "date",
  calendar: "XNYS",
  backfillFrom: "2000-01-01",
  checks: [ohlc(), fresherThan("4 days")],
  schedule: weekdays("23:00", "America/New_York"),
  load: { warehouse: { sortBy: ["date"], distributeBy: "ticker" }, database: true },
});
