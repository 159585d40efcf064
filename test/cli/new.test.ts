import assert from "node:assert/strict";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { loadDatasetFile } from "../../runtime/cli/datasets.ts";
import type { Dataset } from "../../runtime/dataset/definition.ts";
import { type Answer, type Asked, type ReplayServer, startReplay } from "../../runtime/replay/server.ts";
import { command } from "../support/command.ts";
import { compile } from "../support/compile.ts";
import { useFolder } from "../support/folder.ts";

const bars = Array.from({ length: 5 }, (_, i) => ({
  symbol: "AAPL",
  tradeDate: `2024-01-0${i + 1}`,
  closePrice: 185.5 + i,
  volume: 1_000 + i,
  note: i ? null : "first",
}));

describe("tidegate new", () => {
  let server: ReplayServer;
  const folder = useFolder();
  let datasets: string;
  let answer: (asked: Asked) => Answer;

  beforeEach(async () => {
    datasets = join(folder.path, "datasets");
    await mkdir(datasets);
    server = await startReplay((asked) => answer(asked));
  });
  afterEach(() => server.close());

  interface Drafted {
    readonly code: string;
    readonly dataset: Dataset;
    readonly check: readonly string[];
    readonly next: readonly string[];
  }

  const draft = (...args: string[]): ReturnType<typeof command> => command(["new", ...args, "--datasets", datasets]);

  async function drafted(name: string, from: string, ...args: string[]): Promise<Drafted> {
    const { code, stdout, stderr } = await draft(name, "--from", from, "--json", ...args);
    assert.equal(code, 0, stderr);
    const { file, check, next } = JSON.parse(stdout);
    const [dataset] = await loadDatasetFile(file);
    assert.ok(dataset);
    return { code: await readFile(file, "utf8"), dataset, check, next };
  }

  async function sample(name: string, content: string | Uint8Array): Promise<string> {
    const path = join(folder.path, name);
    await writeFile(path, content);
    return path;
  }

  it("drafts from a URL: partition, window, pages, secret, columns, key and cursor", async () => {
    answer = () => ({
      status: 200,
      headers: { "x-ratelimit-limit": "200" },
      body: JSON.stringify({ data: { bars }, next_page_token: "QUFQTA==" }),
    });
    const url = `${server.url}/v2/stocks/AAPL/bars?start=2024-01-01&end=2024-01-31&limit=5&apikey=s3cret-value`;
    const { code, dataset, check } = await drafted("daily_bars", url, "--header", "X-Client: tests");
    assert.equal(server.requests[0]?.query.get("apikey"), "s3cret-value");
    assert.ok(!code.includes("s3cret-value"));
    assert.deepEqual(dataset.partitions, { field: "symbol", values: ["AAPL"] });
    assert.deepEqual(dataset.source.auth, { kind: "query", parameter: "apikey", secret: "DAILY_BARS_TOKEN" });
    assert.deepEqual(dataset.source.pages, { kind: "token", at: { body: "next_page_token" }, limit: 1_000 });
    assert.deepEqual(dataset.source.format, { kind: "json", rows: "data.bars" });
    assert.deepEqual([dataset.cursor, dataset.key], ["trade_date", ["symbol", "trade_date"]]);
    assert.deepEqual(
      Object.entries(dataset.schema).map(([name, { kind, nullable }]) => [name, kind, nullable]),
      [
        ["symbol", "text", false],
        ["trade_date", "date", false],
        ["close_price", "decimal", false],
        ["volume", "integer", false],
        ["note", "text", true],
      ],
    );
    assert.match(code, /path: \["v2", "stocks", partition\.symbol, "bars"\]/);
    assert.match(code, /start: window\.first\.date, end: window\.last\.date, limit: 5, page_token: page\.token/);
    assert.match(code, /headers: \{ ?"X-Client": ?"tests" ?\}/);
    assert.equal(dataset.source.windows.step, "30 days");
    assert.ok(check.includes("budget: how often may it be asked? The answer said x-ratelimit-limit: 200"));
    assert.ok(check.includes("pages: which parameter takes the token? page_token is a guess"));
  });

  it("marks in the file exactly what it tells to check", async () => {
    answer = () => ({ status: 200, body: JSON.stringify(bars) });
    const { code, check } = await drafted("bars", `${server.url}/bars/AAPL`);
    assert.equal(code.match(/\/\/ CHECK: /g)?.length, check.length);
  });

  it("drafts from a header with a token, and never writes it", async () => {
    answer = () => ({ status: 200, body: JSON.stringify(bars) });
    const { code, dataset, next } = await drafted(
      "bars",
      `${server.url}/x`,
      "--header",
      "Authorization: Token abc-123",
    );
    assert.equal(server.requests[0]?.headers.authorization, "Token abc-123");
    assert.ok(!code.includes("abc-123"));
    assert.deepEqual(dataset.source.auth, {
      kind: "headers",
      headers: { Authorization: { secret: "BARS_TOKEN", prefix: "Token " } },
    });
    assert.ok(next.includes("export BARS_TOKEN=<its value>"));
  });

  it("drafts from rows without names, in Unix time", async () => {
    const rows = Array.from({ length: 30 }, (_, i) => [1_704_067_200 + i * 3_600, 1.5, 2.5]);
    answer = () => ({ status: 200, body: JSON.stringify(rows) });
    const url = `${server.url}/products/BTC-USD/candles?start=1704067200&end=1704153600`;
    const { code, dataset, check } = await drafted("candles", url);
    assert.deepEqual(dataset.partitions, { field: "product", values: ["BTC-USD"] });
    assert.match(code, /rows: \(\[column_1, column_2, column_3\]\) => \(\{/);
    assert.match(code, /start: window\.first\.seconds/);
    assert.equal(dataset.schema.column_1?.kind, "timestamp");
    assert.ok(check.includes("column_1: taken for a time in Unix seconds"));
    assert.deepEqual([dataset.cursor, dataset.key], ["column_1", ["product", "column_1"]]);
    assert.deepEqual([dataset.source.windows.granularity, dataset.source.windows.step], ["1 hour", "1 day"]);
  });

  it("drafts from CSV, compressed too, where an empty field is none", async () => {
    const csv = "Date;Close;Code;Volume\n2024-01-01;1.5;007;\n2024-01-02;1.25;008;12\n";
    for (const [name, content] of [
      ["plain.csv", csv],
      ["packed.csv.gz", gzipSync(csv)],
    ] as const) {
      const { code, dataset } = await drafted(name.replace(/\W/g, "_"), await sample(name, content));
      assert.deepEqual(dataset.source.format, { kind: "csv", delimiter: ";" });
      assert.deepEqual(
        Object.entries(dataset.schema).map(([column, { kind, nullable }]) => [column, kind, nullable]),
        [
          ["part", "text", false],
          ["date", "date", false],
          ["close", "decimal", false],
          ["code", "text", false],
          ["volume", "integer", true],
        ],
      );
      assert.match(code, /volume: row\.Volume === "" \? null : row\.Volume,/);
    }
  });

  it("drafts from NDJSON with times and nested values", async () => {
    const lines = [0, 1, 2].map((i) =>
      JSON.stringify({
        id: i,
        published_at: `2024-01-01T10:0${i}:01.5Z`,
        local: "2024-01-01T10:00:00",
        tags: ["a"],
        ok: true,
      }),
    );
    const { dataset, check } = await drafted("news", await sample("news.ndjson", lines.join("\n")));
    assert.deepEqual(dataset.source.format, { kind: "ndjson" });
    assert.deepEqual([dataset.cursor, dataset.calendar], ["published_at", "24/7"]);
    assert.equal(dataset.schema.tags?.kind, "json");
    assert.equal(dataset.schema.ok?.kind, "boolean");
    assert.ok(check.includes("local: a time without a zone: if it is UTC, add a Z in rows() and make it timestamp()"));
  });

  it("makes a snapshot of an answer that says no time and is a single thing", async () => {
    answer = () => ({ status: 200, body: '{"open":"1.5","volume":"12.25","day":"x"}' });
    const { code, dataset } = await drafted("stats", `${server.url}/products/BTC-USD/stats`);
    assert.match(code, /rows: \(body\) => \[body\]/);
    assert.equal(dataset.source.windows.snapshot, true);
    assert.deepEqual([dataset.cursor, dataset.key], ["day_asked", ["product", "day_asked"]]);
    assert.match(code, /day_asked: window\.first\.date,/);
  });

  it("gives files that the compiler takes as they are", async function () {
    this.timeout(60_000);
    answer = () => ({ status: 200, body: JSON.stringify({ total: 900, list: bars }) });
    await drafted("one", `${server.url}/bars/AAPL?page=1&per_page=5&from=2024-01-01T00:00:00Z`);
    await drafted("two", await sample("two.csv", "Adj Close,1st,Ä\n1,2,3\n"));
    answer = () => ({ status: 200, headers: { link: '<https://x/2>; rel="next"' }, body: JSON.stringify([[1, "a"]]) });
    await drafted("three", `${server.url}/a/b?symbols=A,B`, "--header", "X-Api-Key: k", "--header", "X-Api-Secret: s");
    for (const name of ["one", "two", "three"]) assert.deepEqual(compile(join(datasets, `${name}.ts`)), []);
  });

  it("ends by telling what comes next", async () => {
    answer = () => ({ status: 200, body: JSON.stringify(bars) });
    const { stdout } = await draft("bars", "--from", `${server.url}/bars/AAPL`);
    assert.match(stdout, /drafted from 5 rows/);
    assert.match(stdout, /Next:\n {2}answer each CHECK in .*bars\.ts and remove it\n/);
    assert.match(stdout, /tidegate check bars --partition "AAPL" --datasets /);
    assert.match(stdout, /tidegate run bars --datasets /);
  });

  for (const [what, body, expected] of [
    ["a page for people", "<html></html>", /answers with a page for people, not with data/],
    ["no rows", "[]", /has no rows.*give an answer that has at least one row/],
    ["broken JSON", '[{"a":1}', /begins like JSON, but is none/],
    ["a sentence", "Too many requests", /is neither JSON nor CSV/],
  ] as const)
    it(`refuses ${what}`, async () => {
      answer = () => ({ status: 200, body });
      const { code, stderr } = await draft("bars", "--from", `${server.url}/bars`);
      assert.equal(code, 1, stderr);
      assert.match(stderr, expected);
      assert.doesNotMatch(stderr, /\n +at /);
    });

  it("says what the source said, and what to do about it", async () => {
    answer = () => ({ status: 401, body: '{"detail":"Please supply a token"}' });
    const { stderr } = await draft("bars", "--from", `${server.url}/bars`);
    assert.match(stderr, /answered 401: .*Please supply a token.*--header "Authorization: Bearer …"/s);
  });

  it("overwrites nothing, and takes no name that is none", async () => {
    answer = () => ({ status: 200, body: JSON.stringify(bars) });
    await drafted("bars", `${server.url}/bars`);
    const again = await draft("bars", "--from", `${server.url}/bars`);
    assert.equal(again.code, 1);
    assert.match(again.stderr, /would be overwritten; choose another name, or remove it/);
    const wrong = await draft("Daily-Bars", "--from", `${server.url}/bars`, "--header", "nonsense-secret");
    assert.equal(wrong.code, 2);
    assert.match(wrong.stderr, /name: is no name of a dataset \(got "Daily-Bars"\)/);
    assert.match(wrong.stderr, /--header: is no header; allowed: "Name: value"/);
    assert.ok(!wrong.stderr.includes("nonsense-secret"));
    const nowhere = await draft("other", "--from", "no-such-file.json");
    assert.match(nowhere.stderr, /is neither a file nor a URL \(got "no-such-file\.json"\)/);
  });
});
