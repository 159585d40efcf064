import {
  type Answer,
  type Asked,
  type ReplayOptions,
  type ReplayServer,
  startReplay,
} from "../../../runtime/replay/server.ts";
import { type RecordedPrice, readPrices, splitAdjusted, splitsBetween } from "./prices.ts";
import { fixedQuota } from "./quota.ts";

/** The token that the server takes unless it is told another one. */
export const replayIexToken = "pk_replay";

export interface IexOptions extends ReplayOptions {
  /** The only valid token. @default replayIexToken */
  readonly token?: string;
  /** Messages that the account has; two are used for each row. @default no limit */
  readonly messages?: number;
  /** @default 100, the limit of the real API; null for none */
  readonly requestsPerSecond?: number | null;
}

const DAY = 86_400_000;
const MESSAGES_PER_ROW = 2;
const PATH = /^(?:\/(?:stable|v1))?\/stock\/([^/]+)\/chart\/([^/]+)$/;
const SPOKEN = ["token", "chartCloseOnly", "changeFromClose", "format"];
const FIELDS = ["close", "volume", "change", "changePercent", "changeOverTime", "date", "symbol"] as const;

/** How far back a span reaches: so many days, months or years. */
const SPANS: Readonly<Record<string, { readonly days?: number; readonly months?: number }>> = {
  "5d": { days: 7 },
  "1m": { months: 1 },
  "3m": { months: 3 },
  "6m": { months: 6 },
  "1y": { months: 12 },
  "2y": { months: 24 },
  "5y": { months: 60 },
  max: { months: 100 * 12 },
};

const text = (status: number, body: string): Answer => ({ status, body, headers: { "content-type": "text/html" } });

/**
 * The chart of IEX Cloud, which closed on 2024-08-31: `GET /stock/{symbol}/chart/{range}` with `chartCloseOnly=true`, as JSON or
 * with `format=csv`, from the recording in test/fixtures/daily-prices. Close and volume are real, adjusted for the splits until
 * now; the changes follow from them. As there, a range ends now and comes ascending, the token is in the query, errors are plain
 * text, and `iexcloud-messages-used` tells what an answer cost. The bodies of errors are those that clients report.
 */
export function startIex(options: IexOptions = {}): Promise<ReplayServer> {
  const { token = replayIexToken, messages = Number.POSITIVE_INFINITY, now = Date.now } = options;
  const { requestsPerSecond = 100 } = options;
  const second = fixedQuota({ amount: requestsPerSecond ?? Number.MAX_SAFE_INTEGER, every: 1_000 }, now);
  const prices = readPrices();
  let left = messages;

  function handle({ path, query }: Asked): Answer {
    const given = query.get("token");
    if (!given) return text(401, "An API key is required to access this data and no key was provided");
    if (given !== token) return text(403, "The API key provided is not valid.");
    if (!second.take()) return text(429, "Too many requests");
    const [, symbol = "", range = ""] = PATH.exec(path) ?? [];
    if (!symbol) return text(404, "Not Found");
    const unspoken = [...query.keys()].find((name) => !SPOKEN.includes(name));
    if (unspoken) return text(501, `this replay server does not speak the parameter ${unspoken}`);
    if (query.get("chartCloseOnly") !== "true") return text(501, "this replay server has closes only");
    const rows = prices.get(symbol.toUpperCase());
    if (!rows) return text(404, "Unknown symbol");
    const span = SPANS[range];
    if (!span) return text(400, "Invalid values were supplied for the API request");
    const chart = chartOf(rows, dateBefore(now(), span), dateOf(now()));
    const cost = chart.length * MESSAGES_PER_ROW;
    if (cost > left)
      return text(402, "You have exceeded your allotted message quota. Please enable pay-as-you-go to regain access");
    left -= cost;
    const used = { "iexcloud-messages-used": String(cost) };
    if (query.get("format") === "csv")
      return { status: 200, headers: { ...used, "content-type": "text/csv" }, body: csv(chart) };
    return { status: 200, headers: used, body: JSON.stringify(chart) };
  }

  return startReplay(handle, options);
}

type ChartRow = Readonly<Record<(typeof FIELDS)[number], string | number>>;

function chartOf(rows: readonly RecordedPrice[], first: string, today: string): ChartRow[] {
  const asked = rows.filter(({ date }) => date >= first && date <= today);
  const closes = asked.map(({ ticker, date, close }) =>
    Number(splitAdjusted(close, splitsBetween(ticker, date, today))),
  );
  const start = closes[0] ?? Number.NaN;
  return asked.map(({ ticker, date, volume }, i) => {
    const close = closes[i] ?? Number.NaN;
    const before = closes[i - 1] ?? close;
    return {
      close,
      volume: Number(BigInt(volume) * splitsBetween(ticker, date, today)),
      change: rounded(close - before),
      changePercent: rounded((close - before) / before),
      changeOverTime: rounded((close - start) / start),
      date,
      symbol: ticker,
    };
  });
}

const csv = (chart: readonly ChartRow[]): string =>
  [FIELDS.join(","), ...chart.map((row) => FIELDS.map((field) => row[field]).join(","))].join("\n");

const rounded = (value: number): number => Math.round(value * 10_000) / 10_000;

const dateOf = (time: number): string => new Date(time).toISOString().slice(0, 10);

function dateBefore(
  time: number,
  { days = 0, months = 0 }: { readonly days?: number; readonly months?: number },
): string {
  const date = new Date(time - days * DAY);
  date.setUTCMonth(date.getUTCMonth() - months);
  return dateOf(date.getTime());
}
