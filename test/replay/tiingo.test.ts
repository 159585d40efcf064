import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";
import type { ReplayServer } from "../../runtime/replay/server.ts";
import { recordedThrough, replayToken, startTiingo } from "../support/replay/tiingo.ts";

const FIXTURE = new URL("../fixtures/daily-prices/daily-ohlcv.csv.gz", import.meta.url);
const ROW =
  /\{"date":"([^"]+)T00:00:00\.000Z","close":([\d.]+),"high":([\d.]+),"low":([\d.]+),"open":([\d.]+),"volume":(\d+),"adjClose":([\d.]+),/g;

describe("replay server of Tiingo", () => {
  let now = Date.parse("2026-01-05T10:00:00Z");
  let server: ReplayServer;

  async function get(ticker: string, query = "", headers?: Record<string, string>): Promise<[number, string]> {
    const response = await fetch(`${server.url}/tiingo/daily/${ticker}/prices${query}`, {
      headers: headers ?? { authorization: `Token ${replayToken}` },
    });
    return [response.status, await response.text()];
  }

  beforeEach(async () => {
    server = await startTiingo({ requestsPerHour: 10, now: () => now });
  });
  afterEach(() => server.close());

  it("answers a range, both ends inclusive, ascending, with the texts of the file", async () => {
    assert.deepEqual(await get("AAPL", "?startDate=2000-06-20&endDate=2000-06-21"), [
      200,
      '[{"date":"2000-06-20T00:00:00.000Z","close":101.25,"high":103.94,"low":98.37,"open":98.5,"volume":4476700,' +
        '"adjClose":3.2530090467797,"adjHigh":3.33943466985,"adjLow":3.160479011671,"adjOpen":3.164655714645,' +
        '"adjVolume":17906800,"divCash":0.0,"splitFactor":1.0},' +
        '{"date":"2000-06-21T00:00:00.000Z","close":55.63,"high":56.94,"low":50.31,"open":50.5,"volume":4375000,' +
        '"adjClose":3.5746151757502,"adjHigh":3.658791804911,"adjLow":3.2327681016,"adjOpen":3.244976925677,' +
        '"adjVolume":8750000,"divCash":0.0,"splitFactor":2.0}]',
    ]);
  });

  it("keeps a number like 127.0 as it is", async () => {
    const [, body] = await get("aapl", "?startDate=2000-3-2&endDate=2000-3-2");
    assert.ok(body.includes('"close":122.0,'), body);
    assert.ok(body.includes('"open":127.0,'), body);
  });

  it("has all 12,154 rows of the file with the same texts", async () => {
    const served: string[] = [];
    for (const ticker of ["AAPL", "FB", "GOOG", "IBM", "MSFT"]) {
      const [status, body] = await get(ticker, "?startDate=1990-01-01&endDate=2030-01-01");
      assert.equal(status, 200);
      assert.equal(JSON.parse(body).length, [...body.matchAll(ROW)].length);
      for (const [, date, close, high, low, open, volume, adjClose] of body.matchAll(ROW))
        served.push([ticker, date, open, high, low, close, volume, adjClose].join(","));
    }
    const [, ...lines] = gunzipSync(readFileSync(FIXTURE)).toString().trimEnd().split("\n");
    assert.equal(served.length, 12_154);
    assert.deepEqual(served.sort(), lines.sort());
  });

  it("answers only the latest row without a start", async () => {
    const dates = async (query: string): Promise<string[]> =>
      JSON.parse((await get("IBM", query))[1]).map((row: { date: string }) => row.date);
    assert.deepEqual(await dates(""), [`${recordedThrough}T00:00:00.000Z`]);
    assert.deepEqual(await dates("?endDate=2001-09-16"), ["2001-09-10T00:00:00.000Z"]);
  });

  it("answers an empty list where there is nothing", async () => {
    assert.deepEqual(await get("FB", "?startDate=2000-01-01&endDate=2012-05-17"), [200, "[]"]);
    assert.deepEqual(await get("AAPL", "?startDate=2013-03-02&endDate=2026-01-01"), [200, "[]"]);
    assert.deepEqual(await get("AAPL", "?startDate=2001-09-11&endDate=2001-09-14"), [200, "[]"]);
  });

  it("refuses a request without the token, or with another one", async () => {
    assert.deepEqual(await get("AAPL", "", {}), [401, '{"detail":"Please supply a token"}']);
    for (const authorization of ["Token wrong", `Bearer ${replayToken}`, replayToken])
      assert.deepEqual(await get("AAPL", "", { authorization }), [401, '{"detail":"Invalid token."}']);
  });

  it("takes the token that it was told", async () => {
    await using other = await startTiingo({ token: "mine" });
    const status = async (token: string): Promise<number> =>
      (await fetch(`${other.url}/tiingo/daily/IBM/prices`, { headers: { authorization: `Token ${token}` } })).status;
    assert.equal(await status("mine"), 200);
    assert.equal(await status(replayToken), 401);
  });

  it("does not know other tickers, paths, parameters and dates", async () => {
    assert.deepEqual(await get("XXXX"), [404, `{"detail":"Error: Ticker 'XXXX' not found"}`]);
    assert.deepEqual(await get("AAPL/else"), [404, '{"detail":"Not found."}']);
    assert.deepEqual(await get("AAPL", "?resampleFreq=weekly"), [
      501,
      `{"detail":"Error: this replay server does not speak the parameter 'resampleFreq'"}`,
    ]);
    assert.deepEqual(await get("AAPL", "?startDate=yesterday"), [
      400,
      '{"detail":"Error: dates must have the form YYYY-MM-DD"}',
    ]);
  });

  it("limits the requests of an hour", async () => {
    now = Date.parse("2026-01-05T11:30:00Z");
    await get("IBM", "", {});
    for (let times = 0; times < 10; times += 1) assert.equal((await get("IBM"))[0], 200);
    assert.deepEqual(await get("IBM"), [
      429,
      '{"detail":"Error: You have run over your hourly request allocation. Please upgrade at https://api.tiingo.com/pricing to have your limits increased."}',
    ]);
    assert.equal(server.answered(429), 1);
    now = Date.parse("2026-01-05T12:00:00Z");
    assert.equal((await get("IBM"))[0], 200);
  });
});
