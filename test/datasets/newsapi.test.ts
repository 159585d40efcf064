import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import articles from "../../datasets/newsapi-articles.ts";
import type { ReplayServer } from "../../runtime/replay/server.ts";
import { developerPlan, replayNewsKey, startNewsApi } from "../support/replay/newsapi.ts";
import { SourceBench, says } from "../support/sourcing.ts";

const SECRETS = { NEWSAPI_KEY: replayNewsKey };

const failure = (status: number, code: string, message = "as it says") =>
  says(status, { status: "error", code, message });

describe("the dataset of NewsAPI.org", () => {
  let bench: SourceBench;
  let server: ReplayServer;

  beforeEach(async () => {
    bench = await SourceBench.open("2026-11-06T06:20:00Z");
    server = await startNewsApi({ now: bench.now });
  });
  afterEach(async () => {
    await server.close();
    await bench[Symbol.asyncDispose]();
  });

  const run = (at = server) => bench.run(articles, at, SECRETS);

  /** What the server has of a topic, asked without its plan. */
  async function published(topic: string, from: string, to: string): Promise<{ url: string; publishedAt: string }[]> {
    const free = { requests: 1_000, results: 10_000, days: 100, delayHours: 0 };
    await using all = await startNewsApi({ now: bench.now, plan: free });
    const found: { url: string; publishedAt: string }[] = [];
    for (let page = 1; ; page += 1) {
      const query = new URLSearchParams({ q: topic, from, to, page: String(page), apiKey: replayNewsKey });
      const body = JSON.parse(await (await fetch(`${all.url}/v2/everything?${query}`)).text());
      found.push(...body.articles);
      if (body.articles.length < 100) return found.filter(({ publishedAt }) => !publishedAt.startsWith("1970"));
    }
  }

  const digest = (url: string): string => createHash("sha256").update(url).digest("hex");

  it("brings in every article that the plan shows, with the digest of its address for an id", async () => {
    const { records, errors, quarantined, outcome } = await run();
    assert.deepEqual([outcome, errors, quarantined], ["done", [], 0]);
    for (const topic of ["bitcoin", "federal reserve"])
      assert.deepEqual(
        records
          .filter((record) => record.topic === topic)
          .map(({ id }) => id)
          .sort(),
        (await published(topic, "2026-11-01T00:00:00", "2026-11-05T06:20:00")).map(({ url }) => digest(url)).sort(),
      );
    assert.deepEqual(records[0], {
      topic: "bitcoin",
      id: digest("https://news.example.com/bitcoin-498192-0"),
      source_id: null,
      source_name: "tidechart.example",
      author: null,
      title: "An invented report about bitcoin, number 1 of its hour",
      description: "Nothing of this happened to bitcoin.",
      url: "https://news.example.com/bitcoin-498192-0",
      image_url: "https://news.example.com/bitcoin-498192-0.jpg",
      content: "The beginning of a report about bitcoin… [+1000 chars]",
      published_at: "2026-11-01T00:21:25Z",
    });
  });

  it("splits a day with more articles than the plan shows, until every part is shown whole", async () => {
    const { records, coverage } = await run();
    const busy = await published("federal reserve", "2026-11-01T00:00:00", "2026-11-05T06:20:00");
    const days = Map.groupBy(busy, ({ publishedAt }) => publishedAt.slice(0, 10));
    assert.ok(
      [...days.values()].some((list) => list.length > 100),
      "no day was busy",
    );
    assert.ok(server.answered(426) > 0);
    assert.equal(records.filter(({ topic }) => topic === "federal reserve").length, busy.length);
    assert.deepEqual(coverage[0]?.covered, [["2026-11-01T00:00:00Z", "2026-11-06T06:00:00Z"]]);
  });

  it("asks for the last two days again, for what was too new to be shown", async () => {
    const before = await run();
    bench.time = "2026-11-07T06:20:00Z";
    const { records, errors } = await run();
    assert.deepEqual(errors, []);
    assert.ok(records.length > before.records.length);
    const whole = await published("bitcoin", "2026-11-01T00:00:00", "2026-11-06T06:20:00");
    assert.equal(records.filter(({ topic }) => topic === "bitcoin").length, whole.length);
  });

  it("leaves out what was taken back", async () => {
    const { records } = await run();
    assert.ok(records.every(({ title }) => title !== "[Removed]"));
  });

  it("stops when the requests of 12 hours are used up, keeps what it has, and goes on later", async () => {
    await using few = await startNewsApi({ now: bench.now, plan: { ...developerPlan, requests: 5 } });
    const first = await run(few);
    assert.deepEqual([first.outcome, first.errors], ["stopped", []]);
    assert.ok(first.records.length > 0);
    bench.time = "2026-11-06T12:20:00Z";
    assert.ok((await run(few)).records.length > first.records.length);
  });

  describe("when NewsAPI answers", () => {
    it("401 apiKeyInvalid: stops, and says what to set", async () => {
      const { errors, outcome } = await bench.run(articles, server, { NEWSAPI_KEY: "wrong" });
      assert.deepEqual([outcome, errors.length], ["failed", 1]);
      assert.match(JSON.stringify(errors), /apiKeyInvalid.*set NEWSAPI_KEY to that of your account/);
    });

    it("401 apiKeyDisabled: stops, and says so", async () => {
      server.fail(() => true, failure(401, "apiKeyDisabled"));
      const { errors, outcome } = await run();
      assert.deepEqual([outcome, errors.length], ["failed", 1]);
      assert.match(JSON.stringify(errors), /NewsAPI has disabled the key/);
    });

    it("429 rateLimited for a moment: waits", async () => {
      server.fail(() => true, failure(429, "rateLimited"), 2);
      const { errors, outcome } = await run();
      assert.deepEqual([errors, outcome], [[], "done"]);
      assert.ok(bench.slept.some((wait) => wait >= 1_000));
    });

    it("429 apiKeyExhausted for good: stops without a failure", async () => {
      server.fail(() => true, failure(429, "apiKeyExhausted"));
      const { errors, outcome } = await run();
      assert.deepEqual([errors, outcome], [[], "stopped"]);
    });

    it("426 because the day is too long ago: stops, and says what to change", async () => {
      bench.time = "2026-12-20T06:20:00Z";
      const { errors, outcome, requests } = await run();
      assert.deepEqual([outcome, errors.length], ["failed", 1]);
      assert.ok(requests <= 2);
      assert.match(JSON.stringify(errors), /answered 426.*set backfillFrom to one that it permits/);
      assert.doesNotMatch(JSON.stringify(errors), /set NEWSAPI_KEY/);
    });

    it("426 for a single hour: fails the topic and says so", async () => {
      server.fail(({ query }) => query.get("q") === "bitcoin", failure(426, "maximumResultsReached"));
      const { errors, records } = await run();
      assert.deepEqual(
        errors.map(({ partition }) => partition),
        ["bitcoin"],
      );
      assert.match(errors[0]?.problem ?? "", /refuses even a single bucket/);
      assert.ok(records.some(({ topic }) => topic === "federal reserve"));
    });

    for (const code of ["parametersMissing", "parameterInvalid", "sourcesTooMany", "sourceDoesNotExist"])
      it(`400 ${code}: fails the topic with its words`, async () => {
        server.fail(({ query }) => query.get("q") === "bitcoin", failure(400, code));
        const { errors } = await run();
        assert.deepEqual(
          errors.map(({ partition }) => partition),
          ["bitcoin"],
        );
        assert.match(errors[0]?.problem ?? "", new RegExp(`answered 400: .*${code}`));
      });

    it("500 unexpectedError: asks again", async () => {
      server.fail(1, failure(500, "unexpectedError"));
      const { errors, outcome } = await run();
      assert.deepEqual([errors, outcome], [[], "done"]);
    });

    it("200 with an error: takes it for no data", async () => {
      server.fail(({ query }) => query.get("q") === "bitcoin", failure(200, "someError", "all is not well"));
      const { errors, coverage } = await run();
      assert.equal(errors[0]?.partition, "bitcoin");
      assert.match(errors[0]?.problem ?? "", /answered 200/);
      assert.deepEqual(coverage.find(({ partition }) => partition === "bitcoin")?.covered, []);
    });
  });
});
