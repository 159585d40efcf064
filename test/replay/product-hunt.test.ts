import assert from "node:assert/strict";
import type { ReplayServer } from "../../runtime/replay/server.ts";
import { replayHuntToken, startProductHunt } from "../support/replay/product-hunt.ts";

const FIELDS = "edges { cursor node { id createdAt votesCount } } pageInfo { endCursor hasNextPage } totalCount";
const RANGE = 'postedAfter: "2026-11-02T00:00:00Z", postedBefore: "2026-11-05T00:00:00Z"';

interface Posts {
  readonly edges: { readonly cursor: string; readonly node: Record<string, unknown> }[];
  readonly pageInfo: { readonly endCursor: string | null; readonly hasNextPage: boolean };
  readonly totalCount: number;
}

describe("replay server of Product Hunt", () => {
  let now = 0;
  let server: ReplayServer;

  async function ask(query: string, variables?: object, token = replayHuntToken, at = server) {
    const response = await fetch(`${at.url}/v2/api/graphql`, {
      method: "POST",
      headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
      body: JSON.stringify({ query, variables }),
    });
    assert.equal(response.headers.get("x-tidegate-synthetic"), "true");
    const left = ["limit", "remaining", "reset"].map((name) => response.headers.get(`x-rate-limit-${name}`));
    return { status: response.status, left, body: JSON.parse(await response.text()) };
  }

  async function posts(selection: string, fields = FIELDS): Promise<Posts> {
    const { status, body } = await ask(`{ posts(order: NEWEST, ${selection}) { ${fields} } }`);
    assert.equal(status, 200);
    assert.equal(body.errors, undefined, JSON.stringify(body));
    return body.data.posts;
  }

  async function all(selection: string): Promise<Record<string, unknown>[]> {
    const found: Record<string, unknown>[] = [];
    for (let after = ""; ; ) {
      const { edges, pageInfo } = await posts(`${selection}${after && `, after: "${after}"`}`);
      found.push(...edges.map(({ node }) => node));
      if (!pageInfo.hasNextPage) return found;
      after = pageInfo.endCursor ?? "";
    }
  }

  beforeEach(async () => {
    now = Date.parse("2026-11-10T12:00:00Z");
    server = await startProductHunt({ now: () => now });
  });
  afterEach(() => server.close());

  it("answers what is selected, and nothing else", async () => {
    const { body } = await ask(
      `query One($n: Int!) { posts(first: $n, order: NEWEST, ${RANGE}) { edges { node { id name slug tagline topics(first: 1) { edges { node { slug } } } } } } }`,
      { n: 1 },
    );
    assert.deepEqual(body.data.posts.edges, [
      {
        node: {
          id: "2076104",
          name: "Brine Studio",
          slug: "brine-studio-20761-4",
          tagline: "An invented product, number 5 of its day",
          topics: { edges: [{ node: { slug: "developer-tools" } }] },
        },
      },
    ]);
  });

  it("gives every post of the range once over its pages, the newest first", async () => {
    const { totalCount, edges } = await posts(RANGE);
    assert.equal(edges.length, 20);
    const whole = await all(RANGE);
    assert.equal(whole.length, totalCount);
    assert.equal(new Set(whole.map(({ id }) => id)).size, totalCount);
    const times = whole.map(({ createdAt }) => String(createdAt));
    assert.deepEqual(times, times.toSorted().reverse());
    assert.deepEqual(await all(`${RANGE}, first: 7`), whole);
  });

  it("gives at most 20 posts a page, whatever is asked", async () => {
    assert.equal((await posts(`${RANGE}, first: 50`)).edges.length, 20);
  });

  it("leaves out both ends of the range", async () => {
    const [first, , last] = (await all(RANGE)).map(({ createdAt }) => String(createdAt));
    const inner = await all(`postedAfter: "${last}", postedBefore: "${first}"`);
    assert.equal(inner.length, 1);
  });

  it("has cursors that are positions, and no next page behind the last", async () => {
    const { edges, pageInfo } = await posts(`${RANGE}, first: 2`);
    assert.deepEqual(
      edges.map(({ cursor }) => Buffer.from(cursor, "base64").toString()),
      ["1", "2"],
    );
    assert.equal(pageInfo.endCursor, edges[1]?.cursor);
    const beyond = Buffer.from("9999").toString("base64");
    assert.deepEqual((await posts(`${RANGE}, after: "${beyond}"`)).pageInfo, { endCursor: null, hasNextPage: false });
  });

  it("lets votes grow", async () => {
    const before = await all(RANGE);
    now += 86_400_000;
    const after = await all(RANGE);
    assert.deepEqual(
      after.map(({ id }) => id),
      before.map(({ id }) => id),
    );
    assert.ok(after.every(({ votesCount }, index) => Number(votesCount) >= Number(before[index]?.votesCount)));
    assert.ok(after.some(({ votesCount }, index) => Number(votesCount) > Number(before[index]?.votesCount)));
  });

  it("says nothing of what is not launched yet", async () => {
    now = Date.parse("2026-11-03T09:00:00Z");
    const times = (await all(RANGE)).map(({ createdAt }) => Date.parse(String(createdAt)));
    assert.ok(times.length > 5);
    assert.ok(times.every((time) => time <= now));
  });

  it("selects what was featured, and a topic", async () => {
    const featured = await posts(`${RANGE}, featured: true`, "edges { node { featuredAt } } totalCount");
    assert.ok(featured.edges.every(({ node }) => node.featuredAt !== null));
    const plain = await posts(`${RANGE}, featured: false`, "totalCount");
    assert.equal(featured.totalCount + plain.totalCount, (await posts(RANGE)).totalCount);
    const { totalCount } = await posts(`${RANGE}, topic: "fintech"`, "totalCount");
    assert.ok(totalCount > 0 && totalCount < featured.totalCount + plain.totalCount);
  });

  it("answers a mistake in the query with 200 and errors", async () => {
    for (const [query, message] of [
      ["{ posts(order: NEWEST) { edges { node { price } } } }", 'Cannot query field "price" on type "Post".'],
      ["{ posts", "Syntax Error: Expected Name, found <EOF>."],
    ] as const) {
      const { status, body } = await ask(query);
      assert.equal(status, 200);
      assert.equal(body.data, undefined);
      assert.equal(body.errors[0].message, message);
    }
    const { status, body } = await ask("{ posts(first: 1) { totalCount } }");
    assert.deepEqual([status, body.data], [200, null]);
    assert.equal(body.errors[0].message, "This replay server has posts in the order NEWEST only");
  });

  it("refuses a request without the token, or with another one", async () => {
    const { status, body } = await ask("{ posts(order: NEWEST) { totalCount } }", {}, "wrong");
    assert.equal(status, 401);
    assert.equal(body.errors[0].error, "invalid_oauth_token");
  });

  it("counts points of complexity in quarters of an hour, and says the seconds until the next", async () => {
    await using small = await startProductHunt({ now: () => now, points: 100 });
    const query = `query ($n: Int) { posts(first: $n, order: NEWEST, ${RANGE}) { edges { node { id votesCount } } } }`;
    now = Date.parse("2026-11-10T12:10:00Z");
    // posts 1, edges 1, and for each post node, id and votesCount.
    assert.deepEqual((await ask(query, { n: 10 }, undefined, small)).left, ["100", "68", "300"]);
    assert.deepEqual((await ask(query, { n: 20 }, undefined, small)).left, ["100", "6", "300"]);
    const refused = await ask(query, { n: 2 }, undefined, small);
    assert.deepEqual([refused.status, refused.left], [429, ["100", "6", "300"]]);
    assert.deepEqual(refused.body.errors[0].details, { limit: 100, remaining: 6, reset_in: 300 });
    now += 300_000;
    assert.deepEqual((await ask(query, { n: 2 }, undefined, small)).left, ["100", "92", "900"]);
  });

  it("counts a connection in a connection as often as there is room for it", async () => {
    const { left } = await ask(
      "{ posts(order: NEWEST, first: 20) { edges { node { id topics(first: 5) { edges { node { slug } } } } } pageInfo { endCursor } } }",
    );
    // posts 1, edges 1, pageInfo 2; each post: node, id and topics with 2 + 5 * 2.
    assert.equal(left[1], String(6_250 - (4 + 20 * (2 + 12))));
  });
});
