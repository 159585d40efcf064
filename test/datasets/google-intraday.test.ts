import assert from "node:assert/strict";
import googleIntraday from "../../datasets/google-intraday.ts";
import type { ReplayServer } from "../../runtime/replay/server.ts";
import { JumpingClock } from "../support/clock.ts";
import { type DatasetRun, startDatasetRun } from "../support/dataset-run.ts";
import { notARobot, startGoogleFinance } from "../support/replay/google-finance.ts";

describe("google_intraday", () => {
  let clock: JumpingClock;
  let server: ReplayServer;
  let lake: DatasetRun;

  beforeEach(async () => {
    clock = new JumpingClock(Date.parse("2016-04-01T17:00:00Z"));
    server = await startGoogleFinance();
    lake = await startDatasetRun({ dataset: googleIntraday, server, clock });
  });
  afterEach(async () => {
    await server[Symbol.asyncDispose]();
    await lake[Symbol.asyncDispose]();
  });

  it("brings in sessions over Easter and the beginning of summer time", async () => {
    const summary = await lake.run();
    assert.deepEqual([summary.outcome, summary.errors, summary.gaps, summary.quarantined], ["done", [], 0, 0]);
    const minutes = await lake.records("BP.");
    const perDay = Map.groupBy(minutes, ({ time }) => String(time).slice(0, 10));
    assert.deepEqual(
      [...perDay].map(([day, list]) => `${day} ${list[0]?.utc_offset} ${String(list.at(-1)?.time).slice(11, 15)}`),
      [
        "2016-03-23 0 16:2",
        "2016-03-24 0 16:2",
        "2016-03-29 60 15:2",
        "2016-03-30 60 15:2",
        "2016-03-31 60 15:2",
        "2016-04-01 60 15:2",
      ],
    );
    assert.equal(server.requests.length, 5);
  });

  it("skips a ticker that Google does not know", async () => {
    const answer = { status: 200, body: "EXCHANGE%3DUNKNOWN+EXCHANGE\nINTERVAL=60\nCOLUMNS=DATE,CLOSE\nDATA=\n" };
    server.fail(({ query }) => query.get("q") === "VOD", { kind: "answer", answer });
    const summary = await lake.run();
    assert.deepEqual([summary.outcome, summary.errors], ["done", []]);
    assert.deepEqual(
      summary.warnings.map(({ partition }) => partition),
      ["VOD"],
    );
  });

  it("stops at a web page", async () => {
    server.fail(() => true, { kind: "answer", answer: notARobot });
    const summary = await lake.run();
    assert.deepEqual([summary.outcome, summary.rows], ["failed", 0]);
    assert.match(summary.errors[0]?.problem ?? "", /the service is gone/);
    assert.equal(server.requests.length, 1);
  });

  it("fails a ticker whose text is cut off, and the others go on", async () => {
    const body =
      "EXCHANGE%3DLON\nINTERVAL=60\nCOLUMNS=DATE,CLOSE,HIGH,LOW,OPEN,VOLUME\nDATA=\na1459494000,1,1,1,1,5\n1,1,1";
    server.fail(({ query }) => query.get("q") === "VOD", { kind: "answer", answer: { status: 200, body } });
    const summary = await lake.run();
    assert.equal(summary.outcome, "failed");
    assert.deepEqual(
      summary.errors.map(({ partition }) => partition),
      ["VOD"],
    );
    assert.match(summary.errors[0]?.problem ?? "", /line 6/);
    assert.equal(new Set(summary.coverage.filter(({ rows }) => rows > 0).map(({ partition }) => partition)).size, 4);
  });
});
