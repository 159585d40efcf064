import assert from "node:assert/strict";
import dailyPrices from "../../datasets/daily-prices.ts";
import { withSource } from "../../runtime/dataset/index.ts";
import type { Answer, ReplayServer } from "../../runtime/replay/server.ts";
import { JumpingClock } from "../support/clock.ts";
import { type DatasetRun, only, startDatasetRun } from "../support/dataset-run.ts";
import { never } from "../support/extraction.ts";
import { startAlpacaBars } from "../support/replay/alpaca-bars.ts";
import { replayKeyId, replaySecretKey } from "../support/replay/alpaca-news.ts";
import { replayToken, startTiingo } from "../support/replay/tiingo.ts";

const TICKERS = ["AAPL", "IBM"];

const detail = (status: number, text: string): Answer => ({ status, body: JSON.stringify({ detail: text }) });

describe("daily_prices", () => {
  const stack: AsyncDisposable[] = [];
  let clock: JumpingClock;
  let asOf: string;
  let server: ReplayServer;
  let lake: DatasetRun;

  const start = async (tickers = TICKERS, token = replayToken): Promise<void> => {
    clock = new JumpingClock(Date.parse("2026-01-05T10:00:00Z"));
    server = await startTiingo({ asOf: () => asOf, now: clock.now });
    const dataset = only(dailyPrices, ...tickers);
    lake = await startDatasetRun({ dataset, server, secrets: { TIINGO_TOKEN: token }, clock });
    stack.push(server, lake);
  };

  const aDayPasses = (): Promise<void> => clock.sleep(86_400_000, never);

  const asked = (ticker: string): string[] =>
    server.requests
      .filter(({ path }) => path.includes(ticker))
      .map(({ query }) => `${query.get("startDate")} ${query.get("endDate")}`);

  beforeEach(() => {
    asOf = "2013-03-01";
  });
  afterEach(async () => {
    for (const one of stack.splice(0)) await one[Symbol.asyncDispose]();
  });

  it("asks the history again after a split, of that ticker alone", async () => {
    await start();
    asOf = "2005-02-25";
    await lake.run("2005-02-26");
    const before = (await lake.records("AAPL")).find(({ date }) => date === "2005-02-24");
    const requests = server.requests.length;
    asOf = "2005-02-28";
    await aDayPasses();
    const summary = await lake.run("2005-03-01");
    const after = (await lake.records("AAPL")).find(({ date }) => date === "2005-02-24");
    assert.equal(Number(before?.adj_close), Number(after?.adj_close) * 2);
    assert.equal(before?.close, after?.close);
    assert.equal(Number(after?.adj_volume), Number(after?.volume) * 2);
    assert.deepEqual([summary.outcome, summary.errors, summary.gaps], ["done", [], 0]);
    const again = server.requests.slice(requests).map(({ path, query }) => `${path} ${query.get("startDate")}`);
    assert.deepEqual(
      again.filter((line) => line.endsWith("2000-01-01")),
      ["/tiingo/daily/AAPL/prices 2000-01-01"],
    );
  });

  it("does not ask it a second time for the same split", async () => {
    await start(["AAPL"]);
    asOf = "2005-02-25";
    await lake.run("2005-02-26");
    asOf = "2005-03-01";
    await aDayPasses();
    await lake.run("2005-03-01");
    await aDayPasses();
    const histories = asked("AAPL").filter((range) => range.startsWith("2000-01-01")).length;
    await lake.run("2005-03-02");
    assert.equal(histories, 2);
    assert.equal(asked("AAPL").filter((range) => range.startsWith("2000-01-01")).length, 2);
  });

  it("takes a correction of the last seven days", async () => {
    await start(["IBM"]);
    const row = (close: string): string =>
      `[{"date":"2013-02-27T00:00:00.000Z","close":${close},"high":203,"low":198,"open":200,"volume":1,"adjClose":1,` +
      `"adjHigh":1,"adjLow":1,"adjOpen":1,"adjVolume":1,"divCash":0,"splitFactor":1}]`;
    server.fail(({ query }) => query.get("endDate") === "2013-02-27", {
      kind: "answer",
      answer: { status: 200, body: row("199.99") },
    });
    asOf = "2013-02-27";
    await lake.run("2013-02-28");
    const closeOf = async () => (await lake.records("IBM")).find(({ date }) => date === "2013-02-27")?.close;
    assert.equal(Number(await closeOf()), 199.99);
    asOf = "2013-02-28";
    await aDayPasses();
    await lake.run("2013-03-01");
    assert.equal(Number(await closeOf()), 202.33);
    assert.equal(asked("IBM").at(-1), "2013-02-21 2013-02-28", "the new session and the week before it in one request");
    assert.equal(server.requests.length, 3);
  });

  describe("meets an answer of Tiingo", () => {
    const month = detail(429, "Error: You have run over your 500 symbol look up for this month.");

    for (const [name, answer] of [
      ["of an hour", detail(429, "Error: You have run over your hourly request allocation.")],
      ["of a month", month],
      ["with status 200", { ...month, status: 200 }],
    ] as const)
      it(`waits when the allowance ${name} is used up, and goes on`, async () => {
        await start();
        server.fail(2, { kind: "answer", answer }, 1);
        const summary = await lake.run("2000-04-01");
        assert.deepEqual([summary.outcome, summary.errors, summary.rows], ["done", [], 46]);
        assert.ok(clock.slept.some((time) => time >= 1_000));
      });

    it("stops without failing when that takes longer than a run waits, and keeps what it has", async () => {
      await start();
      const end = server.fail(({ path }) => path.includes("IBM"), { kind: "answer", answer: month });
      const summary = await lake.run("2000-04-01");
      assert.equal(summary.outcome, "stopped");
      assert.deepEqual(summary.errors, []);
      assert.ok(Date.parse(summary.resumeAt ?? "") > clock.now());
      assert.equal(summary.rows, 23);
      end();
      clock = new JumpingClock(Date.parse(summary.resumeAt ?? ""));
      assert.equal((await lake.run("2000-04-01")).rows, 46);
    });

    for (const answer of [
      detail(404, "Error: Ticker 'IBM' not found"),
      detail(404, "Not found."),
      detail(200, "Error: Ticker 'IBM' not found"),
    ])
      it(`skips a ticker that it does not know: ${answer.status} ${answer.body}`, async () => {
        await start();
        server.fail(({ path }) => path.includes("IBM"), { kind: "answer", answer });
        const summary = await lake.run("2000-04-01");
        assert.deepEqual([summary.outcome, summary.errors, summary.rows], ["done", [], 23]);
        assert.deepEqual(
          summary.warnings.map(({ partition }) => partition),
          ["IBM"],
        );
        assert.match(summary.warnings[0]?.problem ?? "", /answered \d+: .*ot found.*take the ticker out/);
      });

    for (const answer of [detail(401, "Invalid token."), detail(200, "Please supply a token")])
      it(`stops at a token that is refused: ${answer.status} ${answer.body}`, async () => {
        await start();
        server.fail(() => true, { kind: "answer", answer });
        const summary = await lake.run("2000-04-01");
        assert.equal(summary.outcome, "failed");
        assert.match(summary.errors[0]?.problem ?? "", /set TIINGO_TOKEN/);
        assert.ok(server.requests.length <= TICKERS.length, "no other ticker is tried");
      });

    it("fails the ticker at any other error with status 200, and takes it for no row", async () => {
      await start();
      server.fail(({ path }) => path.includes("IBM"), { kind: "answer", answer: detail(200, "Something went wrong") });
      const summary = await lake.run("2000-04-01");
      assert.deepEqual([summary.outcome, summary.rows, summary.quarantined], ["failed", 23, 0]);
      assert.deepEqual(
        summary.errors.map(({ partition }) => partition),
        ["IBM"],
      );
      assert.match(summary.errors[0]?.problem ?? "", /answered 200: .*Something went wrong/);
    });
  });

  it("stops with what to do when the token is wrong", async () => {
    await start(TICKERS, "wrong");
    const summary = await lake.run("2000-04-01");
    assert.equal(summary.outcome, "failed");
    assert.match(summary.errors[0]?.problem ?? "", /answered 401: .*Invalid token.*set TIINGO_TOKEN/);
  });

  it("takes the same prices from Alpaca, without what Alpaca does not tell", async () => {
    clock = new JumpingClock(Date.parse("2026-01-05T10:00:00Z"));
    server = await startAlpacaBars({ now: clock.now });
    lake = await startDatasetRun({
      dataset: withSource(only(dailyPrices, "AAPL", "FB", "IBM"), "alpaca"),
      server,
      secrets: { ALPACA_KEY_ID: replayKeyId, ALPACA_SECRET_KEY: replaySecretKey },
      clock,
    });
    stack.push(server, lake);
    const summary = await lake.run("2013-03-02");
    assert.deepEqual([summary.outcome, summary.errors, summary.gaps], ["done", [], 0]);
    assert.equal(summary.rows, 3_270 * 2 + 196);
    const last = (await lake.records("FB")).at(-1);
    assert.deepEqual(
      [last?.ticker, last?.date, Number(last?.close), last?.volume, last?.adj_close, last?.split_factor],
      ["FB", "2013-03-01", 27.78, "54064800", null, null],
    );
  });
});
