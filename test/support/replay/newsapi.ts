import {
  type Answer,
  type Asked,
  type ReplayOptions,
  type ReplayServer,
  startReplay,
} from "../../../runtime/replay/server.ts";
import { between, pick, salt, uniform } from "./chance.ts";
import { fixedQuota } from "./quota.ts";

/** The key that the server takes unless it is told another one. */
export const replayNewsKey = "replay-news-key";

export interface NewsApiOptions extends ReplayOptions {
  /** @default replayNewsKey */
  readonly key?: string;
  /** Another seed is another world. @default 1 */
  readonly seed?: number;
  /** What the plan allows. @default developerPlan */
  readonly plan?: NewsPlan;
}

export interface NewsPlan {
  /** In each stretch of 12 hours. */
  readonly requests: number;
  /** Of a search; those behind them are refused. */
  readonly results: number;
  /** How old an article may be. */
  readonly days: number;
  /** How old an article must be. */
  readonly delayHours: number;
}

/** The free plan: https://newsapi.org/pricing */
export const developerPlan: NewsPlan = { requests: 50, results: 100, days: 30, delayHours: 24 };

const HOUR = 3_600_000;
const DAY = 86_400_000;
const LARGEST_PAGE = 100;
const SPOKEN = ["q", "from", "to", "sortBy", "pageSize", "page", "language"];

/** What chance decides; each has its own numbers. */
const CHANCE = { busy: 1, count: 2, second: 3, removed: 4, source: 5, author: 6 } as const;

const SOURCES = [
  { id: "harbour-post", name: "Harbour Post" },
  { id: "the-lantern", name: "The Lantern" },
  { id: null, name: "tidechart.example" },
];
const AUTHORS = ["Ada Reed", null, "Bo Lindqvist, Chidi Okafor"];

const error = (status: number, code: string, message: string): Answer => ({
  status,
  body: JSON.stringify({ status: "error", code, message }),
});

/**
 * NewsAPI.org with SYNTHETIC articles, which every answer says in the header `x-tidegate-synthetic: true`:
 * `GET /v2/everything`, https://newsapi.org/docs/endpoints/everything. As there, both ends of the range are included, the newest
 * article comes first, a plan shows only the first results of a search, nothing too old and nothing too new, and articles that
 * were taken back stay in the list as "[Removed]" of 1970. Codes and texts of errors are those that clients of the API report.
 */
export function startNewsApi(options: NewsApiOptions = {}): Promise<ReplayServer> {
  const { key = replayNewsKey, seed = 1, plan = developerPlan, now = Date.now } = options;
  const quota = fixedQuota({ amount: plan.requests, every: 12 * HOUR }, now);

  function handle({ path, query, headers }: Asked): Answer {
    const given = headers["x-api-key"] ?? headers.authorization?.replace(/^Bearer /, "") ?? query.get("apiKey");
    if (!given)
      return error(
        401,
        "apiKeyMissing",
        "Your API key is missing. Append this to the URL with the apiKey param, or use the x-api-key HTTP header.",
      );
    if (given !== key)
      return error(
        401,
        "apiKeyInvalid",
        "Your API key is invalid or incorrect. Check your key, or go to https://newsapi.org to create a free API key.",
      );
    if (!quota.take())
      return error(
        429,
        "rateLimited",
        `You have made too many requests recently. Developer accounts are limited to ${2 * plan.requests} requests over a 24 hour period (${plan.requests} requests available every 12 hours). Please upgrade to a paid plan if you need more requests.`,
      );
    if (path !== "/v2/everything") return error(404, "notFound", "No such endpoint.");
    const unspoken = [...query.keys()].find((name) => name !== "apiKey" && !SPOKEN.includes(name));
    if (unspoken) return error(501, "parameterInvalid", `this replay server does not speak the parameter ${unspoken}`);
    return everything(query);
  }

  function everything(query: URLSearchParams): Answer {
    const q = query.get("q");
    if (!q)
      return error(
        400,
        "parametersMissing",
        "Required parameters are missing, the scope of your search is too broad. Please set any of the following required parameters and try again: q, qInTitle, sources, domains.",
      );
    const time = now();
    const oldest = time - plan.days * DAY;
    const from = instant(query.get("from"), oldest);
    const to = instant(query.get("to"), time);
    const size = Number(query.get("pageSize") ?? LARGEST_PAGE);
    const page = Number(query.get("page") ?? 1);
    if (Number.isNaN(from) || Number.isNaN(to)) return error(400, "parameterInvalid", "from and to must be ISO 8601.");
    if (query.get("sortBy") && query.get("sortBy") !== "publishedAt")
      return error(501, "parameterInvalid", "this replay server sorts by publishedAt only");
    if (!isCount(size) || size > LARGEST_PAGE || !isCount(page))
      return error(400, "parameterInvalid", "pageSize must be from 1 to 100 and page at least 1.");
    if (from < Math.floor(oldest / DAY) * DAY)
      return error(
        426,
        "parameterInvalid",
        `You are trying to request results too far in the past. Your plan permits you to request articles as far back as ${dateOf(oldest)}, but you have requested ${dateOf(from)}. You may need to upgrade to a paid plan.`,
      );
    if (page * size > plan.results)
      return error(
        426,
        "maximumResultsReached",
        `You have requested too many results. Developer accounts are limited to a max of ${plan.results} results. You are trying to request results ${(page - 1) * size} to ${page * size}. Please upgrade to a paid plan if you need more results.`,
      );
    const found = articles(q, from, Math.min(to, time - plan.delayHours * HOUR), seed);
    return {
      status: 200,
      body: JSON.stringify({
        status: "ok",
        totalResults: found.length,
        articles: found.slice((page - 1) * size, page * size),
      }),
    };
  }

  return startReplay(handle, options, { "x-tidegate-synthetic": "true" });
}

interface NewsArticle {
  readonly title: string;
  readonly publishedAt: string;
}

/** Newest first; some three a hour, and on busy days enough for more than one page. */
function articles(q: string, from: number, to: number, seed: number): NewsArticle[] {
  const topic = salt(seed, q);
  const found: { at: number; article: NewsArticle }[] = [];
  for (let hour = Math.floor(from / HOUR); hour * HOUR <= to; hour += 1) {
    const busy = uniform(topic, CHANCE.busy, Math.floor(hour / 24)) < 0.15;
    const count = between(0, busy ? 12 : 5, topic, CHANCE.count, hour);
    for (let nth = 0; nth < count; nth += 1) {
      const at = hour * HOUR + between(0, 3_599, topic, CHANCE.second, hour, nth) * 1_000;
      if (at >= from && at <= to) found.push({ at, article: articleOf(q, topic, at, hour, nth) });
    }
  }
  return found.sort((one, other) => other.at - one.at).map(({ article }) => article);
}

function articleOf(q: string, topic: number, at: number, hour: number, nth: number) {
  if (uniform(topic, CHANCE.removed, hour, nth) < 0.02) return REMOVED;
  const slug = `${q.toLowerCase().replace(/\W+/g, "-")}-${hour}-${nth}`;
  return {
    source: pick(SOURCES, topic, CHANCE.source, hour, nth),
    author: pick(AUTHORS, topic, CHANCE.author, hour, nth),
    title: `An invented report about ${q}, number ${nth + 1} of its hour`,
    description: `Nothing of this happened to ${q}.`,
    url: `https://news.example.com/${slug}`,
    urlToImage: nth % 2 === 0 ? `https://news.example.com/${slug}.jpg` : null,
    publishedAt: seconds(at),
    content: `The beginning of a report about ${q}… [+${1_000 + nth} chars]`,
  };
}

const REMOVED = {
  source: { id: null, name: "[Removed]" },
  author: null,
  title: "[Removed]",
  description: "[Removed]",
  url: "https://removed.com",
  urlToImage: null,
  publishedAt: "1970-01-01T00:00:00Z",
  content: "[Removed]",
};

const isCount = (value: number): boolean => Number.isInteger(value) && value > 0;

/** ISO 8601, in UTC unless it says otherwise; a date alone is its midnight. NaN for anything else. */
function instant(text: string | null, otherwise: number): number {
  if (!text) return otherwise;
  return Date.parse(/T.*(Z|[+-]\d{2}:?\d{2})$/.test(text) || !text.includes("T") ? text : `${text}Z`);
}

const seconds = (time: number): string => new Date(time).toISOString().replace(".000Z", "Z");
const dateOf = (time: number): string => new Date(time).toISOString().slice(0, 10);
