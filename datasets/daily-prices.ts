import { date, decimal, defineDataset, fresherThan, integer, none, ohlc, text, token, weekdays, when } from "tidegate";

const price = (description: string) => decimal({ precision: 18, scale: 6, unit: "USD", description });

/** Tiingo computes adjusted prices as binary floats: their digits beyond the 18th behind the point carry no information. */
const adjusted = (description: string) => decimal({ unit: "USD", description, excess: "round" });

export default defineDataset({
  name: "daily_prices",
  title: "Daily prices of US stocks",
  description:
    "Unadjusted and adjusted open, high, low, close and volume per ticker and session, with dividends and splits, from Tiingo.",
  source: {
    kind: "http",
    url: "https://api.tiingo.com",
    auth: token({ secret: "TIINGO_TOKEN", prefix: "Token " }),
    budget: [{ requests: 50, per: "1 hour" }],
    windows: { step: "520 weeks", granularity: "1 day" },
    request: ({ partition, window }) => ({
      path: ["tiingo", "daily", partition.ticker, "prices"],
      query: { startDate: window.first.date, endDate: window.last.date },
    }),
    pages: none(),
    responses: [when({ status: 404 }).skipPartition()],
    rows: (row) => ({
      date: row.date,
      open: row.open,
      high: row.high,
      low: row.low,
      close: row.close,
      volume: row.volume,
      adj_open: row.adjOpen,
      adj_high: row.adjHigh,
      adj_low: row.adjLow,
      adj_close: row.adjClose,
      adj_volume: row.adjVolume,
      div_cash: row.divCash,
      split_factor: row.splitFactor,
    }),
  },
  partitions: { ticker: ["AAPL", "FB", "GOOG", "IBM", "MSFT"] },
  schema: {
    ticker: text(),
    date: date({ description: "Session of the exchange" }),
    open: price("As traded"),
    high: price("As traded"),
    low: price("As traded"),
    close: price("As traded"),
    volume: integer({ unit: "shares", description: "As traded" }),
    adj_open: adjusted("Adjusted for splits and dividends"),
    adj_high: adjusted("Adjusted for splits and dividends"),
    adj_low: adjusted("Adjusted for splits and dividends"),
    adj_close: adjusted("Adjusted for splits and dividends"),
    adj_volume: integer({ unit: "shares", description: "Adjusted for splits" }),
    div_cash: decimal({
      precision: 18,
      scale: 6,
      unit: "USD",
      description: "Cash dividend with this session as ex date",
    }),
    split_factor: decimal({
      precision: 18,
      scale: 9,
      excess: "round",
      description: "New shares per old share; 1 when there was no split",
    }),
  },
  key: ["ticker", "date"],
  cursor: "date",
  calendar: "XNYS",
  backfillFrom: "2000-01-01",
  checks: [ohlc(), fresherThan("4 days")],
  schedule: weekdays("18:30", "America/New_York"),
  load: { warehouse: { sortBy: ["date"], distributeBy: "ticker" }, database: true },
});
