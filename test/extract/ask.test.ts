import assert from "node:assert/strict";
import { gzipSync } from "node:zlib";
import type { Dataset } from "../../runtime/dataset/definition.ts";
import { csvBody, exportJob, oauth2, queryKey, withSource } from "../../runtime/dataset/index.ts";
import { readState } from "../../runtime/store/state.ts";
import { readCoverage } from "../support/coverage.ts";
import { days, exchangesOf, extractTiny } from "../support/extraction.ts";
import { FakeSource, fakeDataset } from "../support/fake-source.ts";
import { MemoryStore } from "../support/memory-store.ts";
import { pagedDataset, pagedKinds, rowsAsked } from "../support/paged.ts";

const one = { partitions: { ticker: ["A"] } };
const csv = "date,price\n2024-01-01,1\n";

describe("a request", () => {
  it("is made again once with new credentials, and stops the dataset when these are refused too", async () => {
    const auth = oauth2({ tokenUrl: "https://source.example/token", clientId: "ID", clientSecret: "SECRET" });
    let valid = 2;
    const source = new FakeSource((request) => {
      if (request.url.pathname === "/token") return { body: { access_token: "t", expires_in: 3_600 } };
      return valid-- > 0 ? { body: rowsAsked(request) } : { status: 401, body: "expired" };
    });
    const answers = (): string[] => source.requests.map(({ url }) => url.pathname);
    const store = new MemoryStore();
    const dataset = fakeDataset({ source: { auth }, definition: one });
    const original = source.answer;
    let refusals = 1;
    source.answer = (request, nth) =>
      request.query.get("from") === "2024-01-11" && refusals-- > 0
        ? { status: 401, body: "expired" }
        : original(request, nth);
    const { problems } = await extractTiny(dataset, store, { fetch: source.fetch, secret: "s" });
    assert.deepEqual(problems, []);
    assert.deepEqual(answers(), ["/token", "/prices/A", "/prices/A", "/token", "/prices/A"]);
    const second = await extractTiny(dataset, store, { fetch: source.fetch, secret: "s", days: 50 });
    assert.match(second.problems[0]?.problem ?? "", /answered 401/);
    assert.match(second.problems[0]?.fix ?? "", /^set ID and SECRET to valid values, then run again$/);
    assert.deepEqual(answers().slice(5), ["/token", "/prices/A", "/token", "/prices/A"]);
  });

  it("waits as long as a busy source says, and stops the run when that is too long", async () => {
    let busy = 1;
    const source = new FakeSource((request) =>
      busy-- > 0 ? { status: 503, headers: { "retry-after": "120" }, body: "busy" } : { body: rowsAsked(request) },
    );
    const dataset = fakeDataset({ definition: one });
    const { problems, clock } = await extractTiny(dataset, new MemoryStore(), { fetch: source.fetch, days: 10 });
    assert.deepEqual([problems, clock.slept], [[], [120_000]]);
    source.answer = () => ({ status: 503, headers: { "retry-after": "86400" }, body: "closed" });
    const { quota } = await extractTiny(dataset, new MemoryStore(), { fetch: source.fetch, days: 10 });
    assert.equal(quota?.until, Date.UTC(2024, 6, 2));
  });

  it("of a source that says soon for ever ends", async () => {
    const source = new FakeSource(() => ({ status: 429, headers: { "retry-after": "60" }, body: "soon" }));
    const { quota, problems } = await extractTiny(fakeDataset({ definition: one }), new MemoryStore(), {
      fetch: source.fetch,
    });
    assert.deepEqual(problems, []);
    assert(quota);
    assert.equal(source.requests.length, 31);
  });

  it("keeps its pages when a quota ends, and goes on with the next", async () => {
    const kind = pagedKinds(4)["tokens in the body"];
    assert(kind);
    let left = 3;
    const source = new FakeSource((request) =>
      left-- > 0
        ? kind.answer(request, rowsAsked(request), 4)
        : { status: 429, headers: { "retry-after": "7200" }, body: "" },
    );
    const store = new MemoryStore();
    const dataset = pagedDataset(kind, one);
    const { quota, problems } = await extractTiny(dataset, store, { fetch: source.fetch });
    assert.deepEqual([quota?.until, problems], [Date.UTC(2024, 6, 1, 2), []]);
    assert.deepEqual((await readState(store, "tiny", "A")).state.page?.token, "12");
    left = 9;
    await extractTiny(dataset, store, { fetch: source.fetch });
    assert.deepEqual(
      source.requests.map(({ query }) => query.get("token")),
      [null, "4", "8", "12", "12", "16"],
    );
    assert.deepEqual(await readCoverage(store, "tiny", "A"), [days(0, 20)]);
  });
});

describe("an export", () => {
  const exported = fakeDataset({
    source: {
      pages: exportJob({
        link: (body) => (body as { link?: string }).link,
        every: "30 seconds",
        within: "5 minutes",
      }),
      format: csvBody(),
      hosts: ["files.example"],
    },
    definition: one,
  });

  it("is asked for until there is a file, which is kept with the answer that named it, and nothing else", async () => {
    const source = new FakeSource(({ url }, nth) => {
      if (url.host === "files.example") return { body: csv, headers: { "content-type": "text/csv" } };
      return { body: nth < 3 ? { status: "creating" } : { link: "https://files.example/x.csv" } };
    });
    const store = new MemoryStore();
    const { problems, clock } = await extractTiny(exported, store, { fetch: source.fetch, days: 10 });
    assert.deepEqual([problems, clock.slept], [[], [30_000, 30_000]]);
    const [only, ...others] = await exchangesOf(store);
    assert.deepEqual([others, only?.request.url], [[], "https://files.example/x.csv"]);
    assert.match(only?.body.key ?? "", /\.csv\.exchange$/);
    assert.deepEqual(only?.via?.response, { status: 200, body: '{"link":"https://files.example/x.csv"}' });
    assert.equal(only?.via?.request.url, source.requests[0]?.url.href);
    assert.equal(only?.via?.request.method, "GET");
    assert.deepEqual(await readCoverage(store, "tiny", "A"), [days(0, 10)]);
  });

  it("keeps no secret of the answer that named the file, and none at all that is large", async () => {
    const dataset = fakeDataset({
      source: { ...exported.source, auth: queryKey({ parameter: "key", secret: "KEY" }) },
      definition: one,
    });
    for (const [more, body] of [
      ["", '{"link":"https://files.example/x.csv","more":" for [redacted]"}'],
      ["x".repeat(17_000), undefined],
    ] as const) {
      const source = new FakeSource(({ url }) =>
        url.host === "files.example"
          ? { body: csv, headers: { "content-type": "text/csv" } }
          : { body: { link: "https://files.example/x.csv", more: `${more} for the-secret` } },
      );
      const store = new MemoryStore();
      const { problems } = await extractTiny(dataset, store, { fetch: source.fetch, days: 10, secret: "the-secret" });
      assert.deepEqual(problems, []);
      const [exchange] = await exchangesOf(store);
      assert.equal(exchange?.via?.response.body, body);
      assert.doesNotMatch(JSON.stringify(exchange), /the-secret/);
    }
  });

  it("that is not ready in time covers nothing", async () => {
    const source = new FakeSource(() => ({ body: { status: "creating" } }));
    const store = new MemoryStore();
    const { problems } = await extractTiny(exported, store, { fetch: source.fetch, days: 10 });
    assert.match(problems[0]?.problem ?? "", /not covered: the source has not made the file within 5 minutes/);
    assert.deepEqual([await readCoverage(store, "tiny", "A"), source.requests.length], [[], 11]);
  });

  it("follows no link to a host that is none of the source's", async () => {
    const source = new FakeSource(() => ({ body: { link: "https://elsewhere.example/x.csv" } }));
    const { problems } = await extractTiny(exported, new MemoryStore(), { fetch: source.fetch, days: 10 });
    assert.match(problems[0]?.problem ?? "", /elsewhere\.example/);
    assert.equal(source.requests.length, 1);
  });
});

describe("an exchange", () => {
  it("names the source that was asked, where it is not the default one", async () => {
    const { source: first, ...definition } = fakeDataset({ definition: one });
    const second = { ...first, url: "https://other.example" };
    const dataset: Dataset = { ...definition, source: first, sources: { default: first, other: second } };
    const source = new FakeSource((request) => ({ body: rowsAsked(request) }));
    const store = new MemoryStore();
    await extractTiny(dataset, store, { fetch: source.fetch, days: 10 });
    await extractTiny(withSource(dataset, "other"), store, { fetch: source.fetch, days: 20 });
    const names = (await exchangesOf(store)).map((exchange) => [new URL(exchange.request.url).host, exchange.source]);
    assert.deepEqual(names.sort(), [
      ["other.example", "other"],
      ["source.example", undefined],
    ]);
  });

  it("has a body whose name says how it is written", async () => {
    for (const [format, body, extension] of [
      [csvBody(), csv, "csv"],
      [csvBody(), gzipSync(csv), "csv.gz"],
      [{ kind: "ndjson" as const }, '{"date":"2024-01-01"}\n', "ndjson"],
      [{ kind: "text" as const, rows: () => [] }, "x", "txt"],
    ] as const) {
      const source = new FakeSource(() => ({ body }));
      const store = new MemoryStore();
      await extractTiny(fakeDataset({ source: { format }, definition: one }), store, { fetch: source.fetch, days: 5 });
      const [exchange] = await exchangesOf(store);
      assert.equal(exchange?.body.key.split(".").slice(1).join("."), `${extension}.exchange`);
    }
  });
});
