import assert from "node:assert/strict";
import news from "../../datasets/alpaca-news.ts";
import type { ReplayServer } from "../../runtime/replay/server.ts";
import { replayKeyId, replaySecretKey, startAlpacaNews } from "../support/replay/alpaca-news.ts";
import { articlesBetween } from "../support/replay/articles.ts";
import { SourceBench, says } from "../support/sourcing.ts";

const SECRETS = { ALPACA_KEY_ID: replayKeyId, ALPACA_SECRET_KEY: replaySecretKey };
const FIRST = Date.parse("2026-11-01T00:00:00Z");

describe("the dataset of Alpaca's news", () => {
  let bench: SourceBench;
  let server: ReplayServer;

  beforeEach(async () => {
    bench = await SourceBench.open("2026-11-03T10:10:00Z");
    server = await startAlpacaNews({ now: bench.now });
  });
  afterEach(async () => {
    await server.close();
    await bench[Symbol.asyncDispose]();
  });

  const run = () => bench.run(news, server, SECRETS);
  const written = (until: string) => articlesBetween(FIRST, Date.parse(until) - 1, 1, bench.now());

  it("brings in every article up to the hour that is over, by the time of its last change", async () => {
    const { records, errors, quarantined, outcome } = await run();
    assert.deepEqual([outcome, errors, quarantined], ["done", [], 0]);
    assert.deepEqual(
      records.map(({ id }) => Number(id)).sort((a, b) => a - b),
      written("2026-11-03T10:00:00Z")
        .map(({ id }) => id)
        .sort((a, b) => a - b),
    );
    assert.deepEqual(records[0], {
      feed: "benzinga",
      id: "4981915",
      headline: "UPDATE: TSLA Corrects A Licence",
      summary: "An invented report about TSLA and NVDA.",
      author: "Bo Lindqvist",
      symbols: ["TSLA", "NVDA"],
      url: "https://www.example.com/news/4981915",
      images: [{ size: "thumb", url: "https://cdn.example.com/4981915-thumb.jpg" }],
      publisher: "benzinga",
      created_at: "2026-10-31T23:26:36Z",
      updated_at: "2026-11-01T04:49:23Z",
    });
  });

  it("asks for pages of 50, and as few of them as there are", async () => {
    const { requests } = await run();
    const days = ["2026-11-01", "2026-11-02", "2026-11-03"].map(
      (day) =>
        written("2026-11-03T10:00:00Z").filter(({ updated }) => new Date(updated).toISOString().startsWith(day)).length,
    );
    assert.equal(
      requests,
      days.reduce((sum, count) => sum + Math.ceil(count / 50), 0),
    );
  });

  it("replaces an article by its later version", async () => {
    const before = new Map((await run()).records.map((record) => [record.id, record]));
    bench.time = "2026-11-03T16:10:00Z";
    const { records } = await run();
    const changed = records.filter(
      (record) => before.has(record.id) && before.get(record.id)?.headline !== record.headline,
    );
    assert.ok(changed.length > 0);
    for (const record of changed) {
      assert.match(String(record.headline), /^UPDATE: /);
      assert.ok(String(record.updated_at) > String(before.get(record.id)?.updated_at));
    }
    assert.equal(new Set(records.map(({ id }) => id)).size, records.length);
    assert.equal(records.length, written("2026-11-03T16:00:00Z").length);
  });

  it("costs an hour one request, for the new hour and the two before it", async () => {
    await run();
    const before = server.requests.length;
    bench.time = "2026-11-03T11:10:00Z";
    await run();
    const { query } = server.requests.at(-1) ?? {};
    assert.deepEqual([query?.get("start"), query?.get("end")], ["2026-11-03T08:00:00Z", "2026-11-03T11:00:00Z"]);
    assert.equal(server.requests.length, before + 1);
  });

  it("says which secrets are missing", async () => {
    const { errors, requests } = await bench.run(news, server, {});
    assert.equal(requests, 0);
    assert.match(JSON.stringify(errors), /ALPACA_KEY_ID.*ALPACA_SECRET_KEY/);
  });

  describe("when Alpaca answers", () => {
    for (const status of [401, 403])
      it(`${status}: stops, and says what to set`, async () => {
        server.fail(() => true, says(status, { message: "forbidden." }));
        const { errors, outcome, requests } = await run();
        assert.deepEqual([outcome, errors.length, requests], ["failed", 1, 1]);
        assert.match(JSON.stringify(errors), /forbidden.*set ALPACA_KEY_ID and ALPACA_SECRET_KEY to a pair/);
      });

    it("429: waits until the time that it says, by its own clock", async () => {
      const reset = Math.floor(Date.parse("2026-11-03T10:20:42Z") / 1_000);
      const headers = { date: "Tue, 03 Nov 2026 10:20:00 GMT", "X-RateLimit-Reset": String(reset) };
      server.fail(2, says(429, { message: "too many requests." }, headers));
      const { errors } = await run();
      assert.deepEqual(errors, []);
      assert.ok(bench.slept.includes(42_000), String(bench.slept));
    });

    it("400 about the page token: begins the window anew, once", async () => {
      server.fail(2, says(400, { message: "invalid page_token" }));
      const { errors, records } = await run();
      assert.deepEqual(errors, []);
      assert.equal(records.length, written("2026-11-03T10:00:00Z").length);
    });

    it("422 with anything else: fails and says why", async () => {
      server.fail(() => true, says(422, { message: "end should not be before start" }));
      const { errors } = await run();
      assert.match(errors[0]?.problem ?? "", /answered 422: .*end should not be before start/);
    });

    it("200 without news: takes it for no data", async () => {
      server.fail(() => true, says(200, { message: "internal" }));
      const { errors, coverage } = await run();
      assert.equal(errors.length, 1);
      assert.deepEqual(coverage[0]?.covered, []);
    });

    it("200 with a token that leads in a circle: does not take the window for complete", async () => {
      const article = { id: 1, headline: "x", symbols: [], source: "benzinga" };
      const circle = { ...article, created_at: "2026-11-01T01:00:00Z", updated_at: "2026-11-01T01:00:00Z" };
      server.fail(() => true, says(200, { news: [circle], next_page_token: "again" }));
      const { errors, coverage } = await run();
      assert.match(errors[0]?.problem ?? "", /cannot be told complete/);
      assert.deepEqual(coverage[0]?.covered, []);
    });

    it("half of a body: asks again", async () => {
      server.fail(1, { kind: "truncate" });
      const { errors, records } = await run();
      assert.deepEqual(errors, []);
      assert.equal(records.length, written("2026-11-03T10:00:00Z").length);
    });
  });
});
