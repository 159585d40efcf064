import assert from "node:assert/strict";
import intradayPrices from "../../datasets/intraday-prices.ts";
import type { Answer, ReplayServer } from "../../runtime/replay/server.ts";
import { JumpingClock } from "../support/clock.ts";
import { type DatasetRun, startDatasetRun } from "../support/dataset-run.ts";
import { startAlpacaBars } from "../support/replay/alpaca-bars.ts";
import { replayKeyId, replaySecretKey } from "../support/replay/alpaca-news.ts";

const says = (status: number, message: string): Answer => ({ status, body: JSON.stringify({ message }) });

describe("intraday_prices", () => {
  let clock: JumpingClock;
  let server: ReplayServer;
  let lake: DatasetRun;

  beforeEach(async () => {
    clock = new JumpingClock(Date.parse("2026-01-05T10:00:00Z"));
    server = await startAlpacaBars({ now: clock.now });
    const secrets = { ALPACA_KEY_ID: replayKeyId, ALPACA_SECRET_KEY: replaySecretKey };
    lake = await startDatasetRun({ dataset: intradayPrices, server, secrets, clock });
  });
  afterEach(async () => {
    await server[Symbol.asyncDispose]();
    await lake[Symbol.asyncDispose]();
  });

  it("brings in the minutes of the tickers in the file, half day and holiday included", async () => {
    const summary = await lake.run("2024-12-01");
    assert.deepEqual([summary.outcome, summary.errors, summary.gaps, summary.quarantined], ["done", [], 0, 0]);
    assert.equal(summary.partitions, 6);
    const minutes = await lake.records("NVDA");
    const perDay = Map.groupBy(minutes, ({ time }) => String(time).slice(0, 10));
    assert.deepEqual([...perDay.keys()], ["2024-11-25", "2024-11-26", "2024-11-27", "2024-11-29"]);
    assert.equal(minutes[0]?.time, "2024-11-25T14:30:00Z");
    assert.equal(minutes.at(-1)?.time, "2024-11-29T17:59:00Z");
    assert.equal(summary.rows, (await Promise.all(intradayPrices.partitions.values.map(lake.records))).flat().length);
    assert.deepEqual(
      server.requests.map(({ query }) => [query.get("start")?.slice(0, 10), query.get("symbols")?.split(",").length]),
      ["25", "26", "27", "28", "29", "30"].map((day) => [`2024-11-${day}`, 6]),
    );
  });

  it("does nothing a second time", async () => {
    await lake.run("2024-11-27");
    const { length } = server.requests;
    const second = await lake.run("2024-11-27");
    assert.deepEqual([second.outcome, server.requests.length], ["nothing to do", length]);
  });

  it("goes on after a page token that is no longer good, from the first page, once", async () => {
    server.fail(1, { kind: "answer", answer: says(400, "invalid page_token") });
    const summary = await lake.run("2024-11-26");
    assert.deepEqual([summary.outcome, summary.errors], ["done", []]);
    assert.equal(server.requests.length, 2);
  });

  it("waits until the minute is over", async () => {
    const headers = {
      date: new Date(clock.now()).toUTCString(),
      "X-RateLimit-Reset": String(clock.now() / 1_000 + 42),
    };
    server.fail(1, { kind: "answer", answer: { ...says(429, "too many requests."), headers } });
    const summary = await lake.run("2024-11-26");
    assert.deepEqual([summary.outcome, summary.errors], ["done", []]);
    assert.ok(clock.now() >= Date.parse("2026-01-05T10:00:42Z"));
  });

  for (const [answer, problem] of [
    [says(403, "forbidden."), /answered 403: .*forbidden.*set ALPACA_KEY_ID and ALPACA_SECRET_KEY/],
    [says(401, "unauthorized."), /answered 401: .*set ALPACA_KEY_ID and ALPACA_SECRET_KEY/],
    [says(403, "subscription does not permit querying recent SIP data"), /recent SIP data.*paid plan/],
    [says(422, "end is too late for subscription"), /too late.*paid plan/],
    [says(400, "invalid symbol: A*"), /invalid symbol: A\*.*correct it or take it out/],
    [says(422, "invalid start"), /answered 422: .*invalid start/],
    [{ status: 200, body: '{"message":"sorry"}' }, /it has no bars/],
  ] as const)
    it(`fails with a message of its own: ${answer.status} ${answer.body}`, async () => {
      server.fail(() => true, { kind: "answer", answer });
      const summary = await lake.run("2024-11-26");
      assert.deepEqual([summary.outcome, summary.rows], ["failed", 0]);
      assert.match(summary.errors[0]?.problem ?? "", problem);
      assert.equal(server.requests.length, 1);
    });

  it("says that it cannot be told complete when a token comes twice", async () => {
    const body =
      '{"bars":{"AAPL":[{"t":"2024-11-25T15:00:00Z","o":1,"h":1,"l":1,"c":1,"v":1,"n":1,"vw":1}]},"next_page_token":"QQ=="}';
    server.fail(() => true, { kind: "answer", answer: { status: 200, body } });
    const summary = await lake.run("2024-11-26");
    assert.equal(summary.outcome, "failed");
    assert.match(summary.errors[0]?.problem ?? "", /complete/);
    assert.ok(summary.coverage.every(({ covered }) => covered.length === 0));
  });
});
