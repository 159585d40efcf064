import assert from "node:assert/strict";
import posts from "../../datasets/product-hunt-posts.ts";
import type { ReplayServer } from "../../runtime/replay/server.ts";
import { postsBetween } from "../support/replay/posts.ts";
import { replayHuntToken, startProductHunt } from "../support/replay/product-hunt.ts";
import { SourceBench, says } from "../support/sourcing.ts";

describe("the dataset of Product Hunt", () => {
  let bench: SourceBench;
  let server: ReplayServer;

  beforeEach(async () => {
    bench = await SourceBench.open("2026-11-05T08:30:00Z");
    server = await startProductHunt({ now: bench.now });
  });
  afterEach(async () => {
    await server.close();
    await bench[Symbol.asyncDispose]();
  });

  const run = (dataset = posts) => bench.run(dataset, server, { PRODUCT_HUNT_TOKEN: replayHuntToken });
  const launched = (from: string, to: string): string[] =>
    postsBetween(Date.parse(from), Date.parse(to), 1, bench.now())
      .filter(({ created, featured }) => featured && created >= Date.parse(from) && created < Date.parse(to))
      .map(({ id }) => id)
      .sort();

  it("brings in every featured post of the days that are over", async () => {
    const { records, errors, quarantined, outcome } = await run();
    assert.deepEqual([outcome, errors, quarantined], ["done", [], 0]);
    assert.deepEqual(records.map(({ id }) => id).sort(), launched("2026-11-01T00:00:00Z", "2026-11-05T00:00:00Z"));
    assert.deepEqual(records[0], {
      feed: "featured",
      id: "2075820",
      name: "Lagoon Studio",
      slug: "lagoon-studio-20758-20",
      tagline: "An invented product, number 21 of its day",
      description: "Lagoon Studio was never launched.",
      url: "https://www.producthunt.example/posts/lagoon-studio-20758-20",
      website: "https://www.producthunt.example/r/2075820",
      votes: "193",
      comments: "16",
      rating: null,
      topics: ["open-source", "developer-tools"],
      created_at: "2026-11-01T03:14:08Z",
      featured_at: "2026-11-01T03:14:08Z",
    });
  });

  it("asks for all posts, page after page, where the partition says so", async () => {
    const all = { ...posts, partitions: { field: "feed", values: ["all"] } };
    const { records, requests } = await run(all);
    const whole = postsBetween(Date.parse("2026-11-01T00:00:00Z"), Date.parse("2026-11-04T23:59:59Z"), 1, bench.now());
    assert.equal(records.length, whole.length);
    assert.ok(requests > 4, String(requests));
  });

  it("loses no post at the very ends of a day", async () => {
    const midnight = { ...NODE, createdAt: "2026-11-03T00:00:00Z" };
    server.fail(({ body }) => body.includes('"postedAfter":"2026-11-02T23:59:59'), says(200, page([midnight])), 1);
    const { records } = await run();
    assert.ok(records.some(({ created_at: created }) => created === "2026-11-03T00:00:00Z"));
  });

  it("asks for the week before again, and keeps the votes of the last answer", async () => {
    const before = new Map((await run()).records.map(({ id, votes }) => [id, Number(votes)]));
    bench.time = "2026-11-06T08:30:00Z";
    const { records, requests } = await run();
    assert.equal(requests, 5);
    assert.ok(records.length > before.size);
    const grown = records.filter(({ id, votes }) => Number(votes) > (before.get(id) ?? Number.POSITIVE_INFINITY));
    assert.ok(grown.length > before.size / 2, `${grown.length} of ${before.size}`);
  });

  it("stays within the points of a quarter of an hour, and waits for the next", async () => {
    await using small = await startProductHunt({ now: bench.now, points: 1_100 });
    const { errors, records } = await bench.run(posts, small, { PRODUCT_HUNT_TOKEN: replayHuntToken });
    assert.deepEqual(errors, []);
    assert.equal(records.length, launched("2026-11-01T00:00:00Z", "2026-11-05T00:00:00Z").length);
    assert.equal(small.answered(429), 0);
  });

  describe("when Product Hunt answers", () => {
    it("401: stops, and says what to set", async () => {
      const { errors, outcome, requests } = await bench.run(posts, server, { PRODUCT_HUNT_TOKEN: "wrong" });
      assert.deepEqual([outcome, errors.length, requests], ["failed", 1, 1]);
      assert.match(JSON.stringify(errors), /invalid_oauth_token.*set PRODUCT_HUNT_TOKEN to one made at/);
    });

    it("429: waits for as many seconds as it says", async () => {
      const limited = says(
        429,
        { data: null, errors: [{ error: "rate_limit_reached", details: { reset_in: 425 } }] },
        { "X-Rate-Limit-Reset": "425" },
      );
      server.fail(2, limited);
      const { errors, records } = await run();
      assert.deepEqual(errors, []);
      assert.ok(records.length > 0);
      assert.ok(bench.slept.includes(425_000), String(bench.slept));
    });

    it("200 with errors: takes nothing of it for data, and says what it said", async () => {
      server.fail(() => true, says(200, { data: null, errors: [{ message: "Something went wrong" }] }));
      const { errors, records, coverage } = await run();
      assert.equal(errors.length, 1);
      assert.match(errors[0]?.problem ?? "", /answered 200 with errors: .*Something went wrong/);
      assert.deepEqual([records, coverage[0]?.covered], [[], []]);
    });

    it("200 with errors beside data: neither", async () => {
      server.fail(1, says(200, { ...page([NODE]), errors: [{ message: "Timed out" }] }));
      const { errors, records } = await run();
      assert.match(errors[0]?.problem ?? "", /Timed out/);
      assert.deepEqual(records, []);
    });

    it("200 with the same page for ever: does not take the window for complete", async () => {
      const again = page([{ ...NODE, createdAt: "2026-11-01T12:00:00Z" }], "MQ");
      server.fail(() => true, says(200, again));
      const { errors, coverage } = await run();
      assert.match(errors[0]?.problem ?? "", /cannot be told complete/);
      assert.deepEqual(coverage[0]?.covered, []);
    });

    it("200 without posts: takes it for none", async () => {
      server.fail(() => true, says(200, { data: {} }));
      const { errors, coverage } = await run();
      assert.equal(errors.length, 1);
      assert.deepEqual(coverage[0]?.covered, []);
    });

    it("502 with HTML: asks again", async () => {
      server.fail(1, says(502, "<html>bad gateway</html>"));
      const { errors, records } = await run();
      assert.deepEqual(errors, []);
      assert.equal(records.length, launched("2026-11-01T00:00:00Z", "2026-11-05T00:00:00Z").length);
    });
  });
});

const NODE = {
  id: "1",
  name: "Edge",
  slug: "edge",
  tagline: "At midnight",
  description: null,
  url: "https://www.producthunt.example/posts/edge",
  website: null,
  votesCount: 1,
  commentsCount: 0,
  reviewsRating: 0,
  createdAt: "2026-11-03T00:00:00Z",
  featuredAt: null,
  topics: { edges: [] },
};

const page = (nodes: readonly object[], next?: string) => ({
  data: {
    posts: {
      edges: nodes.map((node) => ({ node })),
      pageInfo: { hasNextPage: next !== undefined, endCursor: next ?? null },
    },
  },
});
