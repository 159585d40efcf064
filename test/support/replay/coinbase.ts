import { tokenBucket } from "../../../runtime/replay/limits.ts";
import {
  type Answer,
  type Asked,
  type ReplayOptions,
  type ReplayServer,
  startReplay,
} from "../../../runtime/replay/server.ts";
import { candle } from "./candles.ts";
import { candleText, productText, statsText } from "./coinbase-views.ts";
import { type Product, products } from "./products.ts";

export { coinbaseProducts } from "./products.ts";

export interface CoinbaseOptions extends ReplayOptions {
  /** Another seed is another history. @default 1 */
  readonly seed?: number;
  /** @default 10 a second with a burst of 15, the limit of the real API for one address; null for none */
  readonly limit?: { readonly perSecond: number; readonly burst: number } | null;
}

const DAY = 86_400_000;
const MOST_BUCKETS = 300;
const GRANULARITIES = ["60", "300", "900", "3600", "21600", "86400"];
const INSTANT = /^(\d{4}-\d{2}-\d{2})(T[\d:.]+)?(Z|[+-]\d{2}:?\d{2})?$/;

const error = (status: number, message: string): Answer => ({ status, body: JSON.stringify({ message }) });
const ok = (body: string): Answer => ({ status: 200, body });

/**
 * The market data of Coinbase Exchange with SYNTHETIC daily candles, which every answer says in the header
 * `x-tidegate-synthetic: true`: `GET /products`, `GET /products/{id}`, `GET /products/{id}/candles`, `GET /products/{id}/stats`.
 * https://docs.cdp.coinbase.com/api-reference/exchange-api/rest-api/products/get-product-candles
 * As there, candles come newest first, both ends of the range are inclusive, a range of more than 300 is refused, a lone
 * `start` or `end` is ignored, and the first candle may begin before `start`. Of the real granularities only a day is served.
 */
export function startCoinbase(options: CoinbaseOptions = {}): Promise<ReplayServer> {
  const { seed = 1, limit = { perSecond: 10, burst: 15 }, now = Date.now } = options;
  const allowed = limit ? tokenBucket(limit, now) : () => true;

  function handle({ path, query, headers }: Asked): Answer {
    if (!headers["user-agent"]) return error(400, "User-Agent header is required.");
    if (!allowed()) return error(429, "Public rate limit exceeded");
    const [, room, id, view, ...rest] = path.split("/");
    if (room !== "products" || rest.length > 0) return error(404, "NotFound");
    if (id === undefined) return ok(`[${products.map(productText).join(",")}]`);
    const product = products.find((candidate) => candidate.id === id);
    if (!product) return error(404, "NotFound");
    if (view === undefined) return ok(productText(product));
    if (view === "stats") return ok(statsText(product, seed, now()));
    return view === "candles" ? candles(product, query) : error(404, "NotFound");
  }

  function candles(product: Product, query: URLSearchParams): Answer {
    const granularity = query.get("granularity") ?? "60";
    if (!GRANULARITIES.includes(granularity)) return error(400, "Unsupported granularity");
    if (granularity !== "86400") return error(501, "This replay server has candles of granularity 86400 only");
    const time = now();
    const latest = Math.floor(time / DAY);
    let [first, last] = [latest - MOST_BUCKETS + 1, latest];
    const [start, end] = [query.get("start"), query.get("end")];
    if (start && end) {
      [first, last] = [Math.floor(instant(start) / DAY), Math.floor(instant(end) / DAY)];
      if (Number.isNaN(first)) return error(400, "Invalid start");
      if (Number.isNaN(last)) return error(400, "Invalid end");
      if (last - first + 1 > MOST_BUCKETS)
        return error(
          400,
          "granularity too small for the requested time range. Count of aggregations requested exceeds 300",
        );
    }
    const rows: string[] = [];
    for (let day = last; day >= first; day -= 1) {
      const found = candle(product, day * DAY, seed, time);
      if (found) rows.push(candleText(found));
    }
    return ok(`[${rows.join(",")}]`);
  }

  return startReplay(handle, options, { "x-tidegate-synthetic": "true" });
}

/** Unix milliseconds of Unix seconds or an ISO 8601 text, which is in UTC unless it says otherwise; NaN for anything else. */
function instant(text: string): number {
  if (/^\d+$/.test(text)) return Number(text) * 1_000;
  const [, date, time = "T00:00:00", zone = "Z"] = INSTANT.exec(text) ?? [];
  return date ? Date.parse(`${date}${time}${zone}`) : Number.NaN;
}
