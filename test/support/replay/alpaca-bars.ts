import { calendar } from "../../../runtime/dataset/calendar/index.ts";
import {
  type Answer,
  type Asked,
  type ReplayOptions,
  type ReplayServer,
  startReplay,
} from "../../../runtime/replay/server.ts";
import { replayKeyId, replaySecretKey } from "./alpaca-news.ts";
import { type Market, minuteBars } from "./minutes.ts";
import { type RecordedPrice, readPrices } from "./prices.ts";
import { fixedQuota } from "./quota.ts";

export interface AlpacaBarsOptions extends ReplayOptions {
  /** @default replayKeyId */
  readonly keyId?: string;
  /** @default replaySecretKey */
  readonly secretKey?: string;
  /** Another seed gives other minutes. @default 1 */
  readonly seed?: number;
  /** @default 200, the limit of the Basic plan; null for none */
  readonly requestsPerMinute?: number | null;
}

/** A bar with the place that it has among those of its symbol. */
interface Bar {
  readonly symbol: string;
  readonly time: number;
  readonly text: string;
}

const MINUTE = 60_000;
const LARGEST_PAGE = 10_000;
const SYMBOL = /^[A-Z]{1,5}([.-][A-Z]{1,2})?$/;
const SPOKEN = ["symbols", "timeframe", "start", "end", "adjustment", "feed", "limit", "sort", "page_token"];

/** The symbols that have minutes. */
const PRICES: Readonly<Record<string, number>> = { AAPL: 230, AMZN: 205, GOOG: 172, IBM: 226, MSFT: 420, NVDA: 137 };

const message = (status: number, text: string): Answer => ({ status, body: JSON.stringify({ message: text }) });

/**
 * Bars of Alpaca: `GET /v2/stocks/bars`, https://docs.alpaca.markets/reference/stockbars. Those of a day (`1Day`) are real, from
 * the recording in test/fixtures/daily-prices, but for their number of trades and average price; those of a minute (`1Min`) are
 * SYNTHETIC. The header `x-tidegate-synthetic` names what is. As there, both ends of the range are inclusive, pages run through
 * the symbols in alphabetical order and count the bars of all of them together, a symbol without bars is left out, the keys come
 * in two headers, SIP prices of the last 15 minutes are refused, and every answer tells what is left of the minute.
 */
export function startAlpacaBars(options: AlpacaBarsOptions = {}): Promise<ReplayServer> {
  const { keyId = replayKeyId, secretKey = replaySecretKey, seed = 1, now = Date.now } = options;
  const { requestsPerMinute = 200 } = options;
  const quota = fixedQuota({ amount: requestsPerMinute ?? Number.MAX_SAFE_INTEGER, every: MINUTE }, now);
  const days = readPrices();
  const market: Market = {
    calendar: calendar("XNYS"),
    seed,
    digits: 2,
    price: (symbol) => PRICES[symbol] ?? 100,
  };

  function handle(asked: Asked): Answer {
    const { headers } = asked;
    if (headers["apca-api-key-id"] !== keyId || headers["apca-api-secret-key"] !== secretKey)
      return message(403, "forbidden.");
    const answer = quota.take() ? answered(asked) : message(429, "too many requests.");
    if (requestsPerMinute === null) return answer;
    const limits = {
      "X-RateLimit-Limit": String(requestsPerMinute),
      "X-RateLimit-Remaining": String(quota.remaining),
      "X-RateLimit-Reset": String(quota.resetAt / 1_000),
    };
    return { ...answer, headers: { ...answer.headers, ...limits } };
  }

  function answered({ path, query }: Asked): Answer {
    if (path !== "/v2/stocks/bars") return message(404, "endpoint not found.");
    const unspoken = [...query.keys()].find((name) => !SPOKEN.includes(name));
    if (unspoken) return message(501, `this replay server does not speak the parameter ${unspoken}`);
    const symbols = (query.get("symbols") ?? "").split(",").filter(Boolean).sort();
    const wrong = symbols.find((symbol) => !SYMBOL.test(symbol));
    if (symbols.length === 0) return message(400, "symbols is required");
    if (wrong !== undefined) return message(400, `invalid symbol: ${wrong}`);
    const [first, last] = [Date.parse(query.get("start") ?? ""), Date.parse(query.get("end") ?? "")];
    if (Number.isNaN(first) || Number.isNaN(last)) return message(422, "start and end must be RFC 3339 timestamps");
    if (last < first) return message(400, "end should not be before start");
    if (query.get("feed") === "sip" && last > now() - 15 * MINUTE)
      return message(403, "subscription does not permit querying recent SIP data");
    const limit = Number(query.get("limit") ?? 1_000);
    if (!Number.isInteger(limit) || limit < 1 || limit > LARGEST_PAGE)
      return message(400, `invalid limit: must be between 1 and ${LARGEST_PAGE}`);
    const timeframe = query.get("timeframe");
    if (timeframe !== "1Day" && timeframe !== "1Min")
      return message(501, "this replay server has bars of 1Day and 1Min only");
    if (query.get("adjustment") !== "raw") return message(501, "this replay server has unadjusted bars only");
    const token = query.get("page_token");
    const after = token === null ? undefined : positionOf(token);
    if (token !== null && !after) return message(400, "invalid page_token");
    const bars = timeframe === "1Day" ? dayBars : minutes;
    const synthetic = timeframe === "1Day" ? "n, vw" : "true";
    return {
      ...pageOf(symbols, (symbol) => bars(symbol, first, last), limit, after),
      headers: { "x-tidegate-synthetic": synthetic },
    };
  }

  function* dayBars(symbol: string, first: number, last: number): Generator<Bar> {
    for (const row of days.get(symbol) ?? []) {
      const time = midnightInNewYork(row.date);
      if (time >= first && time <= last) yield { symbol, time, text: dayText(row, time) };
    }
  }

  function* minutes(symbol: string, first: number, last: number): Generator<Bar> {
    if (!Object.hasOwn(PRICES, symbol)) return;
    for (const { time, open, high, low, close, volume, trades, vwap } of minuteBars(symbol, first, last, market)) {
      const text = `{"t":"${instant(time)}","o":${open},"h":${high},"l":${low},"c":${close},"v":${volume},"n":${trades},"vw":${vwap}}`;
      yield { symbol, time, text };
    }
  }

  /** The day begins at midnight of the exchange, which is not at the same time in UTC all year. */
  const midnightInNewYork = (date: string): number => market.calendar.open(date) - 9.5 * 60 * MINUTE;

  return startReplay(handle, options);
}

interface Position {
  readonly symbol: string;
  readonly time: number;
}

function pageOf(
  symbols: readonly string[],
  bars: (symbol: string) => Iterable<Bar>,
  limit: number,
  after: Position | undefined,
): Answer {
  const page = new Map<string, string[]>();
  let count = 0;
  let last: Bar | undefined;
  for (const symbol of symbols) {
    if (after && symbol < after.symbol) continue;
    for (const bar of bars(symbol)) {
      if (after && symbol === after.symbol && bar.time <= after.time) continue;
      if (count === limit) return answerOf(page, last);
      if (last?.symbol !== symbol) page.set(symbol, []);
      page.get(symbol)?.push(bar.text);
      last = bar;
      count += 1;
    }
  }
  return answerOf(page, undefined);
}

function answerOf(page: ReadonlyMap<string, readonly string[]>, last: Bar | undefined): Answer {
  const lists = [...page].map(([symbol, bars]) => `"${symbol}":[${bars.join(",")}]`);
  const token = last ? `"${Buffer.from(`${last.symbol}|M|${instant(last.time)}`).toString("base64")}"` : "null";
  return { status: 200, body: `{"bars":{${lists.join(",")}},"next_page_token":${token}}` };
}

function positionOf(token: string): Position | undefined {
  const [, symbol, at = ""] = /^([^|]+)\|M\|(.+)$/.exec(Buffer.from(token, "base64").toString()) ?? [];
  return symbol !== undefined && !Number.isNaN(Date.parse(at)) ? { symbol, time: Date.parse(at) } : undefined;
}

/** Written by hand because a number must keep its text. */
const dayText = ({ open, high, low, close, volume }: RecordedPrice, time: number): string =>
  `{"t":"${instant(time)}","o":${open},"h":${high},"l":${low},"c":${close},"v":${volume},"n":1,"vw":${close}}`;

const instant = (time: number): string => new Date(time).toISOString().replace(".000Z", "Z");
