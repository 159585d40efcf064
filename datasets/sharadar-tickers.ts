import {
  at,
  boolean,
  csvBody,
  daily,
  date,
  defineDataset,
  exportJob,
  integer,
  type JsonValue,
  text,
  zipOf,
} from "tidegate";
import { nasdaqTables } from "./providers/nasdaq.ts";

/** While a file is made again its link still leads to the old one. */
function freshFile(body: JsonValue): string | undefined {
  const file = at(body, "datatable_bulk_download.file");
  const link = at(file, "link");
  return at(file, "status") === "fresh" && typeof link === "string" ? link : undefined;
}

/** CSV has no null. */
const filled = (value: JsonValue | undefined): JsonValue => value || null;

const optional = (description?: string) => ({ nullable: true, ...(description ? { description } : {}) });

export default defineDataset({
  name: "sharadar_tickers",
  title: "Tickers of Sharadar",
  description:
    "Every security that a table of Sharadar has, delisted ones too, as it is told today; from Nasdaq Data Link.",
  source: {
    ...nasdaqTables,
    windows: { step: "1 day", granularity: "1 day", snapshot: true },
    request: ({ partition }) => ({
      path: ["SHARADAR", "TICKERS.json"],
      query: { table: partition.source_table, "qopts.export": true },
    }),
    pages: exportJob({ link: freshFile }),
    format: zipOf(csvBody()),
    rows: (row) => ({
      permaticker: row.permaticker,
      ticker: row.ticker,
      name: filled(row.name),
      exchange: filled(row.exchange),
      is_delisted: row.isdelisted === "Y",
      category: filled(row.category),
      sector: filled(row.sector),
      industry: filled(row.industry),
      related_tickers: filled(row.relatedtickers),
      first_price_date: filled(row.firstpricedate),
      last_price_date: filled(row.lastpricedate),
      lastupdated: row.lastupdated,
    }),
  },
  partitions: { source_table: ["SEP"] },
  schema: {
    source_table: text({ description: "SEP for stocks, SFP for funds" }),
    permaticker: integer({ description: "Stays the same when the ticker changes" }),
    ticker: text(),
    name: text(optional()),
    exchange: text(optional()),
    is_delisted: boolean(),
    category: text(optional()),
    sector: text(optional()),
    industry: text(optional()),
    related_tickers: text(optional("Separated by blanks")),
    first_price_date: date(optional()),
    last_price_date: date(optional()),
    lastupdated: date({ description: "When the source last changed the row" }),
  },
  key: ["source_table", "permaticker"],
  cursor: "lastupdated",
  calendar: "24/7",
  backfillFrom: "2000-01-01",
  schedule: daily("12:00", "UTC"),
  load: { warehouse: { sortBy: ["ticker"] }, database: true },
});
