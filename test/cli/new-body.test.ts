import assert from "node:assert/strict";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { loadDatasetFile } from "../../runtime/cli/datasets.ts";
import type { Dataset } from "../../runtime/dataset/definition.ts";
import { JumpingClock, tryDataset } from "../../runtime/replay/index.ts";
import { type Answer, type Asked, type ReplayServer, startReplay } from "../../runtime/replay/server.ts";
import { command, type Ended } from "../support/command.ts";
import { compile } from "../support/compile.ts";
import { useFolder } from "../support/folder.ts";

const json = (value: unknown): Answer => ({ status: 200, body: JSON.stringify(value) });

/** One bar a day of January 2024. */
const BARS = Array.from({ length: 31 }, (_, i) => ({
  day: `2024-01-${String(i + 1).padStart(2, "0")}`,
  close: i + 0.5,
}));

const QUERY = `query Posts($after: String, $postedAfter: DateTime!, $postedBefore: DateTime!) {
  # A comment with \`backticks\`, a \\ and a \${place}.
  posts(first: 2, after: $after, postedAfter: $postedAfter, postedBefore: $postedBefore) {
    edges { cursor node { id title created { by } postedAt } }
    pageInfo { endCursor hasNextPage }
  }
}`;

/** A connection of one post a day, in pages of two. */
function posts({ body }: Asked): Answer {
  const { query, variables } = JSON.parse(body);
  if (query !== QUERY) return json({ errors: [{ message: "another query" }] });
  const found = BARS.map(({ day }) => ({
    cursor: day,
    node: { id: `post-${day}`, title: `Of ${day}`, created: { by: "somebody" }, postedAt: `${day}T10:30:00.5Z` },
  })).filter(({ node: { postedAt } }) => postedAt >= variables.postedAfter && postedAt < variables.postedBefore);
  const rest = found.filter(({ cursor }) => cursor > (variables.after ?? ""));
  const edges = rest.slice(0, 2);
  return json({
    data: { posts: { edges, pageInfo: { endCursor: edges.at(-1)?.cursor ?? null, hasNextPage: rest.length > 2 } } },
  });
}

describe("tidegate new, with a body", () => {
  let server: ReplayServer;
  const folder = useFolder();
  let answer: (asked: Asked) => Answer;

  beforeEach(async () => {
    server = await startReplay((asked) => answer(asked));
  });
  afterEach(() => server.close());

  const draft = (...args: string[]): Promise<Ended> => command(["new", ...args, "--datasets", folder.path]);

  interface Drafted {
    readonly file: string;
    readonly code: string;
    readonly dataset: Dataset;
    readonly check: readonly string[];
  }

  async function drafted(name: string, from: string, ...args: string[]): Promise<Drafted> {
    const { code, stdout, stderr } = await draft(name, "--from", from, "--json", ...args);
    assert.equal(code, 0, stderr);
    const { file, check } = JSON.parse(stdout);
    const [dataset] = await loadDatasetFile(file);
    assert(dataset);
    const text = await readFile(file, "utf8");
    assert.equal(text.match(/\/\/ CHECK: /g)?.length, check.length);
    return { file, code: text, dataset, check };
  }

  /** The days that a draft brings in of January, as it is. */
  async function daysOf(dataset: Dataset, column: string, field: string): Promise<unknown[]> {
    const clock = new JumpingClock(Date.UTC(2024, 5, 1));
    const from = "2024-01-01";
    await using tried = await tryDataset(dataset, { server, clock, from, until: Date.UTC(2024, 0, 10) });
    assert.deepEqual(tried.summary.errors, []);
    assert.equal(tried.summary.outcome, "done");
    assert(tried.records.every((record) => record[field] === dataset.partitions.values[0]));
    return tried.records.map((record) => String(record[column]).slice(0, 10));
  }

  const nine = BARS.slice(0, 9).map(({ day }) => day);

  it("drafts a Relay connection from a query: cursor, window, and the nodes of its edges", async () => {
    answer = posts;
    await writeFile(join(folder.path, "posts.graphql"), `${QUERY}\n`);
    const { file, code, dataset, check } = await drafted(
      "posts",
      `${server.url}/v2/graphql`,
      ...["--graphql", `@${join(folder.path, "posts.graphql")}`],
      ...["--variables", '{"postedAfter":"2024-01-01T00:00:00Z","postedBefore":"2024-01-05T00:00:00Z"}'],
    );
    const [asked] = server.requests;
    assert.deepEqual([asked?.method, asked?.headers["content-type"]], ["POST", "application/json"]);
    assert.deepEqual(dataset.source.pages, { kind: "relay", at: "data.posts", limit: 1_000 });
    assert.deepEqual(dataset.source.format, { kind: "json", rows: "data.posts.edges" });
    assert.deepEqual([dataset.cursor, dataset.key], ["posted_at", ["part", "posted_at"]]);
    assert.deepEqual(Object.keys(dataset.schema), ["part", "id", "title", "created", "posted_at"]);
    assert.match(code, /after: page\.token/);
    assert.match(code, /postedAfter: window\.first\.toString\(\),\s+postedBefore: window\.end\.toString\(\)/);
    assert.match(code, /rows: \(\{ node \}\) => \(\{\n {6}id: at\(node, "id"\),/);
    assert(!check.some((doubt) => doubt.startsWith("pages")), check.join("\n"));
    assert.deepEqual(compile(file), []);
    assert.deepEqual(await daysOf(dataset, "posted_at", "part"), nine);
  }).timeout(20_000);

  it("says what a query lacks that is to go on", async () => {
    const page = { nodes: [{ id: 1, at: "2024-01-01" }], pageInfo: { hasNextPage: false } };
    answer = () => json({ data: { first: { pageInfo: { hasNextPage: false } }, list: page } });
    const { dataset, check } = await drafted("lacking", server.url, "--graphql", "{ list { nodes { id at } } }");
    assert.equal(dataset.source.pages.kind, "relay");
    for (const doubt of [
      "pages: the query takes no cursor: declare $after: String, and give after: $after to the connection",
      "pages: the query asks for no endCursor: add it to pageInfo",
      "pages: the sample has no next page: look at one that has",
    ])
      assert(check.includes(doubt), check.join("\n"));
    answer = () => json({ data: { list: { nodes: [{ id: 1, at: "2024-01-01" }] } } });
    const bare = await drafted("bare", server.url, "--graphql", "{ list { nodes { id at } } }");
    assert.equal(bare.dataset.source.pages.kind, "none");
    assert(
      bare.check.includes("pages: a connection says more with pageInfo { endCursor hasNextPage }: then relay()"),
      bare.check.join("\n"),
    );
  });

  it("takes a connection for one without a query, too", async () => {
    const pageInfo = { endCursor: "x", hasNextPage: true };
    answer = () => json({ list: { nodes: [{ id: 1, at: "2024-01-01" }], pageInfo } });
    const named = await drafted("named", `${server.url}/items?cursor=w`);
    assert.deepEqual(named.dataset.source.pages, { kind: "relay", at: "list", limit: 1_000 });
    assert.match(named.code, /cursor: page\.token/);
    const guessed = await drafted("guessed", server.url);
    assert(guessed.check.includes("pages: which parameter takes the cursor? after is a guess"));
  });

  it("goes on with the connection that has the rows, of several", async () => {
    const info = { endCursor: "x", hasNextPage: true };
    const edges = [{ node: { id: 1, at: "2024-01-01" } }];
    answer = () => json({ data: { other: { pageInfo: info }, list: { edges, pageInfo: info } } });
    const { dataset } = await drafted(
      "several",
      server.url,
      "--graphql",
      "query ($after: String) { x(after: $after) }",
    );
    assert.deepEqual(dataset.source.pages, { kind: "relay", at: "data.list", limit: 1_000 });
  });

  it("drafts a JSON body: partition, window and token where the sample's stood, and no secret", async () => {
    answer = ({ body }) => {
      const { filter, cursor } = JSON.parse(body);
      const found = BARS.filter(({ day }) => day >= filter.range.from && day <= filter.range.to);
      const start = Number(cursor ?? 0);
      const next = start + 2 < found.length ? String(start + 2) : null;
      return json({ bars: found.slice(start, start + 2), nextCursor: next });
    };
    const range = { from: "2024-01-01", to: "2024-01-05" };
    const asked = { apiKey: "s3cret", filter: { symbols: ["AAPL"], range, adjusted: true }, limit: 2, cursor: null };
    const { code, dataset, check } = await drafted("bars", server.url, "--body", JSON.stringify(asked));
    assert.deepEqual(JSON.parse(server.requests[0]?.body ?? ""), asked);
    assert(!code.includes("s3cret"));
    assert(check.some((doubt) => /^request: apiKey was left out of the body: it looks like a secret/.test(doubt)));
    assert.deepEqual(dataset.partitions, { field: "symbol", values: ["AAPL"] });
    assert.deepEqual(dataset.source.pages, { kind: "token", at: { body: "nextCursor" }, limit: 1_000 });
    assert.equal(dataset.source.windows.step, "4 days");
    assert.match(code, /range: \{ from: window\.first\.date, to: window\.last\.date \}/);
    assert.match(code, /symbols: \[partition\.symbol\]/);
    assert.match(code, /cursor: page\.token \?\? null/);
    assert.deepEqual(await daysOf(dataset, "day", "symbol"), nine);
  });

  it("drafts tokens, times and names of any kind so that the compiler takes them", async () => {
    answer = () => json({ bars: BARS.slice(0, 3), nextCursor: "def" });
    const files: string[] = [];
    for (const [asked, expected] of [
      [{ cursor: "abc" }, /\.\.\.\(page\.token === undefined \? \{\} : \{ cursor: page\.token \}\)/],
      [{ paging: { cursor: null } }, /paging: \{ cursor: page\.token \?\? null \}/],
      [{ symbols: ["AAPL", "MSFT"] }, /symbols: \[partition\.symbol\]/],
      [{ size: 2 }, /size: 2,\s+\.\.\.\(page\.token === undefined \? \{\} : \{ page_token: page\.token \}\)/],
      [
        { start: 1_704_067_200, end: "1704153600" },
        /start: window\.first\.seconds,\s+end: String\(window\.last\.seconds\)/,
      ],
      [
        { date_from: "2024-01-01", dateTo: "2024-01-02T00:00:00Z" },
        /date_from: window\.first\.date,\s+dateTo: window\.last\.toString\(\)/,
      ],
    ] as const) {
      const { file, code } = await drafted(`bars_${files.length}`, server.url, "--body", JSON.stringify(asked));
      assert.match(code, expected);
      files.push(file);
    }
    assert.deepEqual(compile(...files), []);
  }).timeout(20_000);

  it("drafts page numbers in a body, and from a file without asking", async () => {
    const path = join(folder.path, "answer.json");
    await writeFile(path, JSON.stringify({ total: 900, list: BARS }));
    const { code, dataset } = await drafted("pages", path, "--body", '{"page":1,"perPage":31,"ticker":"A"}');
    assert.deepEqual(dataset.source.pages, { kind: "counted", size: 31, last: { total: "total" }, limit: 1_000 });
    assert.match(code, /body: \{ json: \{ page: page\.number, perPage: 31, ticker: partition\.ticker \} \},/);
    assert.equal(server.requests.length, 0);
  });

  it("refuses an answer with errors, and says them", async () => {
    answer = () => json({ errors: [{ message: "no such field" }], data: { list: [{ id: 1 }] } });
    const { code, stderr } = await draft("posts", "--from", server.url, "--graphql", "{ list { id } }");
    assert.equal(code, 1);
    assert.match(stderr, /answered with errors: .*no such field/);
  });

  it("says all that is wrong with a body, and repeats none of it", async () => {
    const wrong = await draft("posts", "--from", server.url, "--body", "{s3cret", "--graphql", "@nowhere.graphql");
    assert.equal(wrong.code, 2);
    assert.match(wrong.stderr, /--graphql: cannot be beside --body/);
    assert.match(wrong.stderr, /--graphql: cannot be read \(got "@nowhere\.graphql"\)/);
    assert.match(wrong.stderr, /--body: is no JSON; allowed: a JSON value, or @ and the name of a file with one/);
    assert.doesNotMatch(wrong.stderr, /s3cret/);
    const variables = await draft("posts", "--from", server.url, "--variables", "[1]");
    assert.match(variables.stderr, /--variables: are those of a query; give the query with --graphql/);
    assert.match(variables.stderr, /--variables: is no object; allowed: a JSON object/);
    assert.equal(server.requests.length, 0);
  });
});
