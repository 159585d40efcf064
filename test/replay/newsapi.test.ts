import assert from "node:assert/strict";
import type { ReplayServer } from "../../runtime/replay/server.ts";
import { developerPlan, replayNewsKey, startNewsApi } from "../support/replay/newsapi.ts";

interface Found {
  readonly status: string;
  readonly totalResults: number;
  readonly articles: { readonly url: string; readonly title: string; readonly publishedAt: string }[];
}

const paid = { ...developerPlan, requests: 1_000, results: 10_000, days: 1_000, delayHours: 0 };

describe("replay server of NewsAPI.org", () => {
  let now = 0;
  let server: ReplayServer;

  type Query = Record<string, string | number>;

  async function get(
    query: Query,
    headers: Record<string, string> = { "X-Api-Key": replayNewsKey },
    at: ReplayServer = server,
  ): Promise<[number, string]> {
    const search = new URLSearchParams(
      Object.entries(query).map(([name, value]): [string, string] => [name, String(value)]),
    );
    const response = await fetch(`${at.url}/v2/everything?${search}`, { headers });
    assert.equal(response.headers.get("x-tidegate-synthetic"), "true");
    assert.equal(response.headers.get("retry-after"), null);
    return [response.status, await response.text()];
  }

  async function found(query: Query, at = server): Promise<Found> {
    const [status, text] = await get({ q: "bitcoin", ...query }, undefined, at);
    assert.equal(status, 200, text);
    return JSON.parse(text);
  }

  async function refused(query: Query, headers?: Record<string, string>): Promise<[number, string]> {
    const [status, text] = await get(query, headers);
    const { status: word, code } = JSON.parse(text);
    assert.equal(word, "error");
    return [status, code];
  }

  beforeEach(async () => {
    now = Date.parse("2026-11-20T12:00:00Z");
    server = await startNewsApi({ now: () => now });
  });
  afterEach(() => server.close());

  it("answers articles with the fields of the real API, the newest first", async () => {
    const [status, text] = await get({
      q: "bitcoin",
      from: "2026-11-03T00:00:00",
      to: "2026-11-03T23:59:59",
      pageSize: 1,
    });
    assert.equal(status, 200);
    assert.equal(
      text,
      '{"status":"ok","totalResults":51,"articles":[{"source":{"id":"the-lantern","name":"The Lantern"},' +
        '"author":"Bo Lindqvist, Chidi Okafor","title":"An invented report about bitcoin, number 1 of its hour",' +
        '"description":"Nothing of this happened to bitcoin.","url":"https://news.example.com/bitcoin-498263-0",' +
        '"urlToImage":"https://news.example.com/bitcoin-498263-0.jpg","publishedAt":"2026-11-03T23:44:59Z",' +
        '"content":"The beginning of a report about bitcoin… [+1000 chars]"}]}',
    );
  });

  it("gives every article once over its pages, both ends of the range included", async () => {
    await using free = await startNewsApi({ now: () => now, plan: paid });
    const range = { from: "2026-11-02T00:00:00", to: "2026-11-08T23:59:59" };
    const whole: Found["articles"] = [];
    for (let page = 1; ; page += 1) {
      const { totalResults, articles } = await found({ ...range, pageSize: 40, page }, free);
      whole.push(...articles);
      if (articles.length === 0) {
        assert.equal(totalResults, whole.length);
        break;
      }
    }
    assert.ok(whole.length > 200, String(whole.length));
    const times = whole.filter(({ title }) => title !== "[Removed]").map(({ publishedAt }) => publishedAt);
    assert.deepEqual(times, times.toSorted().reverse());
    const [last = "", first = ""] = [times[0], times.at(-1)];
    const inner = await found({ from: first.slice(0, 19), to: first.slice(0, 19) }, free);
    assert.equal(inner.articles[0]?.publishedAt, first);
    assert.equal((await found({ from: last.slice(0, 19), to: last.slice(0, 19) }, free)).articles.length, 1);
  });

  it("knows articles that were taken back, as of 1970", async () => {
    await using free = await startNewsApi({ now: () => now, plan: paid });
    const { articles } = await found({ from: "2026-11-02", to: "2026-11-04" }, free);
    const removed = articles.filter(({ title }) => title === "[Removed]");
    assert.ok(removed.length > 0);
    assert.ok(removed.every(({ publishedAt }) => publishedAt === "1970-01-01T00:00:00Z"));
  });

  it("shows the developer plan 100 results of a search and refuses the others", async () => {
    const range = { q: "bitcoin", from: "2026-11-02", to: "2026-11-08" };
    assert.deepEqual(await get({ ...range, pageSize: 90, page: 2 }), [
      426,
      '{"status":"error","code":"maximumResultsReached","message":"You have requested too many results. Developer accounts are limited to a max of 100 results. You are trying to request results 90 to 180. Please upgrade to a paid plan if you need more results."}',
    ]);
    assert.equal((await found({ ...range, pageSize: 50, page: 2 })).articles.length, 50);
  });

  it("shows the developer plan nothing of the last 24 hours and nothing older than a month", async () => {
    const { articles } = await found({ from: "2026-11-19", to: "2026-11-20T12:00:00" });
    assert.ok(articles.length > 0);
    assert.ok(articles.every(({ publishedAt }) => publishedAt <= "2026-11-19T12:00:00Z"));
    const [status, text] = await get({ q: "bitcoin", from: "2026-10-20" });
    assert.equal(status, 426);
    assert.match(
      text,
      /"parameterInvalid".*too far in the past.* as far back as 2026-10-21, but you have requested 2026-10-20/,
    );
    assert.equal((await get({ q: "bitcoin", from: "2026-10-21" }))[0], 200);
  });

  it("refuses a request without the key, or with another one", async () => {
    assert.deepEqual(await refused({ q: "bitcoin" }, {}), [401, "apiKeyMissing"]);
    assert.deepEqual(await refused({ q: "bitcoin" }, { "X-Api-Key": "wrong" }), [401, "apiKeyInvalid"]);
    assert.equal((await get({ q: "bitcoin", apiKey: replayNewsKey }, {}))[0], 200);
    assert.equal((await get({ q: "bitcoin" }, { authorization: `Bearer ${replayNewsKey}` }))[0], 200);
  });

  it("refuses what it does not understand", async () => {
    assert.deepEqual(await refused({ from: "2026-11-02" }), [400, "parametersMissing"]);
    assert.deepEqual(await refused({ q: "bitcoin", pageSize: 101 }), [400, "parameterInvalid"]);
    assert.deepEqual(await refused({ q: "bitcoin", page: 0 }), [400, "parameterInvalid"]);
    assert.deepEqual(await refused({ q: "bitcoin", from: "then" }), [400, "parameterInvalid"]);
    assert.deepEqual(await refused({ q: "bitcoin", sources: "the-lantern" }), [501, "parameterInvalid"]);
  });

  it("allows 50 requests in 12 hours, and does not say when to come back", async () => {
    for (let count = 0; count < 50; count += 1) assert.equal((await get({ q: "bitcoin" }))[0], 200);
    assert.deepEqual(await refused({ q: "bitcoin" }), [429, "rateLimited"]);
    now += 12 * 3_600_000;
    assert.equal((await get({ q: "bitcoin" }))[0], 200);
  });
});
