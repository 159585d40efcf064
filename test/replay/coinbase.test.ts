import assert from "node:assert/strict";
import { get as httpGet } from "node:http";
import { text } from "node:stream/consumers";
import type { ReplayServer } from "../../runtime/replay/server.ts";
import { coinbaseProducts, startCoinbase } from "../support/replay/coinbase.ts";

const DAY = 86_400;
const TOO_MANY =
  '{"message":"granularity too small for the requested time range. Count of aggregations requested exceeds 300"}';
type Row = [time: number, low: number, high: number, open: number, close: number, volume: number];

describe("replay server of Coinbase Exchange", () => {
  let now = 0;
  let server: ReplayServer;

  async function get(path: string, query: Record<string, string | number> = {}): Promise<[number, string]> {
    const search = new URLSearchParams(
      Object.entries(query).map(([name, value]): [string, string] => [name, String(value)]),
    );
    const response = await fetch(`${server.url}${path}?${search}`);
    assert.equal(response.headers.get("x-tidegate-synthetic"), "true");
    return [response.status, await response.text()];
  }

  async function rows(product: string, query: Record<string, string | number> = {}): Promise<Row[]> {
    const [status, body] = await get(`/products/${product}/candles`, { granularity: DAY, ...query });
    assert.equal(status, 200, body);
    return JSON.parse(body);
  }

  const days = (found: Row[]): string[] => found.map(([time]) => new Date(time * 1_000).toISOString().slice(0, 10));

  beforeEach(async () => {
    now = Date.parse("2024-06-10T12:00:00Z");
    server = await startCoinbase({ now: () => now });
  });
  afterEach(() => server.close());

  it("answers rows of time, low, high, open, close, volume, newest first, both ends inclusive", async () => {
    const query = { granularity: DAY, start: "2022-01-01T00:00:00Z", end: "2022-01-03T00:00:00Z" };
    assert.deepEqual(await get("/products/BTC-USD/candles", query), [
      200,
      "[[1641168000,24195.15,24597.1,24542.73,24541.15,29578.39053935]," +
        "[1641081600,23767.54,24544.05,24061.9,24542.73,13408.40940238]," +
        "[1640995200,23795.73,24138.68,24031.65,24061.9,8691.17918636]]",
    ]);
  });

  describe("on a machine that is not in UTC", () => {
    const zone = process.env.TZ;
    before(() => {
      process.env.TZ = "Asia/Tokyo";
    });
    after(() => {
      if (zone === undefined) delete process.env.TZ;
      else process.env.TZ = zone;
    });

    it("takes Unix seconds and ISO texts, with and without time and zone", async () => {
      const expected = await rows("ETH-USD", { start: "2022-01-01T00:00:00Z", end: "2022-01-03T00:00:00.000Z" });
      assert.deepEqual(days(expected), ["2022-01-03", "2022-01-02", "2022-01-01"]);
      for (const [start, end] of [
        [1_640_995_200, 1_641_168_000],
        ["2022-01-01", "2022-01-03"],
        ["2022-01-01T00:00:00", "2022-01-03T00:00:00"],
        ["2021-12-31T19:00:00-05:00", "2022-01-03T05:00:00+05:00"],
      ] as const)
        assert.deepEqual(await rows("ETH-USD", { start, end }), expected, String(start));
    });
  });

  it("answers the bucket that begins before a start in the middle of it", async () => {
    const found = await rows("BTC-USD", { start: "2022-01-01T13:00:00Z", end: "2022-01-02T13:00:00Z" });
    assert.deepEqual(days(found), ["2022-01-02", "2022-01-01"]);
  });

  it("refuses a range of more than 300 buckets, counting both ends", async () => {
    const start = 1_640_995_200;
    assert.equal((await rows("BTC-USD", { start, end: start + 299 * DAY })).length, 300);
    assert.deepEqual(await get("/products/BTC-USD/candles", { granularity: DAY, start, end: start + 300 * DAY }), [
      400,
      TOO_MANY,
    ]);
  });

  it("ignores a lone start or end and answers the latest 300", async () => {
    const latest = await rows("BTC-USD");
    assert.equal(latest.length, 300);
    assert.equal(days(latest)[0], "2024-06-10");
    assert.deepEqual(await rows("BTC-USD", { start: "2022-01-01" }), latest);
    assert.deepEqual(await rows("BTC-USD", { end: "2022-01-01" }), latest);
  });

  it("includes the bucket that is still open, which goes on changing until it ends, and none from the future", async () => {
    const range = { start: "2024-06-09", end: "2024-06-20" };
    const [half, before] = await rows("BTC-USD", range);
    assert.deepEqual(days([half, before] as Row[]), ["2024-06-10", "2024-06-09"]);
    now = Date.parse("2024-06-11T06:00:00Z");
    const [, full, beforeAgain] = await rows("BTC-USD", range);
    assert.equal(full?.[0], half?.[0]);
    assert.equal(full?.[3], half?.[3]);
    assert.ok((full?.[5] ?? 0) > 1.9 * (half?.[5] ?? 0));
    assert.notEqual(full?.[4], half?.[4]);
    assert.deepEqual(beforeAgain, before);
    now = Date.parse("2024-08-01T00:00:00Z");
    assert.deepEqual((await rows("BTC-USD", { start: "2024-06-10", end: "2024-06-10" }))[0], full);
  });

  it("has no rows before a product is listed", async () => {
    const found = await rows("XRP-USD", { start: "2023-07-01", end: "2023-07-15" });
    assert.deepEqual(days(found), ["2023-07-15", "2023-07-14", "2023-07-13"]);
    assert.deepEqual(await rows("XRP-USD", { start: "2022-01-01", end: "2022-03-01" }), []);
  });

  it("refuses granularities that the API does not have, and says which one it has itself", async () => {
    for (const granularity of ["7", "86401", "1d", ""])
      assert.deepEqual(await get("/products/BTC-USD/candles", { granularity }), [
        400,
        '{"message":"Unsupported granularity"}',
      ]);
    assert.deepEqual(await get("/products/BTC-USD/candles", { granularity: 3600 }), [
      501,
      '{"message":"This replay server has candles of granularity 86400 only"}',
    ]);
  });

  it("refuses what is no time", async () => {
    const query = { granularity: DAY, start: "2022-01-01", end: "2022-01-03" };
    const path = "/products/BTC-USD/candles";
    assert.deepEqual(await get(path, { ...query, start: "then" }), [400, '{"message":"Invalid start"}']);
    assert.deepEqual(await get(path, { ...query, end: "2022-02-30T25:00" }), [400, '{"message":"Invalid end"}']);
  });

  it("knows no other product and path", async () => {
    for (const path of ["/products/NOPE-USD/candles", "/products/NOPE-USD", "/else", "/products/BTC-USD/trades"])
      assert.deepEqual(await get(path, { granularity: DAY }), [404, '{"message":"NotFound"}']);
  });

  it("lists its products, with numbers as texts", async () => {
    const [status, body] = await get("/products");
    assert.equal(status, 200);
    const listed: { id: string; base_currency: string; status: string }[] = JSON.parse(body);
    assert.deepEqual(
      listed.map(({ id }) => id),
      coinbaseProducts,
    );
    assert.deepEqual(await get("/products/XLM-USD"), [
      200,
      '{"id":"XLM-USD","base_currency":"XLM","quote_currency":"USD","quote_increment":"0.000001","base_increment":"1",' +
        '"display_name":"XLM/USD","min_market_funds":"1","margin_enabled":false,"post_only":false,"limit_only":false,' +
        '"cancel_only":false,"status":"online","status_message":"","trading_disabled":false,"fx_stablecoin":false,' +
        '"max_slippage_percentage":"0.02000000","auction_mode":false,"high_bid_limit_percentage":""}',
    ]);
  });

  it("has products that are no tokens in dollars: an auction of the same base, other quotes, one that is delisted", async () => {
    const [, body] = await get("/products");
    const listed: { id: string; base_currency: string; quote_currency: string; status: string }[] = JSON.parse(body);
    const bitcoin = listed.filter(({ base_currency: base }) => base === "BTC").map(({ id }) => id);
    assert.deepEqual(bitcoin, ["BTC-USD", "BTC-EUR", "BTCAUCTION-USD"]);
    assert.deepEqual(
      listed.filter(({ status }) => status !== "online").map(({ id }) => id),
      ["REP-USD"],
    );
    assert.deepEqual(await rows("BTCAUCTION-USD"), []);
  });

  describe("statistics", () => {
    const stats = async (product: string): Promise<Record<string, string>> =>
      JSON.parse((await get(`/products/${product}/stats`))[1]);

    it("are texts about the 24 hours until now and about 30 days", async () => {
      assert.deepEqual(await get("/products/BTC-USD/stats"), [
        200,
        '{"open":"27003.85","high":"27429.34","low":"27003.85","last":"27335.43","volume":"11164.98357333","volume_30day":"548136.00977776"}',
      ]);
    });

    it("agree with the candles", async () => {
      const [today, yesterday] = await rows("BTC-USD", { start: "2024-06-09", end: "2024-06-10" });
      const { last, low, high, volume, volume_30day: month } = await stats("BTC-USD");
      assert.equal(Number(last), today?.[4]);
      assert.ok(Number(low) <= Number(last) && Number(last) <= Number(high));
      assert.ok(Math.abs(Number(volume) - ((today?.[5] ?? 0) + (yesterday?.[5] ?? 0) / 2)) < 1e-6);
      const latest = await rows("BTC-USD", { start: "2024-05-12", end: "2024-06-10" });
      assert.equal(latest.length, 30);
      assert.ok(Math.abs(Number(month) - latest.reduce((sum, row) => sum + row[5], 0)) < 1e-6);
    });

    it("move with the clock", async () => {
      const before = await stats("ETH-USD");
      now += 24 * 3_600_000;
      assert.equal((await stats("ETH-USD")).open, before.last);
    });

    it("are zeros for what was never traded, and there for no other product", async () => {
      assert.equal((await stats("BTCAUCTION-USD")).last, "0");
      assert.deepEqual(await get("/products/NOPE-USD/stats"), [404, '{"message":"NotFound"}']);
    });
  });

  it("limits requests to a burst of 15 and then 10 a second, without saying when to come back", async () => {
    const statuses = async (times: number): Promise<number> => {
      let refused = 0;
      for (let count = 0; count < times; count += 1) {
        const response = await fetch(`${server.url}/products/BTC-USD`);
        if (response.status !== 429) continue;
        refused += 1;
        assert.equal(await response.text(), '{"message":"Public rate limit exceeded"}');
        assert.equal(response.headers.get("retry-after"), null);
      }
      return refused;
    };
    assert.equal(await statuses(16), 1);
    now += 1_000;
    assert.equal(await statuses(12), 2);
    assert.equal(server.answered(429), 3);
  });

  it("lifts the limit when told so", async () => {
    await using free = await startCoinbase({ limit: null, now: () => now });
    for (let count = 0; count < 40; count += 1) await (await fetch(`${free.url}/products/BTC-USD`)).text();
    assert.equal(free.answered(200), 40);
  });

  it("insists on a user agent", async () => {
    const [status, body] = await new Promise<[number | undefined, string]>((resolve, reject) => {
      httpGet(`${server.url}/products`, async (response) => resolve([response.statusCode, await text(response)])).on(
        "error",
        reject,
      );
    });
    assert.deepEqual([status, body], [400, '{"message":"User-Agent header is required."}']);
  });
});
