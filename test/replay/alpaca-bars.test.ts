import assert from "node:assert/strict";
import type { ReplayServer } from "../../runtime/replay/server.ts";
import { startAlpacaBars } from "../support/replay/alpaca-bars.ts";
import { replayKeyId, replaySecretKey } from "../support/replay/alpaca-news.ts";

const KEYS = { "apca-api-key-id": replayKeyId, "apca-api-secret-key": replaySecretKey };
const DAYS = { timeframe: "1Day", adjustment: "raw", feed: "sip" };
const MINUTES = { timeframe: "1Min", adjustment: "raw", feed: "iex" };

interface Bar {
  readonly t: string;
  readonly o: number;
  readonly h: number;
  readonly l: number;
  readonly c: number;
}

describe("replay server of Alpaca's bars", () => {
  let now = Date.parse("2026-01-05T10:00:00Z");
  let server: ReplayServer;

  const ask = (query: Record<string, string>, headers: Record<string, string> = KEYS): Promise<Response> =>
    fetch(`${server.url}/v2/stocks/bars?${new URLSearchParams(query)}`, { headers });

  async function refused(query: Record<string, string>, headers?: Record<string, string>): Promise<[number, string]> {
    const answer = await ask(query, headers);
    return [answer.status, ((await answer.json()) as { message: string }).message];
  }

  async function bars(query: Record<string, string>) {
    const answer = await ask(query);
    assert.equal(answer.status, 200);
    return (await answer.json()) as { bars: Record<string, Bar[]>; next_page_token: string | null };
  }

  beforeEach(async () => {
    server = await startAlpacaBars({ requestsPerMinute: 10, now: () => now });
  });
  afterEach(() => server.close());

  it("answers days with the numbers of the recording, at midnight in New York, and leaves out who has none", async () => {
    const range = { start: "2000-06-20T00:00:00Z", end: "2000-06-21T12:00:00Z" };
    const answer = await ask({ ...DAYS, ...range, symbols: "AAPL,FB,IBM" });
    assert.equal(answer.headers.get("x-tidegate-synthetic"), "n, vw");
    assert.equal(
      await answer.text(),
      '{"bars":{"AAPL":[{"t":"2000-06-20T04:00:00Z","o":98.5,"h":103.94,"l":98.37,"c":101.25,"v":4476700,"n":1,"vw":101.25},' +
        '{"t":"2000-06-21T04:00:00Z","o":50.5,"h":56.94,"l":50.31,"c":55.63,"v":4375000,"n":1,"vw":55.63}],' +
        '"IBM":[{"t":"2000-06-20T04:00:00Z","o":120.0,"h":120.69,"l":115.37,"c":116.37,"v":7103800,"n":1,"vw":116.37},' +
        '{"t":"2000-06-21T04:00:00Z","o":115.56,"h":115.94,"l":113.5,"c":114.5,"v":6487000,"n":1,"vw":114.5}]},"next_page_token":null}',
    );
  });

  it("stamps a day in winter at 5 in UTC", async () => {
    const { bars: found } = await bars({
      ...DAYS,
      symbols: "IBM",
      start: "2013-02-28T00:00:00Z",
      end: "2013-03-01T12:00:00Z",
    });
    assert.deepEqual(
      found.IBM?.map(({ t }) => t),
      ["2013-02-28T05:00:00Z", "2013-03-01T05:00:00Z"],
    );
  });

  it("goes through all symbols in pages with a token, none twice and none missing", async () => {
    const query = { ...DAYS, symbols: "MSFT,AAPL", start: "2012-01-01T00:00:00Z", end: "2012-01-31T12:00:00Z" };
    const { bars: whole, next_page_token: none } = await bars(query);
    assert.equal(none, null);
    assert.equal(whole.AAPL?.length, 20);
    const collected: Record<string, Bar[]> = {};
    let token: string | null = null;
    const sizes: number[] = [];
    do {
      const page = await bars({ ...query, limit: "10", ...(token ? { page_token: token } : {}) });
      for (const [symbol, list] of Object.entries(page.bars))
        collected[symbol] = [...(collected[symbol] ?? []), ...list];
      sizes.push(Object.values(page.bars).flat().length);
      token = page.next_page_token;
    } while (token);
    assert.deepEqual(sizes, [10, 10, 10, 10]);
    assert.deepEqual(collected, whole);
  });

  it("has minutes of sessions only, also on half days, and the same ones in any window", async () => {
    const range = { start: "2024-11-27T00:00:00Z", end: "2024-12-01T00:00:00Z" };
    const { bars: week } = await bars({ ...MINUTES, ...range, symbols: "AAPL", limit: "10000" });
    const times = week.AAPL?.map(({ t }) => t) ?? [];
    assert.equal(times[0], "2024-11-27T14:30:00Z");
    assert.equal(times.at(-1), "2024-11-29T17:59:00Z");
    assert.equal(times.filter((time) => time.startsWith("2024-11-28")).length, 0);
    assert.ok(times.length > 580 && times.length < 600, `${times.length} of 600 minutes`);
    assert.ok(week.AAPL?.every(({ o, h, l, c }) => l <= Math.min(o, c) && h >= Math.max(o, c)));
    const hour = { start: "2024-11-29T15:00:00Z", end: "2024-11-29T15:59:00Z" };
    const { bars: part } = await bars({ ...MINUTES, ...hour, symbols: "AAPL" });
    assert.deepEqual(
      part.AAPL,
      week.AAPL?.filter(({ t }) => t >= hour.start && t <= hour.end),
    );
  });

  it("says that minutes are synthetic, and has none of a symbol that nobody knows", async () => {
    const answer = await ask({
      ...MINUTES,
      symbols: "ZZZZ",
      start: "2024-11-29T15:00:00Z",
      end: "2024-11-29T15:59:00Z",
    });
    assert.equal(answer.headers.get("x-tidegate-synthetic"), "true");
    assert.equal(await answer.text(), '{"bars":{},"next_page_token":null}');
  });

  it("refuses other keys", async () => {
    const query = { ...DAYS, symbols: "IBM", start: "2012-01-01", end: "2012-01-02" };
    assert.deepEqual(await refused(query, {}), [403, "forbidden."]);
    assert.deepEqual(await refused(query, { ...KEYS, "apca-api-secret-key": "other" }), [403, "forbidden."]);
  });

  it("refuses SIP prices of the last 15 minutes, not those of IEX", async () => {
    const query = { symbols: "IBM", start: "2026-01-05T09:00:00Z" };
    assert.deepEqual(await refused({ ...DAYS, ...query, end: "2026-01-05T09:46:00Z" }), [
      403,
      "subscription does not permit querying recent SIP data",
    ]);
    assert.equal((await ask({ ...DAYS, ...query, end: "2026-01-05T09:45:00Z" })).status, 200);
    assert.equal((await ask({ ...MINUTES, ...query, end: "2026-01-05T09:46:00Z" })).status, 200);
  });

  it("refuses what it cannot read", async () => {
    const query = { ...DAYS, symbols: "IBM", start: "2012-01-01", end: "2012-01-02" };
    assert.deepEqual(await refused({ ...query, symbols: "IBM,*x" }), [400, "invalid symbol: *x"]);
    assert.deepEqual(await refused({ ...query, page_token: "bogus" }), [400, "invalid page_token"]);
    assert.deepEqual(await refused({ ...query, end: "2011-01-01" }), [400, "end should not be before start"]);
    assert.deepEqual(await refused({ ...query, limit: "10001" }), [400, "invalid limit: must be between 1 and 10000"]);
    assert.equal((await refused({ ...query, currency: "EUR" }))[0], 501);
  });

  it("limits the requests of a minute and tells what is left of it", async () => {
    now = Date.parse("2026-01-05T10:01:30Z");
    const query = { ...DAYS, symbols: "IBM", start: "2012-01-01", end: "2012-01-02" };
    const first = await ask(query);
    assert.equal(first.headers.get("x-ratelimit-remaining"), "9");
    assert.equal(first.headers.get("x-ratelimit-reset"), String(Date.parse("2026-01-05T10:02:00Z") / 1_000));
    for (let times = 1; times < 10; times += 1) assert.equal((await ask(query)).status, 200);
    assert.deepEqual(await refused(query), [429, "too many requests."]);
    now = Date.parse("2026-01-05T10:02:00Z");
    assert.equal((await ask(query)).status, 200);
  });
});
