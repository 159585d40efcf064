import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import coinbaseCandles from "../../datasets/coinbase-candles.ts";
import dailyPrices from "../../datasets/daily-prices.ts";
import { systemClock } from "../../runtime/dataset/clock.ts";
import type { Dataset } from "../../runtime/dataset/definition.ts";
import { DAY } from "../../runtime/dataset/duration.ts";
import { UserError } from "../../runtime/dataset/errors.ts";
import { token, when } from "../../runtime/dataset/source.ts";
import { Budget } from "../../runtime/extract/budget.ts";
import { extract } from "../../runtime/extract/extract.ts";
import { nodeFetch } from "../../runtime/extract/request.ts";
import { readCoverage } from "../../runtime/store/coverage.ts";
import { FolderStore } from "../../runtime/store/folder.ts";
import { withSourceUrl } from "../../runtime/tasks/source-url.ts";
import { JumpingClock } from "../support/clock.ts";
import { exchangesOf, extractTiny, keysOf, never, UnreliableStore } from "../support/extraction.ts";
import { temporaryFolder } from "../support/folder.ts";
import { startCoinbase } from "../support/replay/coinbase.ts";
import { type Asked, type ReplayServer, startReplay } from "../support/replay/server.ts";
import { replayToken, startTiingo } from "../support/replay/tiingo.ts";
import { startTiny, tiny, tinyRows } from "../support/tiny.ts";

const START = Date.UTC(2024, 0, 1);
const days = (from: number, to: number) => ({ start: START + from * DAY, end: START + to * DAY });
const about = (ticker: string) => (asked: Asked) => asked.path === `/prices/${ticker}`;
const says = (body: string) => ({ status: 200, body });

describe("extraction", () => {
  let folder: Awaited<ReturnType<typeof temporaryFolder>>;
  let server: ReplayServer;
  let store: UnreliableStore;
  let dataset: Dataset;
  beforeEach(async () => {
    folder = await temporaryFolder();
    server = await startTiny();
    store = new UnreliableStore(folder.path);
    dataset = tiny(server.url);
  });
  afterEach(async () => {
    await server.close();
    await folder[Symbol.asyncDispose]();
  });

  it("asks for every window once, and for nothing when it is asked again", async () => {
    const first = await extractTiny(dataset, store, { days: 25 });
    assert.deepEqual(
      server.requests.filter(about("A")).map(({ query }) => `${query.get("from")} ${query.get("to")}`),
      ["2024-01-01 2024-01-10", "2024-01-11 2024-01-20", "2024-01-21 2024-01-25"],
    );
    assert.equal(server.requests.length, 6);
    assert.deepEqual([first.done, first.total, first.requests, first.problems], [6, 6, 6, []]);
    assert.deepEqual(await readCoverage(store, "tiny", "A"), [days(0, 25)]);
    assert.deepEqual(first.coverage.get("B"), [days(0, 25)]);
    const second = await extractTiny(dataset, store, { days: 25 });
    assert.deepEqual([second.requests, second.total, server.requests.length], [0, 0, 6]);
    assert.deepEqual(second.coverage.get("A"), [days(0, 25)]);
    await extractTiny(dataset, store, { days: 26 });
    assert.equal(server.requests.at(-1)?.query.get("from"), "2024-01-26");
    assert.equal(server.requests.length, 8);
  });

  it("reports how far it is", async () => {
    const { progress, rawBytes } = await extractTiny(dataset, store);
    assert.deepEqual(
      progress.map(({ done }) => done).filter((done, i, all) => done !== all[i - 1]),
      [0, 1, 2, 3, 4],
    );
    assert(progress.every(({ total }) => total === 4));
    const bodies = (await exchangesOf(store)).map(({ body }) => body.bytes);
    assert.equal(
      rawBytes,
      bodies.reduce((sum, bytes) => sum + bytes, 0),
    );
  });

  it("keeps every body byte for byte, with what was asked and how it was answered", async () => {
    const body =
      ' [\r\n{"date":"2024-01-01","price":1.10}\t, {"date":"2024-01-02","price":12345678901234567890.5000}]\n\n';
    server.fail(1, {
      kind: "answer",
      answer: { status: 200, body, headers: { "X-Request-Id": "r1", "set-cookie": "session=s", etag: '"e"' } },
    });
    await extractTiny(dataset, store, { days: 10, budget: oneAtATime() });
    const [first] = await exchangesOf(store, "raw/tiny/A/");
    assert(first);
    const stored = await store.get(first.body.key);
    assert.equal(Buffer.from(stored?.body ?? []).toString(), body);
    assert.deepEqual(first, {
      version: 1,
      dataset: "tiny",
      partition: "A",
      window: { start: "2024-01-01T00:00:00Z", end: "2024-01-11T00:00:00Z" },
      run: "a-run",
      at: "2024-07-01T00:00:00.000Z",
      request: {
        method: "GET",
        url: `${server.url}/prices/A?from=2024-01-01&to=2024-01-10`,
        headers: { accept: "application/json", "user-agent": "tidegate/0.1" },
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
    assert.match(first.body.key, /^raw\/tiny\/A\/20240701000000-[0-9a-f]{16}\.json$/);
  });

  it("covers a window only after its raw is stored, the body before its record", async () => {
    await extractTiny(dataset, store, { days: 10, budget: oneAtATime() });
    const order = store.written.filter((key) => key.includes("/A")).map((key) => key.replace(/\d{14}-\w{16}/, "x"));
    assert.deepEqual(order, ["raw/tiny/A/x.json", "raw/tiny/A/x.exchange.json", "state/tiny/A.json"]);
  });

  for (const part of [".json", ".exchange.json", "state/"])
    it(`covers nothing when the store fails at ${part}, leaves the other partition alone, and mends it next time`, async () => {
      let failing = true;
      store.beforePut = (key) => {
        if (failing && key.includes("/A") && (part === ".json" ? /-\w{16}\.json$/.test(key) : key.includes(part)))
          throw new Error("the store is away");
      };
      const first = await extractTiny(dataset, store);
      assert.deepEqual(first.problems, [{ partition: "A", problem: "the store is away" }]);
      assert.deepEqual(await readCoverage(store, "tiny", "A"), []);
      assert.deepEqual(await readCoverage(store, "tiny", "B"), [days(0, 20)]);
      failing = false;
      const second = await extractTiny(dataset, store);
      assert.deepEqual([second.problems, second.requests], [[], 2]);
      assert.deepEqual(await readCoverage(store, "tiny", "A"), [days(0, 20)]);
    });

  it("stops everything, with one error, where the disk is full", async () => {
    const full = new UserError("the disk is full", [{ path: "", problem: "x", fix: "free some space" }]);
    store.beforePut = () => {
      throw full;
    };
    const { problems, requests } = await extractTiny(dataset, store, { budget: oneAtATime() });
    assert.deepEqual(problems, [{ problem: "the disk is full", fix: "free some space" }]);
    assert.equal(requests, 1);
  });

  it("waits as long as a 429 says, burns no attempt with it, and asks nothing meanwhile", async () => {
    const clock = new JumpingClock(START + 200 * DAY);
    await using limited = await startTiny({ now: clock.now });
    const slowDown = { status: 429, body: "slow down", headers: { "retry-after": "37" } };
    limited.fail(about("A"), { kind: "answer", answer: slowDown }, 9);
    const { problems, requests } = await extractTiny(tiny(limited.url), store, { clock });
    assert.deepEqual([problems, requests], [[], 4 + 9]);
    assert.deepEqual(await readCoverage(store, "tiny", "A"), [days(0, 20)]);
    const tries = limited.requests.filter(about("A"));
    for (const [i, { at }] of tries.slice(1, 10).entries()) assert.equal(at - (tries[i]?.at ?? 0), 37_000);
  });

  it("waits longer each time that a 429 does not say how long, and gives up after some twenty minutes", async () => {
    const clock = new JumpingClock(START + 200 * DAY);
    await using limited = await startTiny({ now: clock.now });
    limited.fail(() => true, { kind: "answer", answer: { status: 429, body: "slow down" } });
    const { problems } = await extractTiny(
      { ...tiny(limited.url), partitions: { field: "ticker", values: ["A"] } },
      store,
      { clock },
    );
    const waits = limited.requests.slice(1).map(({ at }, i) => at - (limited.requests[i]?.at ?? 0));
    assert.deepEqual(
      waits,
      [1, 2, 4, 8, 16, 32, 64, 128, 256, 512].map((seconds) => seconds * 1_000),
    );
    assert.match(problems[0]?.problem ?? "", /its budget is used up$/);
  });

  for (const [what, header] of [
    ["a day", "86400"],
    ["until a date far away", "Tue, 02 Jul 2024 00:00:00 GMT"],
  ] as const)
    it(`stops when a 429 asks for ${what}, keeps what it has, and says when to come back`, async () => {
      server.fail((asked) => asked.query.get("from") === "2024-01-11", {
        kind: "answer",
        answer: { status: 429, body: "", headers: { "retry-after": header } },
      });
      const { problems, clock } = await extractTiny(dataset, store);
      const host = new URL(server.url).host;
      assert.deepEqual(problems, [
        {
          problem: `${host} answers nothing more until 2024-07-02T00:00:00.000Z: its budget is used up`,
          fix: "what was fetched is kept; run again after that time and it goes on there",
        },
      ]);
      assert.deepEqual(clock.slept, []);
      assert.deepEqual(await readCoverage(store, "tiny", "A"), [days(0, 10)]);
    });

  it("leaves a partition that the source does not know, and goes on with the others", async () => {
    server.fail(about("A"), { kind: "answer", answer: { status: 404, body: "no such ticker" } });
    const { skipped, problems, progress } = await extractTiny(dataset, store, { days: 30 });
    assert.deepEqual([skipped, problems], [["A"], []]);
    assert.equal(server.requests.filter(about("A")).length, 1);
    assert.deepEqual(await readCoverage(store, "tiny", "A"), []);
    assert.deepEqual(await readCoverage(store, "tiny", "B"), [days(0, 30)]);
    assert.deepEqual([progress.at(-1)?.done, progress.at(-1)?.total], [6, 6]);
  });

  it("fails a partition whose 200 carries an error, at once, and goes on with the others", async () => {
    server.fail(about("A"), { kind: "answer", answer: says('{"Error Message":"Invalid API call"}') });
    const { problems } = await extractTiny(dataset, store);
    assert.equal(problems.length, 1);
    assert.equal(problems[0]?.partition, "A");
    assert.match(
      problems[0]?.problem ?? "",
      /^127\.0\.0\.1:\d+ answered 200, but the body is no list of rows but \{"Error Message/,
    );
    assert.equal(server.requests.filter(about("A")).length, 1);
    assert.deepEqual(await readCoverage(store, "tiny", "B"), [days(0, 20)]);
    assert.deepEqual(await keysOf(store, "raw/tiny/A/"), []);
  });

  for (const [what, fault] of [
    ["a body that ends early", { kind: "truncate" }],
    ["a connection that is reset", { kind: "reset" }],
    ["a server that is busy", { kind: "answer", answer: { status: 503, body: "<h1>busy</h1>" } }],
    ["half a list that calls itself whole", { kind: "answer", answer: says('[{"date":"2024-01-01",') }],
  ] as const)
    it(`tries again after ${what}, and keeps only the whole answer`, async () => {
      server.fail(about("A"), fault, 4);
      const { problems, requests } = await extractTiny(dataset, store, { days: 10 });
      assert.deepEqual([problems, requests], [[], 6]);
      const [only, ...others] = await exchangesOf(store, "raw/tiny/A/");
      assert.equal(others.length, 0);
      const body = Buffer.from((await store.get(only?.body.key ?? ""))?.body ?? []).toString();
      assert.equal(body, tinyRows({ query: new URLSearchParams("from=2024-01-01&to=2024-01-10") }));
    });

  for (const [what, fault, expected] of [
    ["a body that always ends early", { kind: "truncate" }, /fetch http.*: aborted/],
    ["a connection that is always reset", { kind: "reset" }, /socket hang up|ECONNRESET/],
    ["a server that is always busy", { kind: "answer", answer: { status: 500, body: "oops" } }, /answered 500: "oops"/],
  ] as const)
    it(`gives a partition up after five attempts at ${what}`, async () => {
      server.fail(about("A"), fault);
      const { problems } = await extractTiny(dataset, store);
      assert.equal(problems.length, 1);
      assert.equal(problems[0]?.partition, "A");
      assert.match(problems[0]?.problem ?? "", expected);
      assert.equal(server.requests.filter(about("A")).length, 5);
      assert.deepEqual(await readCoverage(store, "tiny", "B"), [days(0, 20)]);
    });

  it("says which host cannot be reached", async () => {
    await server.close();
    const { problems } = await extractTiny(dataset, store);
    assert.deepEqual(problems.map(({ partition }) => partition).sort(), ["A", "B"]);
    assert.match(problems[0]?.problem ?? "", new RegExp(new URL(server.url).host));
  });

  it("does not follow a redirect, and does not take the token elsewhere", async () => {
    await using elsewhere = await startReplay(() => ({ status: 200, body: "[]" }));
    server.fail(about("A"), {
      kind: "answer",
      answer: { status: 302, body: "", headers: { location: `${elsewhere.url}/steal` } },
    });
    const { problems } = await extractTiny(withToken(dataset), store, { secret: "s3cret" });
    assert.match(problems[0]?.problem ?? "", /answered 302/);
    assert.equal(problems.length, 1);
    assert.equal(elsewhere.requests.length, 0);
  });

  it("sends the secret and writes it nowhere", async () => {
    const { problems } = await extractTiny(withToken(dataset), store, { secret: "s3cret" });
    assert.deepEqual(problems, []);
    assert(server.requests.every(({ headers }) => headers["x-key"] === "Key s3cret"));
    const [exchange] = await exchangesOf(store);
    assert.equal(exchange?.request.headers["X-Key"], "Key [redacted]");
    const files = await readdir(folder.path, { recursive: true, withFileTypes: true });
    for (const file of files.filter((entry) => entry.isFile()))
      assert(!(await readFile(join(file.parentPath, file.name), "utf8")).includes("s3cret"), file.name);
  });

  for (const status of [401, 403])
    it(`stops the whole dataset with one error when the token is refused with ${status}`, async () => {
      server.fail(() => true, { kind: "answer", answer: { status, body: "Invalid token." } });
      const { problems } = await extractTiny(withToken(dataset), store, { days: 300, secret: "wrong" });
      assert.deepEqual(problems, [
        {
          problem: `${new URL(server.url).host} refused the token: answered ${status}: "Invalid token."`,
          fix: "set THE_KEY to a valid token, then run again",
        },
      ]);
      assert(server.requests.length <= 2, `${server.requests.length} requests`);
    });

  it("says what a source without a token answered when it refuses", async () => {
    server.fail(() => true, { kind: "answer", answer: { status: 403, body: "not from here" } });
    const { problems } = await extractTiny(dataset, store);
    assert.deepEqual(problems, [{ problem: `${new URL(server.url).host} answered 403: "not from here"` }]);
  });

  it("covers a window that a rule calls empty, and keeps the answer", async () => {
    const { responses } = dataset.source;
    const rules = [when({ status: 204 }).empty(), ...responses];
    server.fail(about("A"), { kind: "answer", answer: { status: 204, body: "" } });
    await extractTiny(tiny(server.url, { source: { responses: rules } }), store, { days: 10 });
    assert.deepEqual(await readCoverage(store, "tiny", "A"), [days(0, 10)]);
    const [exchange] = await exchangesOf(store, "raw/tiny/A/");
    assert.deepEqual([exchange?.verdict, exchange?.response.status, exchange?.body.bytes], ["empty", 204, 0]);
  });

  it("splits a window that is too much, down to a single bucket", async () => {
    const length = ({ query }: Asked): number =>
      (Date.parse(query.get("to") ?? "") - Date.parse(query.get("from") ?? "")) / DAY + 1;
    server.fail((asked) => length(asked) > 3, { kind: "answer", answer: { status: 413, body: "too many rows" } });
    const splitting = tiny(server.url, { source: { responses: [when({ status: 413 }).splitWindow()] } });
    const { problems, done, total } = await extractTiny(splitting, store, { days: 10 });
    assert.deepEqual(problems, []);
    assert.equal(done, total);
    assert.deepEqual(
      server.requests
        .filter(about("A"))
        .filter(({ status }) => status === 200)
        .map(({ query }) => `${query.get("from")?.slice(8)}-${query.get("to")?.slice(8)}`),
      ["01-03", "04-05", "06-08", "09-10"],
    );
    assert.deepEqual(await readCoverage(store, "tiny", "A"), [days(0, 10)]);

    server.fail(() => true, { kind: "answer", answer: { status: 413, body: "too many rows" } });
    const { problems: hopeless } = await extractTiny(splitting, store, { days: 11 });
    assert.match(hopeless[0]?.problem ?? "", /refuses even a single bucket: answered 413/);
  });

  it("survives a definition whose request throws", async () => {
    const broken = tiny(server.url, {
      source: {
        request: ({ partition }) => {
          if (partition.ticker === "A") throw new TypeError("cannot read it");
          return { path: ["prices", partition.ticker], query: { from: "2024-01-01", to: "2024-01-02" } };
        },
      },
    });
    const { problems } = await extractTiny(broken, store);
    assert.deepEqual(problems, [{ partition: "A", problem: "cannot read it" }]);
  });

  it("encodes what it asks for, and leaves out what is undefined", async () => {
    const odd = tiny(server.url, {
      source: {
        request: ({ partition, window }) => ({
          path: ["prices", partition.ticker, 7],
          query: { start: window.first, n: 5, none: undefined, text: "a b&c" },
        }),
      },
      definition: { partitions: { ticker: ["BRK/B é?"] } },
    });
    await extractTiny(odd, store, { days: 5 });
    const [asked] = server.requests;
    assert.equal(asked?.path, "/prices/BRK%2FB%20%C3%A9%3F/7");
    assert.deepEqual(
      [...(asked?.query ?? [])],
      [
        ["start", "2024-01-01T00:00:00Z"],
        ["n", "5"],
        ["text", "a b&c"],
      ],
    );
  });

  it("stops at once when it is told to, and keeps what it has", async () => {
    const controller = new AbortController();
    server.fail((asked) => asked.nth > 2, { kind: "delay", ms: 20_000 });
    const reason = new Error("stopped by SIGTERM");
    const begun = Date.now();
    const running = extractTiny(dataset, store, { days: 100, signal: controller.signal });
    while (server.requests.length < 4) await new Promise((resolve) => setTimeout(resolve, 5));
    controller.abort(reason);
    await assert.rejects(running, reason);
    assert(Date.now() - begun < 2_000);
    const kept = [await readCoverage(store, "tiny", "A"), await readCoverage(store, "tiny", "B")];
    assert.deepEqual(kept, [[days(0, 10)], [days(0, 10)]]);
  });

  it("stops at once while it waits for its budget or for a retry", async () => {
    for (const source of [
      { budget: [{ requests: 1, per: "1 hour" as const }] },
      { responses: [when({ status: 200 }).retry()] },
    ]) {
      const controller = new AbortController();
      const begun = Date.now();
      const slow = tiny(server.url, { source });
      const asked = server.requests.length;
      const running = extractTiny(slow, store, {
        signal: controller.signal,
        clock: systemClock,
        retryDelay: 60_000,
        budget: new Budget(slow.source.budget, systemClock),
      });
      while (server.requests.length === asked) await new Promise((resolve) => setTimeout(resolve, 5));
      setTimeout(() => controller.abort(new Error("enough")), 50);
      await assert.rejects(running, /enough/);
      assert(Date.now() - begun < 2_000);
    }
  });
});

describe("extraction of the real datasets", () => {
  it("provokes no 429 from Coinbase, with its true limit and the true clock", async () => {
    await using folder = await temporaryFolder();
    await using server = await startCoinbase({ latencyMs: 20 });
    const dataset = withSourceUrl(coinbaseCandles, server.url);
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
      secret: undefined,
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
    const dataset = withSourceUrl(coinbaseCandles, server.url);
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
    assert.deepEqual([problems, skipped], [[], ["NOPE"]]);
    assert.deepEqual(coverage.get("IBM"), [days(0, 20)]);
  });
});

const withToken = (dataset: Dataset): Dataset => ({
  ...dataset,
  source: { ...dataset.source, auth: token({ secret: "THE_KEY", header: "X-Key", prefix: "Key " }) },
});

/** A budget with a single request under way, so that the order of things is known. */
const oneAtATime = (): Budget =>
  new Budget([{ requests: 1_000_000, per: "1 second", burst: 1 }], new JumpingClock(Date.UTC(2024, 6, 1)));
