import assert from "node:assert/strict";
import sharadarPrices from "../../datasets/sharadar-prices.ts";
import sharadarTickers from "../../datasets/sharadar-tickers.ts";
import type { Dataset } from "../../runtime/dataset/index.ts";
import type { ReplayServer } from "../../runtime/replay/server.ts";
import { JumpingClock } from "../support/clock.ts";
import { type DatasetRun, only, startDatasetRun } from "../support/dataset-run.ts";
import { never } from "../support/extraction.ts";
import { type NasdaqOptions, nasdaqError, replayNasdaqKey, startNasdaq } from "../support/replay/nasdaq.ts";

describe("Sharadar", () => {
  const stack: AsyncDisposable[] = [];
  let clock: JumpingClock;
  let asOf: string;
  let server: ReplayServer;
  let lake: DatasetRun;

  async function start(dataset: Dataset, options: NasdaqOptions = {}, key = replayNasdaqKey): Promise<void> {
    clock = new JumpingClock(Date.parse("2013-03-02T05:00:00Z"));
    server = await startNasdaq({ asOf: () => asOf, now: clock.now, ...options });
    lake = await startDatasetRun({ dataset, server, secrets: { NASDAQ_DATA_LINK_API_KEY: key }, clock });
    stack.push(server, lake);
  }

  /** A page of 196 rows. */
  const facebook = only(sharadarPrices, "FB");

  beforeEach(() => {
    asOf = "2013-03-01";
  });
  afterEach(async () => {
    for (const one of stack.splice(0)) await one[Symbol.asyncDispose]();
  });

  describe("sharadar_prices", () => {
    it("brings in all tickers with one window, page by page", async () => {
      await start(sharadarPrices);
      const summary = await lake.run();
      assert.deepEqual([summary.outcome, summary.errors, summary.quarantined], ["done", [], 0]);
      assert.equal(summary.rows, 12_154);
      assert.equal(server.requests.length, 2);
      const first = (await lake.records("AAPL"))[0];
      assert.deepEqual(
        [first?.date, Number(first?.close), Number(first?.close_unadj), first?.lastupdated],
        ["2000-03-01", 32.5775, 130.31, "2005-02-28"],
      );
      assert.equal((await lake.records("FB")).length, 196);
    });

    it("has one request under way at a time", async () => {
      const { source } = sharadarPrices;
      const oneByOne = { ...only(sharadarPrices, "FB", "GOOG", "IBM"), source: { ...source, batch: 1 } };
      await start(oneByOne, { latencyMs: 20 });
      await lake.run();
      assert.deepEqual([server.requests.length, server.maxInFlight], [3, 1]);
    });

    it("takes the new history of a ticker that was split, by what was updated", async () => {
      await start(only(sharadarPrices, "AAPL"));
      asOf = "2005-02-25";
      await lake.run("2005-02-26");
      const closeOf = async () => Number((await lake.records("AAPL")).find(({ date }) => date === "2003-01-02")?.close);
      const before = await closeOf();
      asOf = "2005-02-28";
      await clock.sleep(86_400_000, never);
      const { length } = server.requests;
      const summary = await lake.run("2005-03-01");
      assert.equal(await closeOf(), before / 2);
      assert.deepEqual([summary.outcome, summary.errors], ["done", []]);
      assert.ok(
        server.requests.slice(length).every(({ query }) => (query.get("lastupdated.gte") ?? "") >= "2005-02-18"),
      );
    });

    for (const code of ["QELx06", "QELx08"])
      it(`splits the window at ${code}`, async () => {
        await start(facebook);
        server.fail(1, { kind: "answer", answer: nasdaqError(code) });
        const summary = await lake.run();
        assert.deepEqual([summary.outcome, summary.errors, summary.rows], ["done", [], 196]);
        const ends = new Set(server.requests.map(({ query }) => query.get("lastupdated.lte")));
        assert.equal(ends.size, 2);
      });

    it("asks the window again from its first page at QESx06", async () => {
      await start(sharadarPrices);
      server.fail(2, { kind: "answer", answer: nasdaqError("QESx06") });
      const summary = await lake.run();
      assert.deepEqual([summary.outcome, summary.errors, summary.rows], ["done", [], 12_154]);
      assert.deepEqual(
        server.requests.map(({ query }) => query.has("qopts.cursor_id")),
        [false, true, false, true],
      );
    });

    for (const code of ["QEAx07", "QEMx01", "QEXx01"])
      it(`tries again at ${code}, and takes it for no data`, async () => {
        await start(facebook);
        server.fail(1, { kind: "answer", answer: nasdaqError(code) });
        const summary = await lake.run();
        assert.deepEqual([summary.outcome, summary.errors, summary.rows], ["done", [], 196]);
        assert.equal(server.requests.length, 2);
      });

    for (const code of ["QELx01", "QELx02", "QELx03", "QELx04", "QELx05"])
      it(`waits at ${code}, whatever its status`, async () => {
        await start(facebook);
        server.fail(1, { kind: "answer", answer: nasdaqError(code) });
        server.fail(2, { kind: "answer", answer: { ...nasdaqError(code), status: 200 } });
        const summary = await lake.run();
        assert.deepEqual([summary.outcome, summary.errors, summary.rows], ["done", [], 196]);
        assert.ok(clock.slept.reduce((sum, time) => sum + time, 0) >= 3_000);
      });

    for (const [code, problem] of [
      ["QELx07", /batch smaller/],
      ["QEAx01", /set NASDAQ_DATA_LINK_API_KEY/],
      ["QEAx03", /set NASDAQ_DATA_LINK_API_KEY/],
      ["QEPx04", /subscription does not include/],
      ["QESx04", /asks for what the table does not have/],
      ["QECx02", /no such table/],
    ] as const)
      it(`stops at ${code} with what to do`, async () => {
        await start(facebook);
        server.fail(() => true, { kind: "answer", answer: nasdaqError(code) });
        const summary = await lake.run();
        assert.deepEqual([summary.outcome, summary.rows], ["failed", 0]);
        assert.match(summary.errors[0]?.problem ?? "", new RegExp(`answered ${nasdaqError(code).status}: .*${code}`));
        assert.match(summary.errors[0]?.problem ?? "", problem);
        assert.equal(server.requests.length, 1);
      });

    it("stops at an error that comes with status 200", async () => {
      await start(facebook);
      server.fail(() => true, { kind: "answer", answer: { ...nasdaqError("QEPx04"), status: 200 } });
      const summary = await lake.run();
      assert.equal(summary.outcome, "failed");
      assert.match(summary.errors[0]?.problem ?? "", /subscription does not include/);
    });

    it("takes an answer without a table for no data", async () => {
      await start(facebook);
      server.fail(() => true, { kind: "answer", answer: { status: 200, body: '{"meta":{"next_cursor_id":null}}' } });
      const summary = await lake.run();
      assert.deepEqual([summary.outcome, summary.rows], ["failed", 0]);
      assert.match(summary.errors[0]?.problem ?? "", /no datatable/);
    });

    it("stops when the key is wrong", async () => {
      await start(facebook, {}, "wrong");
      const summary = await lake.run();
      assert.equal(summary.outcome, "failed");
      assert.match(summary.errors[0]?.problem ?? "", /QEAx01.*set NASDAQ_DATA_LINK_API_KEY/);
    });
  });

  describe("sharadar_tickers", () => {
    it("waits until the file has been made, and reads the CSV in it", async () => {
      await start(sharadarTickers, { polls: 2 });
      const summary = await lake.run();
      assert.deepEqual([summary.outcome, summary.errors, summary.rows], ["done", [], 6]);
      assert.equal(clock.slept.filter((time) => time === 30_000).length, 2);
      const tickers = await lake.records("SEP");
      assert.deepEqual(
        tickers.map(({ ticker, name, is_delisted, sector }) => [ticker, name, is_delisted, sector]).at(0),
        ["GONE1", "Gone For Good Inc", true, null],
      );
      const facebook = tickers.find(({ ticker }) => ticker === "FB");
      assert.deepEqual(
        [facebook?.source_table, facebook?.permaticker, facebook?.name, facebook?.first_price_date, facebook?.industry],
        ["SEP", "900002", "Facebook, Inc", "2012-05-18", null],
      );
    });

    it("asks once a day, and takes the newest", async () => {
      await start(sharadarTickers);
      await lake.run();
      const { length } = server.requests;
      assert.equal((await lake.run()).outcome, "nothing to do");
      assert.equal(server.requests.length, length);
      await clock.sleep(86_400_000, never);
      asOf = "2013-02-28";
      await lake.run();
      assert.equal((await lake.records("SEP")).find(({ ticker }) => ticker === "IBM")?.last_price_date, "2013-02-28");
    });

    it("fetches the file from another host without the key, when that host is allowed", async () => {
      const files = await startNasdaq({ asOf: () => asOf });
      stack.push(files);
      const { host } = new URL(files.url);
      const { source } = sharadarTickers;
      await start({ ...sharadarTickers, source: { ...source, hosts: [host] } }, { files: files.url });
      const summary = await lake.run();
      assert.deepEqual([summary.outcome, summary.errors, summary.rows], ["done", [], 6]);
      assert.deepEqual(
        files.requests.map(({ path, headers }) => [path.slice(0, 8), headers["x-api-token"]]),
        [["/export/", undefined]],
      );
    });

    it("refuses a file on a host that is not allowed", async () => {
      const files = await startNasdaq({ asOf: () => asOf });
      stack.push(files);
      await start(sharadarTickers, { files: files.url });
      const summary = await lake.run();
      assert.equal(summary.outcome, "failed");
      assert.equal(files.requests.length, 0);
      assert.ok(summary.errors[0]?.problem.includes(new URL(files.url).hostname));
    });

    it("says so when the file is not made within the hour", async () => {
      await start(sharadarTickers, { polls: 1_000 });
      const summary = await lake.run();
      assert.equal(summary.outcome, "failed");
      assert.match(summary.errors[0]?.problem ?? "", /within 1 hour/);
      assert.equal(server.requests.length, 121);
    });

    it("stops at a code in the middle of waiting", async () => {
      await start(sharadarTickers, { polls: 2 });
      server.fail(2, { kind: "answer", answer: nasdaqError("QEPx04") });
      const summary = await lake.run();
      assert.equal(summary.outcome, "failed");
      assert.match(summary.errors[0]?.problem ?? "", /subscription does not include/);
    });
  });
});
