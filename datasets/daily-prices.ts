import { date, decimal, defineDataset, fresherThan, integer, none, ohlc, text, token, weekdays, when } from "tidegate";
import { alpacaBars, barsQuery } from "./providers/alpaca.ts";

const UNKNOWN = "null where the provider does not say";
const ADJUSTED = `Adjusted for splits and dividends; ${UNKNOWN}`;

const price = (description: string) => decimal({ precision: 18, scale: 6, unit: "USD", description });

/** Tiingo computes adjusted prices as binary floats: their digits beyond the 18th behind the point carry no information. */
const adjusted = () => decimal({ unit: "USD", description: ADJUSTED, excess: "round", nullable: true });

export default defineDataset({
  name: "daily_prices",
  title: "Daily prices of US stocks",
  description:
    "Unadjusted and adjusted open, high, low, close and volume per ticker and session, with dividends and splits.",
  source: {
    kind: "http",
    url: "https://api.tiingo.com",
    auth: token({ secret: "TIINGO_TOKEN", prefix: "Token " }),
    budget: [{ requests: 50, per: "1 hour" }],
    windows: {
      step: "520 weeks",
      granularity: "1 day",
      lookback: "7 days",
      restatedBy: ({ splitFactor, divCash }) => Number(splitFactor ?? 1) !== 1 || Number(divCash ?? 0) > 0,
    },
    request: ({ partition, window }) => ({
      path: ["tiingo", "daily", partition.ticker, "prices"],
      query: { startDate: window.first.date, endDate: window.last.date },
    }),
    pages: none(),
    responses: [
      when({ body: /"detail":\s*"[^"]*run over your/ }).limited(undefined, "the allowance is used up"),
      when({ body: /"detail":\s*"(Please supply a token|Invalid token)/ }).fail(
        "set TIINGO_TOKEN to the token shown at https://www.tiingo.com/account/api/token",
        "dataset",
      ),
      when({ status: [200, 404], body: /"detail":\s*"[^"]*not found/i }).skipPartition(
        "take the ticker out, or put the one that it was renamed to",
      ),
      when({ status: 200, body: /^\s*\{\s*"detail"/ }).fail("this is an error, whatever its status says"),
    ],
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
  alternatives: {
    alpaca: {
      ...alpacaBars,
      windows: { step: "520 weeks", granularity: "1 day", lookback: "7 days" },
      // A daily bar carries the midnight of New York as its time, and the free plan refuses an end within the last 15 minutes.
      request: ({ partitions, window, page }) => ({
        path: ["v2", "stocks", "bars"],
        query: {
          ...barsQuery(partitions, page.token),
          timeframe: "1Day",
          adjustment: "raw",
          feed: "sip",
          start: window.first,
          end: `${window.last.date}T12:00:00Z`,
        },
      }),
      rows: ({ symbol, t, o, h, l, c, v }) => ({
        ticker: symbol,
        date: String(t).slice(0, 10),
        open: o,
        high: h,
        low: l,
        close: c,
        volume: v,
      }),
    },
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
    adj_open: adjusted(),
    adj_high: adjusted(),
    adj_low: adjusted(),
    adj_close: adjusted(),
    adj_volume: integer({ unit: "shares", description: `Adjusted for splits; ${UNKNOWN}`, nullable: true }),
    div_cash: decimal({
      precision: 18,
      scale: 6,
      unit: "USD",
      description: `Cash dividend with this session as ex date; ${UNKNOWN}`,
      nullable: true,
    }),
    split_factor: decimal({
      precision: 18,
      scale: 9,
      excess: "round",
      description: `New shares per old share, 1 when there was no split; ${UNKNOWN}`,
      nullable: true,
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
