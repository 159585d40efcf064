import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { systemClock } from "../../runtime/dataset/clock.ts";
import { UserError } from "../../runtime/dataset/errors.ts";
import { when } from "../../runtime/dataset/index.ts";
import { Budget } from "../../runtime/extract/budget.ts";
import { readCoverage } from "../support/coverage.ts";
import { about, days, exchangesOf, extractTiny, oneAtATime, textOf, useTiny } from "../support/extraction.ts";
import { tiny } from "../support/tiny.ts";

/** Bodies that lie with their record, and apart from it. */
const SMALL = "[]";
const LARGE = `[]${" ".repeat(300 * 1024)}`;

describe("extraction", () => {
  const tools = useTiny();

  it("asks for every window once, and for nothing when it is asked again", async () => {
    const first = await extractTiny(tools.dataset, tools.store, { days: 25 });
    assert.deepEqual(
      tools.server.requests.filter(about("A")).map(({ query }) => `${query.get("from")} ${query.get("to")}`),
      ["2024-01-01 2024-01-10", "2024-01-11 2024-01-20", "2024-01-21 2024-01-25"],
    );
    assert.equal(tools.server.requests.length, 6);
    assert.deepEqual([first.done, first.total, first.requests, first.problems], [6, 6, 6, []]);
    assert.deepEqual(await readCoverage(tools.store, "tiny", "A"), [days(0, 25)]);
    assert.deepEqual(first.coverage.get("B"), [days(0, 25)]);
    const second = await extractTiny(tools.dataset, tools.store, { days: 25 });
    assert.deepEqual([second.requests, second.total, tools.server.requests.length], [0, 0, 6]);
    assert.deepEqual(second.coverage.get("A"), [days(0, 25)]);
    await extractTiny(tools.dataset, tools.store, { days: 26 });
    assert.equal(tools.server.requests.at(-1)?.query.get("from"), "2024-01-26");
    assert.equal(tools.server.requests.length, 8);
  });

  it("reports how far it is", async () => {
    const { progress, rawBytes } = await extractTiny(tools.dataset, tools.store);
    assert.deepEqual(
      progress.map(({ done }) => done).filter((done, i, all) => done !== all[i - 1]),
      [0, 1, 2, 3, 4],
    );
    assert(progress.every(({ total }) => total === 4));
    const bodies = (await exchangesOf(tools.store)).map(({ body }) => body.bytes);
    assert.equal(
      rawBytes,
      bodies.reduce((sum, bytes) => sum + bytes, 0),
    );
  });

  it("keeps every body byte for byte, with what was asked and how it was answered", async () => {
    const body =
      ' [\r\n{"date":"2024-01-01","price":1.10}\t, {"date":"2024-01-02","price":12345678901234567890.5000}]\n\n';
    tools.server.fail(1, {
      kind: "answer",
      answer: { status: 200, body, headers: { "X-Request-Id": "r1", "set-cookie": "session=s", etag: '"e"' } },
    });
    await extractTiny(tools.dataset, tools.store, { days: 10, budget: oneAtATime() });
    const [first] = await exchangesOf(tools.store, "raw/tiny/A/");
    assert(first);
    assert.equal(await textOf(tools.store, first), body);
    assert.deepEqual(first, {
      version: 1,
      dataset: "tiny",
      partition: "A",
      window: { start: "2024-01-01T00:00:00Z", end: "2024-01-11T00:00:00Z" },
      run: "a-run",
      lease: { token: 1, sequence: 1 },
      at: "2024-07-01T00:00:00.000Z",
      request: {
        method: "GET",
        url: `${tools.server.url}/prices/A?from=2024-01-01&to=2024-01-10`,
        headers: { accept: "application/json", "accept-encoding": "gzip", "user-agent": "tidegate/0.1" },
      },
      verdict: "data",
      response: {
        status: 200,
        headers: {
          "content-type": "application/json",
          date: first.response.headers.date,
          etag: '"e"',
          "x-request-id": "r1",
        },
      },
      body: {
        key: first.body.key,
        bytes: body.length,
        sha256: createHash("sha256").update(body).digest("hex"),
      },
    });
    assert.match(first.body.key, /^raw\/tiny\/A\/20240701000000-[0-9a-f]{16}\.json\.exchange$/);
  });

  const written = (): string[] =>
    tools.store.written.filter((key) => key.includes("/A")).map((key) => key.replace(/\d{14}-\w{16}/, "x"));

  it("covers a window only after its raw is stored, a small body with its record", async () => {
    await extractTiny(tools.dataset, tools.store, { days: 10, budget: oneAtATime() });
    assert.deepEqual(written(), ["state/tiny/A.json", "raw/tiny/A/x.json.exchange", "state/tiny/A.json"]);
  });

  it("stores a large body before its record, both before the window is covered", async () => {
    tools.server.fail(1, { kind: "answer", answer: { status: 200, body: LARGE } });
    await extractTiny(tools.dataset, tools.store, { days: 10, budget: oneAtATime() });
    assert.deepEqual(written(), [
      "state/tiny/A.json",
      "raw/tiny/A/x.json",
      "raw/tiny/A/x.exchange.json",
      "state/tiny/A.json",
    ]);
    const [first] = await exchangesOf(tools.store, "raw/tiny/A/");
    assert.equal(await textOf(tools.store, first), LARGE);
  });

  for (const [part, pattern, body] of [
    ["a small body", /\.json\.exchange$/, SMALL],
    ["a large body", /-\w{16}\.json$/, LARGE],
    ["the record of a large body", /\.exchange\.json$/, LARGE],
    ["coverage", /^state\//, SMALL],
  ] as const)
    it(`covers nothing when the store fails at ${part}, leaves the other partition alone, and mends it next time`, async () => {
      let failing = true;
      tools.server.fail(about("A"), { kind: "answer", answer: { status: 200, body } }, 2);
      tools.store.beforePut = (key) => {
        if (failing && key.includes("/A") && pattern.test(key)) throw new Error("the store is away");
      };
      const first = await extractTiny(tools.dataset, tools.store);
      assert.deepEqual(first.problems, [{ partition: "A", problem: "the store is away" }]);
      assert.deepEqual(await readCoverage(tools.store, "tiny", "A"), []);
      assert.deepEqual(await readCoverage(tools.store, "tiny", "B"), [days(0, 20)]);
      failing = false;
      const second = await extractTiny(tools.dataset, tools.store);
      assert.deepEqual([second.problems, second.requests], [[], 2]);
      assert.deepEqual(await readCoverage(tools.store, "tiny", "A"), [days(0, 20)]);
    });

  it("stops everything, with one error, where the disk is full", async () => {
    const full = new UserError("the disk is full", [{ path: "", problem: "x", fix: "free some space" }]);
    tools.store.beforePut = (key) => {
      if (key.startsWith("raw/")) throw full;
    };
    const { problems, requests } = await extractTiny(tools.dataset, tools.store, { budget: oneAtATime() });
    assert.deepEqual(problems, [{ problem: "the disk is full", fix: "free some space" }]);
    assert.equal(requests, 1);
  });

  it("stops at once when it is told to, and keeps what it has", async () => {
    const controller = new AbortController();
    tools.server.fail((asked) => asked.nth > 2, { kind: "delay", ms: 20_000 });
    const reason = new Error("stopped by SIGTERM");
    const begun = Date.now();
    const running = extractTiny(tools.dataset, tools.store, { days: 100, signal: controller.signal });
    while (tools.server.requests.length < 4) await new Promise((resolve) => setTimeout(resolve, 5));
    controller.abort(reason);
    await assert.rejects(running, reason);
    assert(Date.now() - begun < 2_000);
    const kept = [await readCoverage(tools.store, "tiny", "A"), await readCoverage(tools.store, "tiny", "B")];
    assert.deepEqual(kept, [[days(0, 10)], [days(0, 10)]]);
  });

  it("stops at once while it waits for its budget or for a retry", async () => {
    for (const source of [
      { budget: [{ requests: 1, per: "10 minutes" as const }] },
      { responses: [when({ status: 200 }).retry()] },
    ]) {
      const controller = new AbortController();
      const begun = Date.now();
      const slow = tiny(tools.server.url, { source });
      const asked = tools.server.requests.length;
      const running = extractTiny(slow, tools.store, {
        signal: controller.signal,
        clock: systemClock,
        retryDelay: 60_000,
        budget: new Budget(slow.source.budget, systemClock),
      });
      while (tools.server.requests.length === asked) await new Promise((resolve) => setTimeout(resolve, 5));
      setTimeout(() => controller.abort(new Error("enough")), 50);
      await assert.rejects(running, /enough/);
      assert(Date.now() - begun < 2_000);
    }
  });
});
