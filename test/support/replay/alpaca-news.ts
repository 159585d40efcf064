import {
  type Answer,
  type Asked,
  type ReplayOptions,
  type ReplayServer,
  startReplay,
} from "../../../runtime/replay/server.ts";
import { type Article, articlesBetween } from "./articles.ts";
import { fixedQuota } from "./quota.ts";

/** The keys that the server takes unless it is told others. */
export const replayKeyId = "replay-key-id";
export const replaySecretKey = "replay-secret-key";

export interface AlpacaNewsOptions extends ReplayOptions {
  /** @default replayKeyId */
  readonly keyId?: string;
  /** @default replaySecretKey */
  readonly secretKey?: string;
  /** Another seed is another world. @default 1 */
  readonly seed?: number;
  /** @default 200, the limit of the Basic plan; null for none */
  readonly requestsPerMinute?: number | null;
}

const MINUTE = 60_000;
const DAY = 86_400_000;
const LARGEST_PAGE = 50;
const SPOKEN = ["symbols", "start", "end", "sort", "limit", "include_content", "page_token"];

const message = (status: number, text: string): Answer => ({ status, body: JSON.stringify({ message: text }) });

/**
 * Alpaca's news with SYNTHETIC articles, which every answer says in the header `x-tidegate-synthetic: true`:
 * `GET /v1beta1/news`, https://docs.alpaca.markets/reference/news-3. As there, the range is one of update times with both ends
 * included, pages go on with a token of the last row's update time and id, the keys come in two headers, and every answer
 * tells what is left of the minute. An article is changed once more hours after it appeared, and then moves to a later time.
 * The bodies of errors are this server's own.
 */
export function startAlpacaNews(options: AlpacaNewsOptions = {}): Promise<ReplayServer> {
  const { keyId = replayKeyId, secretKey = replaySecretKey, seed = 1, now = Date.now } = options;
  const { requestsPerMinute = 200 } = options;
  const quota = fixedQuota({ amount: requestsPerMinute ?? Number.MAX_SAFE_INTEGER, every: MINUTE }, now);

  function handle(asked: Asked): Answer {
    const { headers } = asked;
    if (headers["apca-api-key-id"] !== keyId || headers["apca-api-secret-key"] !== secretKey)
      return message(403, "forbidden.");
    const answer = quota.take() ? answered(asked) : message(429, "too many requests.");
    const limits = {
      "X-RateLimit-Limit": String(requestsPerMinute),
      "X-RateLimit-Remaining": String(quota.remaining),
      "X-RateLimit-Reset": String(quota.resetAt / 1_000),
    };
    return requestsPerMinute === null ? answer : { ...answer, headers: limits };
  }

  function answered({ path, query }: Asked): Answer {
    if (path !== "/v1beta1/news") return message(404, "endpoint not found.");
    const unspoken = [...query.keys()].find((name) => !SPOKEN.includes(name));
    if (unspoken) return message(501, `this replay server does not speak the parameter ${unspoken}`);
    const time = now();
    const start = instant(query.get("start"), Math.floor(time / DAY) * DAY);
    const end = instant(query.get("end"), time);
    const limit = Number(query.get("limit") ?? 10);
    const sort = query.get("sort")?.toLowerCase() ?? "desc";
    if (Number.isNaN(start) || Number.isNaN(end)) return message(422, "start and end must be RFC 3339 timestamps");
    if (!Number.isInteger(limit) || limit < 1 || limit > LARGEST_PAGE)
      return message(422, `limit must be from 1 to ${LARGEST_PAGE}`);
    if (sort !== "asc" && sort !== "desc") return message(422, "sort must be asc or desc");
    const token = query.get("page_token");
    const after = token === null ? undefined : positionOf(token);
    if (token !== null && !after) return message(400, "invalid page_token");

    const symbols = query.get("symbols")?.split(",").filter(Boolean) ?? [];
    const found = articlesBetween(start, end, seed, time).filter(
      (article) => symbols.length === 0 || article.symbols.some((symbol) => symbols.includes(symbol)),
    );
    if (sort === "desc") found.reverse();
    const from = after ? found.findIndex((article) => (sort === "asc" ? 1 : -1) * compare(article, after) > 0) : 0;
    const page = from < 0 ? [] : found.slice(from, from + limit);
    const last = page.at(-1);
    return {
      status: 200,
      body: JSON.stringify({
        news: page.map((article) => shown(article, query.get("include_content") === "true")),
        next_page_token: last && last !== found.at(-1) ? tokenOf(last) : null,
      }),
    };
  }

  return startReplay(handle, options, { "x-tidegate-synthetic": "true" });
}

type Position = Pick<Article, "updated" | "id">;

const compare = (one: Position, other: Position): number => one.updated - other.updated || one.id - other.id;

/** As the real tokens: nanoseconds and the id. */
const tokenOf = ({ updated, id }: Position): string => Buffer.from(`${updated}000000|${id}`).toString("base64");

function positionOf(token: string): Position | undefined {
  const [, updated, id] = /^(\d+)\d{6}\|(\d+)$/.exec(Buffer.from(token, "base64").toString()) ?? [];
  return updated && id ? { updated: Number(updated), id: Number(id) } : undefined;
}

const instant = (text: string | null, otherwise: number): number => (text ? Date.parse(text) : otherwise);

const seconds = (time: number): string => new Date(time).toISOString().replace(".000Z", "Z");

const shown = (article: Article, content: boolean) => ({
  author: article.author,
  content: content ? `<p>${article.summary}</p>` : "",
  created_at: seconds(article.created),
  headline: article.headline,
  id: article.id,
  images: [{ size: "thumb", url: `https://cdn.example.com/${article.id}-thumb.jpg` }],
  source: "benzinga",
  summary: article.summary,
  symbols: article.symbols,
  updated_at: seconds(article.updated),
  url: `https://www.example.com/news/${article.id}`,
});
