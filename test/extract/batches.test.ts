import assert from "node:assert/strict";
import { hostname } from "node:os";
import fc from "fast-check";
import type { Dataset, DatasetDefinition } from "../../runtime/dataset/definition.ts";
import { jsonBody, nextToken, type Schema, when } from "../../runtime/dataset/index.ts";
import type { HttpSource } from "../../runtime/dataset/source.ts";
import { readBody } from "../../runtime/store/exchanges.ts";
import { readState } from "../../runtime/store/state.ts";
import { readCoverage } from "../support/coverage.ts";
import { days, exchangesOf, extractTiny, keysOf, oneAtATime } from "../support/extraction.ts";
import { type Answering, FakeSource, fakeDataset } from "../support/fake-source.ts";
import { MemoryStore } from "../support/memory-store.ts";
import { rowsAsked } from "../support/paged.ts";

const NAMES = ["A", "B", "C", "D", "E"];

const batched = (
  batch: number,
  source: Partial<HttpSource<"ticker">> = {},
  definition: Partial<DatasetDefinition<"ticker", Schema>> = {},
): Dataset =>
  fakeDataset({
    source: {
      batch,
      request: ({ partitions, window, page }) => ({
        path: ["prices"],
        query: { of: partitions.join(), from: window.first.date, to: window.last.date, token: page.token },
      }),
      rows: (row) => ({ ticker: row.ticker, date: row.date, price: row.price }),
      ...source,
    },
    definition: { partitions: { ticker: NAMES }, ...definition },
  });

const answer: Answering = (request) => ({
  body: (request.query.get("of") ?? "")
    .split(",")
    .flatMap((ticker) => rowsAsked(request).map((row) => ({ ticker, ...row }))),
});
const asked = (source: FakeSource): (string | null)[] => source.requests.map(({ query }) => query.get("of"));

describe("batches of partitions", () => {
  it("share a request and its body; each partition has its record and its coverage", async () => {
    const source = new FakeSource(answer);
    const store = new MemoryStore();
    const dataset = batched(2);
    const { problems } = await extractTiny(dataset, store, { fetch: source.fetch, days: 10, budget: oneAtATime() });
    assert.deepEqual(problems, []);
    assert.deepEqual(asked(source), ["A,B", "C,D", "E"]);
    for (const name of NAMES) assert.deepEqual(await readCoverage(store, "tiny", name), [days(0, 10)]);
    const [a] = await exchangesOf(store, "raw/tiny/A/");
    const [b] = await exchangesOf(store, "raw/tiny/B/");
    const [e] = await exchangesOf(store, "raw/tiny/E/");
    assert.match(a?.body.key ?? "", /^raw\/tiny\/\+\/\d{14}-\w{16}\.json$/);
    assert.deepEqual([a?.body, a?.partitions, a?.partition], [b?.body, ["A", "B"], "A"]);
    assert.deepEqual([e?.partitions, e?.body.key.startsWith("raw/tiny/E/")], [undefined, true]);
    assert.equal((await keysOf(store, "raw/tiny/+/")).length, 2);
  });

  it("are of partitions that need the same windows", async () => {
    const source = new FakeSource(answer);
    const store = new MemoryStore();
    const only = (names: readonly string[]): Dataset => ({
      ...batched(5),
      partitions: { field: "ticker", values: names },
    });
    await extractTiny(only(["B", "D"]), store, { fetch: source.fetch, days: 10 });
    await extractTiny(only(NAMES), store, { fetch: source.fetch, days: 11, budget: oneAtATime() });
    assert.deepEqual(
      source.requests.map(({ query }) => `${query.get("of")} ${query.get("from")} ${query.get("to")}`),
      [
        "B,D 2024-01-01 2024-01-10",
        "A,C,E 2024-01-01 2024-01-10",
        "A,C,E 2024-01-11 2024-01-11",
        "B,D 2024-01-11 2024-01-11",
      ],
    );
  });

  it("are halved until the partition stands alone that the source does not know", async () => {
    const source = new FakeSource((request, nth) =>
      (request.query.get("of") ?? "").split(",").includes("D")
        ? { status: 404, body: "unknown symbol" }
        : answer(request, nth),
    );
    const store = new MemoryStore();
    const dataset = batched(5, { responses: [when({ status: 404 }).skipPartition()] });
    const options = { fetch: source.fetch, days: 20 };
    const { problems, skipped, done, total } = await extractTiny(dataset, store, options);
    assert.deepEqual([problems, skipped.map(({ partition }) => partition), done], [[], ["D"], total]);
    assert.deepEqual(asked(source), ["A,B,C,D,E", "A,B,C", "A,B,C", "D,E", "D", "E", "E"]);
    for (const name of ["A", "B", "C", "E"]) assert.deepEqual(await readCoverage(store, "tiny", name), [days(0, 20)]);
    assert.deepEqual(await readCoverage(store, "tiny", "D"), []);
    await extractTiny(dataset, store, { ...options, days: 21 });
    assert.deepEqual(asked(source).slice(7), ["A,B,C,E"]);
  });

  it("go on with their pages for the same request after a kill, and lose nothing", async () => {
    const paged: Answering = (request) => {
      const rows = (request.query.get("of") ?? "")
        .split(",")
        .flatMap((ticker) => rowsAsked(request).map((row) => ({ ticker, ...row })));
      const start = Number(request.query.get("token") ?? 0);
      return {
        body: { next: start + 7 < rows.length ? String(start + 7) : null, items: rows.slice(start, start + 7) },
      };
    };
    const dataset = batched(3, { pages: nextToken({ body: "next" }), format: jsonBody({ rows: "items" }) });
    const when = fc.array(fc.nat(40), { maxLength: 3 });
    await fc.assert(
      fc.asyncProperty(when, async (kills) => {
        const source = new FakeSource(paged);
        const store = new MemoryStore();
        for (const [life, write] of kills.entries()) {
          let left = write;
          store.beforePut = () => {
            if (left-- <= 0) throw new Error("killed");
          };
          const holder = `${hostname()}/2147483646/${life}`;
          await extractTiny(dataset, store, { fetch: source.fetch, days: 10, holder });
        }
        store.beforePut = () => {};
        const { problems } = await extractTiny(dataset, store, { fetch: source.fetch, days: 10 });
        assert.deepEqual(problems, []);
        for (const name of NAMES) {
          assert.deepEqual(await readCoverage(store, "tiny", name), [days(0, 10)]);
          const found = new Set<string>();
          for (const { body } of await exchangesOf(store, `raw/tiny/${name}/`)) {
            const { items } = JSON.parse(new TextDecoder().decode(await readBody(store, body)));
            for (const { ticker, date } of items) if (ticker === name) found.add(date);
          }
          assert.equal(found.size, 10);
        }
      }),
      { numRuns: 60 },
    );
  });

  it("ask again for the history of the one member that a row restates", async () => {
    const source = new FakeSource((request) => ({
      body: (request.query.get("of") ?? "").split(",").flatMap((ticker) =>
        rowsAsked(request).map((row) => ({
          ticker,
          ...row,
          split: ticker === "B" && row.date === "2024-01-11" ? 2 : 1,
        })),
      ),
    }));
    const store = new MemoryStore();
    const dataset = batched(2, {
      windows: { step: "10 days", granularity: "1 day", restatedBy: (row) => row.split !== 1 },
    });
    const two = { ...dataset, partitions: { field: "ticker", values: ["A", "B"] } };
    await extractTiny(two, store, { fetch: source.fetch, days: 10 });
    await extractTiny(two, store, { fetch: source.fetch, days: 11 });
    assert.deepEqual(asked(source), ["A,B", "A,B", "B"]);
    assert.equal((await readState(store, "tiny", "B")).state.asOf, days(0, 11).end);
    assert.deepEqual(await readCoverage(store, "tiny", "B"), [days(0, 11)]);
  });
});
