import assert from "node:assert/strict";
import iexChart from "../../datasets/iex-chart.ts";
import { withSource } from "../../runtime/dataset/index.ts";
import type { Answer, ReplayServer } from "../../runtime/replay/server.ts";
import { JumpingClock } from "../support/clock.ts";
import { type DatasetRun, only, startDatasetRun } from "../support/dataset-run.ts";
import { keysOf, never } from "../support/extraction.ts";
import { replayIexToken, startIex } from "../support/replay/iex.ts";

const plain = (status: number, body: string): Answer => ({ status, body, headers: { "content-type": "text/html" } });

describe("iex_chart", () => {
  const stack: AsyncDisposable[] = [];
  let clock: JumpingClock;
  let server: ReplayServer;
  let lake: DatasetRun;

  async function start(now = "2013-03-01T22:00:00Z", source = "default"): Promise<void> {
    clock = new JumpingClock(Date.parse(now));
    server = await startIex({ now: clock.now });
    const dataset = withSource(only(iexChart, "FB", "IBM"), source);
    lake = await startDatasetRun({ dataset, server, secrets: { IEX_TOKEN: replayIexToken }, clock });
    stack.push(server, lake);
  }

  const ranges = (): string[] => server.requests.map(({ path }) => path.slice("/stock/".length).replace("chart/", ""));

  afterEach(async () => {
    for (const one of stack.splice(0)) await one[Symbol.asyncDispose]();
  });

  for (const source of ["default", "csv"])
    it(`brings in all sessions with one request a key, from ${source === "csv" ? "CSV" : "JSON"}`, async () => {
      await start("2013-03-01T22:00:00Z", source);
      const summary = await lake.run();
      assert.deepEqual([summary.outcome, summary.errors, summary.gaps], ["done", [], 0]);
      assert.equal(summary.rows, 3_270 + 196);
      assert.deepEqual(ranges().sort(), ["FB/max", "IBM/max"]);
      const last = (await lake.records("IBM")).at(-1);
      assert.deepEqual(
        [last?.key, last?.symbol, last?.date, Number(last?.close), Number(last?.percent_change), last?.volume],
        ["IBM", "IBM", "2013-03-01", 202.91, 0.0104, "3308300"],
      );
    });

  it("asks for a small range the next day", async () => {
    await start("2013-02-28T22:00:00Z");
    await lake.run();
    const before = server.requests.length;
    await clock.sleep(86_400_000, never);
    const summary = await lake.run();
    assert.deepEqual([summary.outcome, summary.rows], ["done", 3_270 + 196]);
    assert.ok(
      ranges()
        .slice(before)
        .every((range) => /\/(5d|1m)$/.test(range)),
      ranges().join(),
    );
  });

  it("never sends nor keeps the token where it can be read", async () => {
    await start();
    await lake.run();
    for await (const { key } of lake.store.list("")) {
      const text = new TextDecoder().decode((await lake.store.get(key))?.body);
      assert.ok(!text.includes(replayIexToken), key);
    }
  });

  it("skips a key that IEX does not know, and keeps no error as raw", async () => {
    await start();
    server.fail(({ path }) => path.includes("IBM"), { kind: "answer", answer: plain(404, "Unknown symbol") });
    const summary = await lake.run();
    assert.deepEqual([summary.outcome, summary.errors, summary.rows], ["done", [], 196]);
    assert.match(summary.warnings[0]?.problem ?? "", /Unknown symbol.*take the key out/);
    assert.deepEqual(await keysOf(lake.store, "raw/iex_chart/IBM/"), []);
  });

  for (const [answer, problem] of [
    [plain(401, "An API key is required to access this data and no key was provided"), /set IEX_TOKEN/],
    [plain(403, "The API key provided is not valid."), /not valid.*set IEX_TOKEN/],
    [plain(400, "The API key provided is not valid."), /set IEX_TOKEN/],
    [plain(402, "You have exceeded your allotted message quota."), /message quota.*pay as you go/],
  ] as const)
    it(`stops with a message of its own: ${answer.status} ${answer.body}`, async () => {
      await start();
      server.fail(() => true, { kind: "answer", answer });
      const summary = await lake.run();
      assert.equal(summary.outcome, "failed");
      assert.match(summary.errors[0]?.problem ?? "", problem);
      assert.ok(server.requests.length <= 2, "no other key is tried");
    });

  it("waits when it is asked too fast", async () => {
    await start();
    server.fail(1, { kind: "answer", answer: plain(429, "Too many requests") });
    const summary = await lake.run();
    assert.deepEqual([summary.outcome, summary.errors], ["done", []]);
    assert.ok(clock.slept.some((time) => time >= 1_000));
  });

  it("takes an error with status 200 for no chart", async () => {
    await start();
    server.fail(({ path }) => path.includes("IBM"), {
      kind: "answer",
      answer: { status: 200, body: '{"error":"sorry"}' },
    });
    const summary = await lake.run();
    assert.deepEqual([summary.outcome, summary.rows, summary.quarantined], ["failed", 196, 0]);
    assert.deepEqual(
      summary.errors.map(({ partition }) => partition),
      ["IBM"],
    );
  });
});
