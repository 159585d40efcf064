import { readFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";
import { adjusted } from "./adjust.ts";

const FILE = new URL("../../fixtures/daily-prices/daily-ohlcv.csv.gz", import.meta.url);
const HEADER = "Ticker,Date,Open,High,Low,Close,Volume,Adj Close";

/** The splits inside of the recording. On the day itself prices are already those of the new shares. */
const SPLITS = [
  { ticker: "AAPL", date: "2000-06-21", factor: 2n },
  { ticker: "MSFT", date: "2003-02-18", factor: 2n },
  { ticker: "AAPL", date: "2005-02-28", factor: 2n },
];

/** One session of one ticker. Numbers are texts, those of the file letter for letter; see the fixture's README for the rest. */
export interface RecordedPrice {
  readonly ticker: string;
  /** `YYYY-MM-DD` */
  readonly date: string;
  readonly open: string;
  readonly high: string;
  readonly low: string;
  readonly close: string;
  readonly volume: string;
  readonly adjClose: string;
  /** Follow from the file. */
  readonly adjOpen: string;
  readonly adjHigh: string;
  readonly adjLow: string;
  readonly adjVolume: string;
  readonly splitFactor: string;
  /** Not in the file. */
  readonly divCash: string;
}

/** The product of the factors of a ticker's splits after the one date, up to and with the other. */
export const splitsBetween = (ticker: string, after: string, through: string): bigint =>
  SPLITS.filter((split) => split.ticker === ticker && split.date > after && split.date <= through).reduce(
    (product, { factor }) => product * factor,
    1n,
  );

/** The date of a ticker's last split after the one date, up to and with the other. */
export const lastSplitBetween = (ticker: string, after: string, through: string): string | undefined =>
  SPLITS.filter((split) => split.ticker === ticker && split.date > after && split.date <= through)
    .map(({ date }) => date)
    .sort()
    .at(-1);

/** The last session of the recording. */
export const recordedThrough = "2013-03-01";

/** The recorded sessions of each ticker, in order. */
export function readPrices(): ReadonlyMap<string, readonly RecordedPrice[]> {
  const [header, ...lines] = gunzipSync(readFileSync(FILE)).toString("utf8").trimEnd().split("\n");
  if (header !== HEADER) throw new Error(`unexpected header in ${FILE}: ${header}`);
  return Map.groupBy(lines.map(toPrice), ({ ticker }) => ticker);
}

/** What was known of the sessions up to a day: later ones are missing, and later splits not yet in the adjusted prices. */
export function pricesAsOf(rows: readonly RecordedPrice[], day: string): RecordedPrice[] {
  return rows
    .filter(({ date }) => date <= day)
    .map((row) => undone(row, splitsBetween(row.ticker, day, recordedThrough)));
}

function undone(row: RecordedPrice, later: bigint): RecordedPrice {
  if (later === 1n) return row;
  const before = (price: string): string => adjusted(price, "1", String(later));
  return {
    ...row,
    adjOpen: before(row.adjOpen),
    adjHigh: before(row.adjHigh),
    adjLow: before(row.adjLow),
    adjClose: before(row.adjClose),
    adjVolume: String(BigInt(row.adjVolume) / later),
  };
}

/** A price in the shares of a later day: what one of them would have cost. */
export const splitAdjusted = (price: string, factor: bigint): string =>
  factor === 1n ? price : adjusted(price, String(factor), "1");

function toPrice(line: string): RecordedPrice {
  const [ticker = "", date = "", open = "", high = "", low = "", close = "", volume = "", adjClose = ""] =
    line.split(",");
  const today = SPLITS.find((split) => split.ticker === ticker && split.date === date)?.factor ?? 1n;
  return {
    ticker,
    date,
    open,
    high,
    low,
    close,
    volume,
    adjClose,
    adjOpen: adjusted(open, close, adjClose),
    adjHigh: adjusted(high, close, adjClose),
    adjLow: adjusted(low, close, adjClose),
    adjVolume: String(BigInt(volume) * splitsBetween(ticker, date, recordedThrough)),
    splitFactor: `${today}.0`,
    divCash: "0.0",
  };
}
