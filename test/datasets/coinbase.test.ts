import assert from "node:assert/strict";
import candles from "../../datasets/coinbase-candles.ts";
import products from "../../datasets/coinbase-products.ts";
import stats from "../../datasets/coinbase-stats.ts";
import type { Fault, ReplayServer } from "../../runtime/replay/server.ts";
import { startCoinbase } from "../support/replay/coinbase.ts";
import { SourceBench, says } from "../support/sourcing.ts";

const TOKENS = "AAVE ADA ALGO ATOM AVAX BCH BTC DOGE DOT ETH LINK LTC SOL UNI XLM XRP".split(" ");
const IDS = TOKENS.map((token) => `${token}-USD`);

describe("the datasets of Coinbase Exchange", () => {
  let bench: SourceBench;
  let server: ReplayServer;

  beforeEach(async () => {
    bench = await SourceBench.open("2022-12-31T00:20:00Z");
    server = await startCoinbase({ now: bench.now });
  });
  afterEach(async () => {
    await server.close();
    await bench[Symbol.asyncDispose]();
  });

  const run = (dataset: typeof products) => bench.run(dataset, server);

  it("take what is traded in dollars for partitions, and no auction, no other currency, nothing delisted", async () => {
    const found = await run(products);
    assert.equal(found.outcome, "done");
    assert.equal(found.requests, 1);
    assert.ok(found.records.some(({ id, base_currency: base }) => id === "BTCAUCTION-USD" && base === "BTC"));
    const { coverage, requests } = await run(stats);
    assert.deepEqual(
      coverage.map(({ partition }) => partition),
      IDS,
    );
    assert.equal(requests, 16);
  });

  it("keep products as they are on a day, numbers exactly", async () => {
    const { records } = await run(products);
    assert.deepEqual(
      records.find(({ id }) => id === "XLM-USD"),
      {
        venue: "coinbase",
        date: "2022-12-31",
        id: "XLM-USD",
        base_currency: "XLM",
        quote_currency: "USD",
        display_name: "XLM/USD",
        status: "online",
        status_message: "",
        base_increment: "1",
        quote_increment: "0.000001",
        min_market_funds: "1",
        max_slippage: "0.02",
        trading_disabled: false,
        cancel_only: false,
        limit_only: false,
        post_only: false,
        auction_mode: false,
        fx_stablecoin: false,
      },
    );
  });

  it("have no partition before the products are known", async () => {
    const { partitions, requests, errors } = await run(candles);
    assert.deepEqual([partitions, requests, errors], [0, 0, []]);
  });

  it("begin a product that is listed later with its whole history", async () => {
    await using few = await startCoinbase({ now: bench.now });
    few.fail(() => true, says(200, [LISTED, { ...LISTED, id: "ETH-USD", status: "delisted" }]), 1);
    await bench.run(products, few);
    assert.equal((await run(candles)).partitions, 1);
    bench.time = "2023-01-01T00:20:00Z";
    await run(products);
    const { coverage } = await run(candles);
    assert.equal(coverage.length, 16);
    assert.ok(coverage.every(({ covered }) => covered[0]?.[0] === "2022-01-01T00:00:00Z"));
  });

  it("keep a snapshot of each day on which it was asked", async () => {
    await run(products);
    await run(stats);
    const again = await run(stats);
    assert.deepEqual([again.outcome, again.requests], ["nothing to do", 0]);
    bench.time = "2023-01-01T00:20:00Z";
    const { records } = await run(stats);
    const bitcoin = records.filter(({ product }) => product === "BTC-USD");
    assert.deepEqual(
      bitcoin.map(({ date }) => date),
      ["2022-12-31", "2023-01-01"],
    );
    assert.notEqual(bitcoin[0]?.last, bitcoin[1]?.last);
    assert.match(String(bitcoin[0]?.volume_30day), /^\d+\.\d+$/);
  });

  it("ask for candles in as few requests as the API allows, and get every day once", async () => {
    await run(products);
    const { records, requests, errors, quarantined } = await run(candles);
    assert.deepEqual([errors, quarantined], [[], 0]);
    assert.equal(requests, 16 * 2);
    const bitcoin = records.filter(({ product }) => product === "BTC-USD").map(({ time }) => String(time));
    assert.equal(bitcoin.length, 364);
    assert.deepEqual([bitcoin[0], bitcoin.at(-1)], ["2022-01-01T00:00:00Z", "2022-12-30T00:00:00Z"]);
    assert.equal(server.answered(429), 0);
  });

  it("cover days without a trade, which have no record", async () => {
    await run(products);
    const { coverage, gaps, empty } = await run(candles);
    assert.equal(gaps, 0);
    const quiet = coverage.find(({ partition }) => partition === "XLM-USD");
    assert.ok((quiet?.missing.length ?? 0) > 0);
    assert.ok(empty >= (quiet?.missing.length ?? 0));
  });

  describe("when the exchange answers", () => {
    const aboutBitcoin = (fault: Fault, times = Number.POSITIVE_INFINITY) =>
      server.fail(({ path }) => path === "/products/BTC-USD/candles", fault, times);
    beforeEach(() => run(products));

    it("400 because of more than 300 candles: asks for the halves", async () => {
      const tooMany = {
        message: "granularity too small for the requested time range. Count of aggregations requested exceeds 300",
      };
      aboutBitcoin(says(400, tooMany), 1);
      const { errors, records, requests } = await run(candles);
      assert.deepEqual(errors, []);
      assert.equal(requests, 16 * 2 + 2);
      assert.equal(records.filter(({ product }) => product === "BTC-USD").length, 364);
    });

    it("400 with anything else: fails this product and says why", async () => {
      aboutBitcoin(says(400, { message: "Unsupported granularity" }));
      const { errors, coverage, outcome } = await run(candles);
      assert.equal(outcome, "failed");
      assert.equal(errors.length, 1);
      assert.equal(errors[0]?.partition, "BTC-USD");
      assert.match(errors[0]?.problem ?? "", /answered 400: .*Unsupported granularity/);
      assert.equal(coverage.filter(({ covered }) => covered.length > 0).length, 15);
    });

    it("404: skips this product, says so, and asks again after a week", async () => {
      aboutBitcoin(says(404, { message: "NotFound" }));
      const first = await run(candles);
      assert.deepEqual([first.errors, first.outcome], [[], "done"]);
      assert.equal(first.warnings.length, 1);
      assert.equal(first.warnings[0]?.partition, "BTC-USD");
      assert.match(first.warnings[0]?.problem ?? "", /answered 404.*Coinbase Exchange has no such product/);
      assert.equal((await run(candles)).requests, 0);
      bench.time = "2023-01-08T00:20:00Z";
      const asked = server.requests.length;
      await run(candles);
      assert.ok(server.requests.slice(asked).some(({ path }) => path.includes("BTC-USD")));
    });

    it("429 without saying how long: waits, longer each time, and fails nothing", async () => {
      server.fail(() => true, says(429, { message: "Public rate limit exceeded" }), 3);
      const { errors, records } = await run(stats);
      assert.deepEqual(errors, []);
      assert.equal(records.length, 16);
      assert.ok(bench.slept.some((wait) => wait >= 1_000));
    });

    it("503, or not at all: asks again", async () => {
      aboutBitcoin(says(503, "<html>down</html>"), 1);
      aboutBitcoin({ kind: "reset" }, 1);
      aboutBitcoin({ kind: "truncate" }, 1);
      const { errors, records } = await run(candles);
      assert.deepEqual(errors, []);
      assert.equal(records.filter(({ product }) => product === "BTC-USD").length, 364);
    });

    it("200 with an error instead of candles: takes it for none", async () => {
      aboutBitcoin(says(200, { message: "maintenance" }));
      const { errors } = await run(candles);
      assert.equal(errors[0]?.partition, "BTC-USD");
      assert.match(errors[0]?.problem ?? "", /answered 200, but .*maintenance/);
    });
  });
});

const LISTED = {
  id: "BTC-USD",
  base_currency: "BTC",
  quote_currency: "USD",
  status: "online",
  base_increment: "0.00000001",
  quote_increment: "0.01",
};
