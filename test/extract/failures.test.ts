import assert from "node:assert/strict";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import type { Dataset } from "../../runtime/dataset/definition.ts";
import { token } from "../../runtime/dataset/index.ts";
import { startReplay } from "../../runtime/replay/server.ts";
import { readCoverage } from "../support/coverage.ts";
import { about, days, exchangesOf, extractTiny, keysOf, textOf, useTiny } from "../support/extraction.ts";
import { tinyRows } from "../support/tiny.ts";

const says = (body: string) => ({ status: 200, body });

const withToken = (dataset: Dataset): Dataset => ({
  ...dataset,
  source: { ...dataset.source, auth: token({ secret: "THE_KEY", header: "X-Key", prefix: "Key " }) },
});

describe("extraction from a source that fails", () => {
  const tools = useTiny();

  it("fails a partition whose 200 carries an error, at once, and goes on with the others", async () => {
    tools.server.fail(about("A"), { kind: "answer", answer: says('{"Error Message":"Invalid API call"}') });
    const { problems } = await extractTiny(tools.dataset, tools.store);
    assert.equal(problems.length, 1);
    assert.equal(problems[0]?.partition, "A");
    assert.match(
      problems[0]?.problem ?? "",
      /^127\.0\.0\.1:\d+ answered 200, but the body is no list of rows but \{"Error Message/,
    );
    assert.equal(tools.server.requests.filter(about("A")).length, 1);
    assert.deepEqual(await readCoverage(tools.store, "tiny", "B"), [days(0, 20)]);
    assert.deepEqual(await keysOf(tools.store, "raw/tiny/A/"), []);
  });

  for (const [what, fault] of [
    ["a body that ends early", { kind: "truncate" }],
    ["a connection that is reset", { kind: "reset" }],
    ["a server that is busy", { kind: "answer", answer: { status: 503, body: "<h1>busy</h1>" } }],
    ["half a list that calls itself whole", { kind: "answer", answer: says('[{"date":"2024-01-01",') }],
  ] as const)
    it(`tries again after ${what}, and keeps only the whole answer`, async () => {
      tools.server.fail(about("A"), fault, 4);
      const { problems, requests } = await extractTiny(tools.dataset, tools.store, { days: 10 });
      assert.deepEqual([problems, requests], [[], 6]);
      const [only, ...others] = await exchangesOf(tools.store, "raw/tiny/A/");
      assert.equal(others.length, 0);
      assert.equal(
        await textOf(tools.store, only),
        tinyRows({ query: new URLSearchParams("from=2024-01-01&to=2024-01-10") }),
      );
    });

  for (const [what, fault, expected] of [
    ["a body that always ends early", { kind: "truncate" }, /gave no whole answer: aborted/],
    ["a connection that is always reset", { kind: "reset" }, /socket hang up|ECONNRESET/],
    ["a server that is always busy", { kind: "answer", answer: { status: 500, body: "oops" } }, /answered 500: "oops"/],
  ] as const)
    it(`gives a partition up after five attempts at ${what}`, async () => {
      tools.server.fail(about("A"), fault);
      const { problems } = await extractTiny(tools.dataset, tools.store);
      assert.equal(problems.length, 1);
      assert.equal(problems[0]?.partition, "A");
      assert.match(problems[0]?.problem ?? "", expected);
      assert.equal(tools.server.requests.filter(about("A")).length, 5);
      assert.deepEqual(await readCoverage(tools.store, "tiny", "B"), [days(0, 20)]);
    });

  it("says which host cannot be reached", async () => {
    await tools.server.close();
    const { problems } = await extractTiny(tools.dataset, tools.store);
    assert.deepEqual(problems.map(({ partition }) => partition).sort(), ["A", "B"]);
    assert.match(problems[0]?.problem ?? "", new RegExp(new URL(tools.server.url).host));
  });

  it("does not follow a redirect, and does not take the token elsewhere", async () => {
    await using elsewhere = await startReplay(() => ({ status: 200, body: "[]" }));
    tools.server.fail(about("A"), {
      kind: "answer",
      answer: { status: 302, body: "", headers: { location: `${elsewhere.url}/steal` } },
    });
    const { problems } = await extractTiny(withToken(tools.dataset), tools.store, { secret: "s3cret" });
    assert.match(problems[0]?.problem ?? "", /leads to http.*, which is none of its hosts/);
    assert.equal(problems.length, 1);
    assert.equal(elsewhere.requests.length, 0);
  });

  it("sends the secret and writes it nowhere", async () => {
    const { problems } = await extractTiny(withToken(tools.dataset), tools.store, { secret: "s3cret" });
    assert.deepEqual(problems, []);
    assert(tools.server.requests.every(({ headers }) => headers["x-key"] === "Key s3cret"));
    const [exchange] = await exchangesOf(tools.store);
    assert.equal(exchange?.request.headers["x-key"], "Key [redacted]");
    const files = await readdir(tools.folder.path, { recursive: true, withFileTypes: true });
    for (const file of files.filter((entry) => entry.isFile()))
      assert(!(await readFile(join(file.parentPath, file.name), "utf8")).includes("s3cret"), file.name);
  });

  for (const status of [401, 403])
    it(`stops the whole dataset with one error when the token is refused with ${status}`, async () => {
      tools.server.fail(() => true, { kind: "answer", answer: { status, body: "Invalid token." } });
      const { problems } = await extractTiny(withToken(tools.dataset), tools.store, { days: 300, secret: "wrong" });
      assert.deepEqual(problems, [
        {
          problem: `${new URL(tools.server.url).host} answered ${status}: "Invalid token."`,
          fix: "set THE_KEY to a valid value, then run again",
        },
      ]);
      assert(tools.server.requests.length <= 2, `${tools.server.requests.length} requests`);
    });

  it("says what a source without a token answered when it refuses", async () => {
    tools.server.fail(() => true, { kind: "answer", answer: { status: 403, body: "not from here" } });
    const { problems } = await extractTiny(tools.dataset, tools.store);
    assert.deepEqual(problems, [{ problem: `${new URL(tools.server.url).host} answered 403: "not from here"` }]);
  });
});
