import assert from "node:assert/strict";
import coinbaseCandles from "../../datasets/coinbase-candles.ts";
import dailyPrices from "../../datasets/daily-prices.ts";
import { systemClock } from "../../runtime/dataset/clock.ts";
import type { Dataset } from "../../runtime/dataset/definition.ts";
import { DAY } from "../../runtime/dataset/duration.ts";
import { Budget } from "../../runtime/extract/budget.ts";
import { extract } from "../../runtime/extract/extract.ts";
import { nodeFetch } from "../../runtime/extract/request.ts";
import { FolderStore } from "../../runtime/store/folder.ts";
import { withPartitions } from "../../runtime/tasks/resolve.ts";
import { withSourceUrl } from "../../runtime/tasks/source-url.ts";
import { JumpingClock } from "../support/clock.ts";
import { days, extractTiny, never } from "../support/extraction.ts";
import { temporaryFolder } from "../support/folder.ts";
import { startCoinbase } from "../support/replay/coinbase.ts";
import { coinbaseProducts } from "../support/replay/products.ts";
import { replayToken, startTiingo } from "../support/replay/tiingo.ts";

/** Its tokens, as the products would name them. */
const tokens = (url: string): Dataset =>
  withPartitions(
    withSourceUrl(coinbaseCandles, url),
    coinbaseProducts.filter((id) => id.endsWith("-USD")).slice(0, 15),
  );

describe("extraction of the real datasets", () => {
  it("provokes no 429 from Coinbase, with its true limit and the true clock", async () => {
    await using folder = await temporaryFolder();
    await using server = await startCoinbase({ latencyMs: 20 });
    const dataset = tokens(server.url);
    const end = Date.parse("2023-08-01");
    const { problems, requests } = await extract({
      dataset,
      store: new FolderStore(folder.path),
      budget: new Budget(dataset.source.budget, systemClock),
      clock: systemClock,
      fetch: nodeFetch,
      signal: never,
      run: "r",
      wanted: { start: end - 500 * DAY, end },
      secret: () => "",
      retryDelay: 1,
      onProgress: () => {},
    });
    assert.deepEqual([problems, requests, server.requests.length], [[], 30, 30]);
    assert.equal(server.answered(429), 0);
    assert(server.maxInFlight > 1 && server.maxInFlight <= 15);
  });

  it("provokes none in years of history either", async () => {
    await using folder = await temporaryFolder();
    const clock = new JumpingClock(Date.parse("2025-06-01"));
    await using server = await startCoinbase({ now: clock.now });
    const dataset = tokens(server.url);
    const { problems, requests, coverage } = await extractTiny(dataset, new FolderStore(folder.path), {
      clock,
      wanted: { start: Date.parse("2022-01-01"), end: Date.parse("2025-06-01") },
    });
    assert.deepEqual([problems, server.answered(429), server.answered(200)], [[], 0, requests]);
    assert.equal(requests, 15 * 5);
    assert.equal(coverage.size, 15);
  });

  it("splits a window of more than 300 candles in two", async () => {
    await using folder = await temporaryFolder();
    await using server = await startCoinbase({ limit: null });
    const { source } = coinbaseCandles;
    const wide: Dataset = {
      ...coinbaseCandles,
      source: { ...source, url: server.url, windows: { ...source.windows, step: "400 days" } },
      partitions: { field: "product", values: ["BTC-USD"] },
    };
    const { problems, requests } = await extractTiny(wide, new FolderStore(folder.path), { days: 400 });
    assert.deepEqual([problems, requests, server.answered(400), server.answered(200)], [[], 3, 1, 2]);
  });

  it("leaves a ticker alone that Tiingo does not know", async () => {
    await using folder = await temporaryFolder();
    await using server = await startTiingo();
    const dataset: Dataset = {
      ...withSourceUrl(dailyPrices, server.url),
      partitions: { field: "ticker", values: ["IBM", "NOPE"] },
    };
    const { problems, skipped, coverage } = await extractTiny(dataset, new FolderStore(folder.path), {
      secret: replayToken,
    });
    assert.deepEqual([problems, skipped.map(({ partition }) => partition)], [[], ["NOPE"]]);
    assert.deepEqual(coverage.get("IBM"), [days(0, 20)]);
  });
});
