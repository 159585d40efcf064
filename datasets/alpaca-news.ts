import { cron, defineDataset, fresherThan, integer, json, jsonBody, nextToken, text, timestamp, when } from "tidegate";
import { alpaca } from "./providers/alpaca.ts";

/** Articles per page; the API takes no more. */
const PAGE = 50;

export default defineDataset({
  name: "alpaca_news",
  title: "News of the markets",
  description: "Headlines, summaries and symbols of Benzinga's news on US stocks and crypto, from Alpaca.",
  source: {
    ...alpaca,
    // The range is one of update times: an article that is changed is found again in the hour of the change.
    windows: { step: "1 day", granularity: "1 hour", over: "updated_at", lookback: "2 hours" },
    request: ({ window, page }) => ({
      path: ["v1beta1", "news"],
      query: { start: window.start, end: window.end, sort: "asc", limit: PAGE, page_token: page.token },
    }),
    pages: nextToken({ body: "next_page_token" }),
    format: jsonBody({ rows: "news" }),
    responses: [
      when({ status: [401, 403] }).fail(
        "Alpaca does not take the keys: set ALPACA_KEY_ID and ALPACA_SECRET_KEY to a pair of your account, paper or live",
        "dataset",
      ),
      when({ status: [400, 422], body: /page_token/ }).restartWindow(),
      when({ status: 429 }).limited({ header: "X-RateLimit-Reset", as: "unix seconds" }),
    ],
    rows: (row) => ({
      id: row.id,
      headline: row.headline,
      summary: row.summary,
      author: row.author,
      symbols: row.symbols,
      url: row.url,
      images: row.images,
      publisher: row.source,
      created_at: row.created_at,
      updated_at: row.updated_at,
    }),
  },
  partitions: { feed: ["benzinga"] },
  schema: {
    feed: text(),
    id: integer(),
    headline: text(),
    summary: text({ nullable: true }),
    author: text({ nullable: true }),
    symbols: json({ description: "List of the symbols it is about" }),
    url: text({ nullable: true }),
    images: json({ nullable: true, description: "List of sizes and addresses" }),
    publisher: text(),
    created_at: timestamp(),
    updated_at: timestamp("iso", { description: "Of the version that is kept, the last one" }),
  },
  key: ["feed", "id"],
  cursor: "created_at",
  calendar: "24/7",
  backfillFrom: "2026-11-01",
  checks: [fresherThan("6 hours")],
  schedule: cron("10 * * * ? *", "UTC"),
  load: { warehouse: { sortBy: ["created_at"] }, database: true },
});
