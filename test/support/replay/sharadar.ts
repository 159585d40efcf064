import {
  lastSplitBetween,
  pricesAsOf,
  type RecordedPrice,
  readPrices,
  splitAdjusted,
  splitsBetween,
} from "./prices.ts";

const NUMBER = "BigDecimal(34,12)";

/** The columns of SEP with their types, in the order of the values. */
export const priceColumns = [
  { name: "ticker", type: "String" },
  { name: "date", type: "Date" },
  { name: "open", type: NUMBER },
  { name: "high", type: NUMBER },
  { name: "low", type: NUMBER },
  { name: "close", type: NUMBER },
  { name: "volume", type: NUMBER },
  { name: "closeadj", type: NUMBER },
  { name: "closeunadj", type: NUMBER },
  { name: "lastupdated", type: "Date" },
] as const;

/** The columns of TICKERS, in the order of the file. */
export const tickerColumns = [
  "table",
  "permaticker",
  "ticker",
  "name",
  "exchange",
  "isdelisted",
  "category",
  "sector",
  "industry",
  "relatedtickers",
  "lastupdated",
  "firstpricedate",
  "lastpricedate",
] as const;

export type TableRow = Readonly<Record<(typeof tickerColumns)[number], string>>;

export interface UpdatedPrice {
  readonly lastupdated: string;
  /** The row as JSON, numbers with all their digits. */
  readonly text: string;
}

const prices = readPrices();

/**
 * The prices of tickers as they were told at the end of a day, by ticker and date. SYNTHETIC is when a row was last updated: on its
 * own day, or on that of the last split after it.
 */
export function updatedPrices(tickers: readonly string[], asOf: string): UpdatedPrice[] {
  return [...tickers].sort().flatMap((ticker) =>
    pricesAsOf(prices.get(ticker) ?? [], asOf).map((row) => {
      const lastupdated = lastSplitBetween(ticker, row.date, asOf) ?? row.date;
      return { lastupdated, text: priceText(row, asOf, lastupdated) };
    }),
  );
}

/** Written by hand because a number must keep its text. */
function priceText(row: RecordedPrice, asOf: string, lastupdated: string): string {
  const factor = splitsBetween(row.ticker, row.date, asOf);
  const [open, high, low, close] = [row.open, row.high, row.low, row.close].map((one) => splitAdjusted(one, factor));
  const volume = BigInt(row.volume) * factor;
  return `["${row.ticker}","${row.date}",${open},${high},${low},${close},${volume},${row.adjClose},${row.close},"${lastupdated}"]`;
}

/** SYNTHETIC: the numbers, and one security that was delisted. Names and first dates are real. */
const SECURITIES = [
  { permaticker: "900001", ticker: "AAPL", name: "Apple Inc", exchange: "NASDAQ", sector: "Technology" },
  { permaticker: "900002", ticker: "FB", name: "Facebook, Inc", exchange: "NASDAQ", sector: "Communication Services" },
  { permaticker: "900003", ticker: "GOOG", name: "Google Inc", exchange: "NASDAQ", sector: "Communication Services" },
  {
    permaticker: "900004",
    ticker: "IBM",
    name: "International Business Machines Corp",
    exchange: "NYSE",
    sector: "Technology",
  },
  { permaticker: "900005", ticker: "MSFT", name: "Microsoft Corp", exchange: "NASDAQ", sector: "Technology" },
  { permaticker: "900006", ticker: "GONE1", name: "Gone For Good Inc", exchange: "NYSE", sector: "" },
] as const;

/** The list of tickers as it was told at the end of a day. */
export const tickerRows = (asOf: string): TableRow[] =>
  SECURITIES.map((security) => {
    const known = pricesAsOf(prices.get(security.ticker) ?? [], asOf);
    return {
      table: "SEP",
      ...security,
      isdelisted: known.length ? "N" : "Y",
      category: "Domestic Common Stock",
      industry: "",
      relatedtickers: "",
      lastupdated: known.length ? asOf : "2009-06-01",
      firstpricedate: known[0]?.date ?? "1999-01-04",
      lastpricedate: known.at(-1)?.date ?? "2009-05-29",
    };
  });
