import assert from "node:assert/strict";
import type { ReplayServer } from "../../runtime/replay/server.ts";
import { replayKeyId, replaySecretKey, startAlpacaNews } from "../support/replay/alpaca-news.ts";

const KEYS = { "APCA-API-KEY-ID": replayKeyId, "APCA-API-SECRET-KEY": replaySecretKey };
const DAY = { start: "2026-11-03T00:00:00Z", end: "2026-11-04T00:00:00Z" };

interface News {
  readonly id: number;
  readonly headline: string;
  readonly symbols: readonly string[];
  readonly created_at: string;
  readonly updated_at: string;
  readonly content: string;
}

describe("replay server of Alpaca's news", () => {
  let now = 0;
  let server: ReplayServer;

  async function get(query: Record<string, string | number>, headers: Record<string, string> = KEYS) {
    const search = new URLSearchParams(
      Object.entries(query).map(([name, value]): [string, string] => [name, String(value)]),
    );
    const response = await fetch(`${server.url}/v1beta1/news?${search}`, { headers });
    assert.equal(response.headers.get("x-tidegate-synthetic"), "true");
    return { status: response.status, headers: response.headers, text: await response.text() };
  }

  async function page(
    query: Record<string, string | number>,
  ): Promise<{ news: News[]; next_page_token: string | null }> {
    const { status, text } = await get(query);
    assert.equal(status, 200, text);
    return JSON.parse(text);
  }

  async function all(query: Record<string, string | number>): Promise<News[]> {
    const found: News[] = [];
    for (let token: string | null | undefined; token !== null; ) {
      const { news, next_page_token: next } = await page({ ...query, ...(token ? { page_token: token } : {}) });
      found.push(...news);
      token = next;
    }
    return found;
  }

  beforeEach(async () => {
    now = Date.parse("2026-11-10T12:00:00Z");
    server = await startAlpacaNews({ now: () => now });
  });
  afterEach(() => server.close());

  it("answers articles with the fields of the real API", async () => {
    const { text } = await get({ ...DAY, sort: "asc", limit: 1 });
    assert.equal(
      text,
      '{"news":[{"author":"Chidi Okafor","content":"","created_at":"2026-11-03T00:11:24Z",' +
        '"headline":"MSFT Confirms A Licence","id":4982400,' +
        '"images":[{"size":"thumb","url":"https://cdn.example.com/4982400-thumb.jpg"}],"source":"benzinga",' +
        '"summary":"An invented report about MSFT and NVDA.","symbols":["MSFT","NVDA"],' +
        '"updated_at":"2026-11-03T00:11:25Z","url":"https://www.example.com/news/4982400"}],' +
        '"next_page_token":"MTc5MzY2NDY4NTAwMDAwMDAwMHw0OTgyNDAw"}',
    );
  });

  it("gives every article of the range once over its pages, in the order of their updates", async () => {
    const whole = await all({ ...DAY, sort: "asc", limit: 50 });
    assert.ok(whole.length > 60, String(whole.length));
    assert.equal(new Set(whole.map(({ id }) => id)).size, whole.length);
    assert.deepEqual(await all({ ...DAY, sort: "asc", limit: 7 }), whole);
    assert.deepEqual(await all({ ...DAY, limit: 50 }), whole.toReversed());
    const times = whole.map(({ updated_at: updated }) => updated);
    assert.deepEqual(times, times.toSorted());
    assert.ok(times.every((time) => time >= DAY.start && time <= DAY.end));
  });

  it("ends a full last page without a token", async () => {
    const whole = await all({ ...DAY, sort: "asc", limit: 50 });
    const size = [...Array(50).keys()].map((n) => n + 1).findLast((n) => whole.length % n === 0) ?? 1;
    let last: { news: News[]; next_page_token: string | null } | undefined;
    for (let token: string | null = ""; token !== null; token = last.next_page_token)
      last = await page({ ...DAY, sort: "asc", limit: size, ...(token ? { page_token: token } : {}) });
    assert.equal(last?.news.length, size);
  });

  it("moves an article that is changed to the time of the change", async () => {
    now = Date.parse("2026-11-03T12:00:00Z");
    const before = await all({ ...DAY, sort: "asc", limit: 50 });
    now = Date.parse("2026-11-05T00:00:00Z");
    const after = new Map((await all({ ...DAY, sort: "asc", limit: 50 })).map((news) => [news.id, news]));
    const moved = before.filter((news) => after.get(news.id)?.updated_at !== news.updated_at);
    assert.ok(moved.length > 0);
    for (const { id, created_at: created } of moved) {
      assert.equal(after.get(id)?.created_at, created);
      assert.match(after.get(id)?.headline ?? "", /^UPDATE: /);
    }
  });

  it("says nothing of what is not written yet", async () => {
    now = Date.parse("2026-11-03T10:30:00Z");
    const found = await all({ ...DAY, sort: "asc", limit: 50 });
    assert.ok(found.length > 10);
    assert.ok(found.every(({ updated_at: updated }) => Date.parse(updated) <= now));
  });

  it("selects by symbol, and gives the text only when it is asked for", async () => {
    const found = await all({ ...DAY, sort: "asc", limit: 50, symbols: "IBM,AMD", include_content: "true" });
    assert.ok(found.length > 5);
    for (const { symbols, content } of found) {
      assert.ok(symbols.includes("IBM") || symbols.includes("AMD"));
      assert.match(content, /^<p>/);
    }
    assert.ok((await all({ ...DAY, limit: 50 })).every(({ content }) => content === ""));
  });

  it("begins with today where no start is given", async () => {
    const found = await all({ sort: "asc", limit: 50 });
    assert.ok(found.length > 0);
    assert.ok(found.every(({ updated_at: updated }) => updated.startsWith("2026-11-10")));
  });

  it("refuses a request without both keys", async () => {
    for (const headers of [{}, { ...KEYS, "APCA-API-SECRET-KEY": "wrong" }, { ...KEYS, "APCA-API-KEY-ID": "wrong" }]) {
      const { status, text } = await get(DAY, headers);
      assert.deepEqual([status, text], [403, '{"message":"forbidden."}']);
    }
  });

  it("refuses what it does not understand", async () => {
    for (const [query, status, text] of [
      [{ ...DAY, limit: 51 }, 422, "limit must be from 1 to 50"],
      [{ ...DAY, limit: 0 }, 422, "limit must be from 1 to 50"],
      [{ start: "then" }, 422, "start and end must be RFC 3339 timestamps"],
      [{ ...DAY, sort: "up" }, 422, "sort must be asc or desc"],
      [{ ...DAY, page_token: "bm9uZQ==" }, 400, "invalid page_token"],
      [{ ...DAY, page_limit: 5 }, 501, "this replay server does not speak the parameter page_limit"],
    ] as const)
      assert.deepEqual(await get(query).then((answer) => [answer.status, answer.text]), [
        status,
        JSON.stringify({ message: text }),
      ]);
  });

  it("says what is left of the minute, and refuses more", async () => {
    await using small = await startAlpacaNews({ now: () => now, requestsPerMinute: 2 });
    const ask = async (): Promise<(number | string | null)[]> => {
      const { status, headers } = await fetch(`${small.url}/v1beta1/news?limit=1`, { headers: KEYS });
      return [status, ...["limit", "remaining", "reset"].map((name) => headers.get(`x-ratelimit-${name}`))];
    };
    now = Date.parse("2026-11-10T12:00:20Z");
    const reset = String(Date.parse("2026-11-10T12:01:00Z") / 1_000);
    assert.deepEqual(await ask(), [200, "2", "1", reset]);
    assert.deepEqual(await ask(), [200, "2", "0", reset]);
    assert.deepEqual(await ask(), [429, "2", "0", reset]);
    now += 40_000;
    assert.equal((await ask())[0], 200);
  });
});
