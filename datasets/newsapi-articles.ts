import { createHash } from "node:crypto";
import {
  at,
  counted,
  daily,
  defineDataset,
  fresherThan,
  jsonBody,
  text,
  timestamp,
  token,
  type Window,
  when,
} from "tidegate";

/** Articles per page; the API takes no more. */
const PAGE = 100;

const says = (code: string) => when({ body: new RegExp(`"code"\\s*:\\s*"${code}"`) });

export default defineDataset({
  name: "newsapi_articles",
  title: "Articles about topics",
  description:
    "Title, description and address of the articles of some 150,000 sites that mention a topic, from NewsAPI.org.",
  source: {
    kind: "http",
    url: "https://newsapi.org",
    auth: token({ secret: "NEWSAPI_KEY", header: "X-Api-Key", prefix: "" }),
    // The free plan; in a day it is 100.
    budget: [{ requests: 50, per: "12 hours" }],
    // The free plan shows an article 24 hours after it was published, so the last two days are asked again.
    windows: { step: "1 day", granularity: "1 hour", lookback: "48 hours" },
    request: ({ partition, window, page }) => ({
      path: ["v2", "everything"],
      query: {
        q: partition.topic,
        from: withoutZone(window.start),
        to: withoutZone(window.end),
        sortBy: "publishedAt",
        pageSize: PAGE,
        page: page.number,
      },
    }),
    pages: counted({ size: PAGE, last: { total: "totalResults" } }),
    format: jsonBody({ rows: "articles" }),
    responses: [
      says("apiKey(Invalid|Missing)").fail(
        "NewsAPI does not know the key: set NEWSAPI_KEY to that of your account",
        "dataset",
      ),
      says("apiKeyDisabled").fail(
        "NewsAPI has disabled the key: ask its support, or set NEWSAPI_KEY to another one",
        "dataset",
      ),
      says("apiKeyExhausted").limited(undefined, "the key has no requests left"),
      says("rateLimited").limited(undefined, "the requests of the plan are used up"),
      says("maximumResultsReached").splitWindow(),
      when({ status: [400, 426], body: /too far in the past/ }).fail(
        "NewsAPI's plan does not reach back to this day: set backfillFrom to one that it permits, 30 days ago for the free plan",
        "dataset",
      ),
      says("unexpectedError").retry("NewsAPI met an error of its own"),
    ],
    rows: (row) => ({
      id: createHash("sha256").update(String(row.url)).digest("hex"),
      source_id: at(row.source, "id"),
      source_name: at(row.source, "name"),
      author: row.author,
      title: row.title,
      description: row.description,
      url: row.url,
      image_url: row.urlToImage,
      content: row.content,
      published_at: row.publishedAt,
    }),
  },
  partitions: { topic: ["bitcoin", "federal reserve"] },
  schema: {
    topic: text({ description: "What was searched for" }),
    id: text({ description: "SHA-256 of the address, for articles have no id" }),
    source_id: text({ nullable: true }),
    source_name: text({ nullable: true }),
    author: text({ nullable: true }),
    title: text({ nullable: true }),
    description: text({ nullable: true }),
    url: text(),
    image_url: text({ nullable: true }),
    content: text({ nullable: true, description: "The first 200 characters" }),
    published_at: timestamp(),
  },
  key: ["topic", "id"],
  cursor: "published_at",
  calendar: "24/7",
  backfillFrom: "2026-11-01",
  checks: [fresherThan("4 days")],
  schedule: daily("06:20", "UTC"),
  load: { warehouse: { sortBy: ["published_at"], distributeBy: "topic" }, database: true },
});

/** Times are in UTC, and the API documents none with a zone. */
function withoutZone(time: Window["start"]): string {
  return String(time).slice(0, 19);
}
