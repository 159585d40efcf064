import assert from "node:assert/strict";
import type { Dataset } from "../../runtime/dataset/definition.ts";
import { counted, nextToken } from "../../runtime/dataset/index.ts";
import { readCoverage } from "../support/coverage.ts";
import { days, exchangesOf, extractTiny } from "../support/extraction.ts";
import { type FakeAnswer, type FakeRequest, FakeSource, fakeDataset } from "../support/fake-source.ts";
import { storedDates } from "../support/lake-rows.ts";
import { MemoryStore } from "../support/memory-store.ts";
import { type PagedKind, pagedDataset, pagedKinds, rowsAsked } from "../support/paged.ts";

const one = { partitions: { ticker: ["A"] } };
const DATES = rowsAsked({
  url: new URL("https://x.example"),
  query: new URLSearchParams({ from: "2024-01-01", to: "2024-01-20" }),
  method: "GET",
  body: "",
}).map(({ date }) => date);

async function bringIn(kind: PagedKind, answer?: (request: FakeRequest) => FakeAnswer, size = 6) {
  const source = new FakeSource(answer ?? ((request) => kind.answer(request, rowsAsked(request), size)));
  const store = new MemoryStore();
  const dataset = pagedDataset(kind, one);
  const result = await extractTiny(dataset, store, { fetch: source.fetch });
  return { source, store, result, covered: await readCoverage(store, "tiny", "A") };
}

describe("the pages of a window", () => {
  for (const [name, kind] of Object.entries(pagedKinds(6)))
    it(`are all brought in by ${name}`, async () => {
      const { source, store, result, covered } = await bringIn(kind);
      assert.deepEqual(result.problems, []);
      assert.deepEqual(await storedDates(store, "A"), DATES);
      assert.deepEqual(covered, [days(0, 20)]);
      assert.equal(source.requests.length, name.includes("empty") ? 5 : 4);
      const pages = (await exchangesOf(store)).map(({ page }) => page?.number).sort();
      assert.deepEqual(
        pages,
        [...source.requests.keys()].map((i) => i + 1),
      );
    });

  for (const [name, kind] of Object.entries(pagedKinds(5)))
    it(`end where the last page is exactly full, by ${name}`, async () => {
      const { source, store, covered } = await bringIn(kind, undefined, 5);
      assert.deepEqual(await storedDates(store, "A"), DATES);
      assert.deepEqual(covered, [days(0, 20)]);
      assert.equal(source.requests.length, /empty|short|last row/.test(name) ? 5 : 4);
    });

  for (const [name, kind] of Object.entries(pagedKinds(6)))
    it(`may be none at all, by ${name}`, async () => {
      const { source, covered } = await bringIn(kind, (request) => kind.answer(request, [], 6));
      assert.deepEqual(covered, [days(0, 20)]);
      assert.equal(source.requests.length, 1);
    });

  for (const name of ["numbers up to a total", "numbers while there is more", "tokens in the body"])
    it(`go on after an empty one in the middle, by ${name}`, async () => {
      const kind = pagedKinds(6)[name] as PagedKind;
      const holed = (request: FakeRequest): FakeAnswer => {
        const page = Number(request.query.get("page") ?? Number(request.query.get("token") ?? 0) / 6 + 1);
        // Page 2 is empty, and what should be on it comes later.
        const shifted = new URL(request.url);
        shifted.searchParams.set("page", String(page > 2 ? page - 1 : page));
        shifted.searchParams.set("token", String(((page > 2 ? page - 1 : page) - 1) * 6));
        const answer = kind.answer({ ...request, query: shifted.searchParams }, rowsAsked(request), 6);
        const { items, ...rest } = answer.body as { items: unknown[]; next?: string | null; meta?: { more: boolean } };
        const body = { ...rest, items: page === 2 ? [] : items };
        if (page === 2) return { body: { ...body, next: "12", meta: { more: true } } };
        return { body: "next" in rest && rest.next ? { ...body, next: String(page * 6) } : body };
      };
      const { source, store, result, covered } = await bringIn(kind, holed);
      assert.deepEqual(result.problems, []);
      assert.deepEqual(await storedDates(store, "A"), DATES);
      assert.deepEqual([covered, source.requests.length], [[days(0, 20)], 5]);
    });

  const untold = async (
    dataset: Dataset,
    answer: (request: FakeRequest, nth: number) => FakeAnswer,
    problem: RegExp,
  ) => {
    const source = new FakeSource(answer);
    const store = new MemoryStore();
    const { problems } = await extractTiny(dataset, store, { fetch: source.fetch });
    assert.deepEqual(
      problems.map(({ partition }) => partition),
      ["A"],
    );
    assert.match(problems[0]?.problem ?? "", problem);
    assert.match(
      problems[0]?.problem ?? "",
      /^2024-01-01T00:00:00Z to 2024-01-\d\dT00:00:00Z cannot be told complete, so it is not covered: /,
    );
    assert.deepEqual(await readCoverage(store, "tiny", "A"), []);
    return source.requests.length;
  };
  const rows = (from: number) => [{ date: `2024-01-0${from}`, price: from }];
  const paged = (pages: ReturnType<typeof counted>) => fakeDataset({ source: { pages }, definition: one });

  it("fail when a token comes twice", async () => {
    const dataset = pagedDataset(pagedKinds(6)["tokens in the body"] as PagedKind, one);
    const tokens = ["a", "b", "a"];
    const requests = await untold(
      dataset,
      (_, nth) => ({ body: { next: tokens[nth - 1] ?? null, items: rows(nth) } }),
      /page 3 leads to a page that has been asked already/,
    );
    assert.equal(requests, 3);
  });

  it("fail when the same page comes twice, but not for two empty ones", async () => {
    const dataset = paged(counted({ size: 1, last: "empty" }));
    const requests = await untold(
      dataset,
      (_, nth) => ({ body: rows(Math.min(nth, 3)) }),
      /page 4 is page 3 once more/,
    );
    assert.equal(requests, 4);
    const kind = pagedKinds(6)["tokens in the body"] as PagedKind;
    const { covered } = await bringIn(kind, ({ query }) => {
      const at = Number(query.get("token") ?? 0);
      return { body: { next: at < 3 ? String(at + 1) : null, items: [] } };
    });
    assert.deepEqual(covered, [days(0, 20)]);
  });

  it("fail at the limit, and begin anew the next time", async () => {
    const dataset = paged(counted({ size: 1, last: "empty", limit: 3 }));
    const limit = /it goes on after 3 pages, the limit/;
    assert.equal(await untold(dataset, (_, nth) => ({ body: rows(nth) }), limit), 3);
    const source = new FakeSource((_, nth) => ({ body: rows(nth) }));
    const store = new MemoryStore();
    await extractTiny(dataset, store, { fetch: source.fetch });
    await extractTiny(dataset, store, { fetch: source.fetch });
    assert.equal(source.requests.length, 6);
  });

  it("fail when the source says more rows than it gives", async () => {
    const dataset = pagedDataset(pagedKinds(6)["numbers up to a total"] as PagedKind, one);
    const answer = (_: FakeRequest, nth: number) => ({ body: { total: 9, items: nth <= 1 ? rows(nth) : [] } });
    assert.equal(await untold(dataset, answer, /the source says 9 rows and gives 1/), 3);
  });

  it("are asked anew, once, when their total shrinks while they are asked for", async () => {
    const dataset = pagedDataset(pagedKinds(6)["numbers up to a total"] as PagedKind, one);
    const shrinking = (_: FakeRequest, nth: number) => ({ body: { total: 90 - nth, items: rows(nth) } });
    assert.equal(await untold(dataset, shrinking, /the source said 87 rows at first and 86 then/), 4);
    const kind = pagedKinds(6)["numbers up to a total"] as PagedKind;
    let gone = 0;
    const { source, store, covered } = await bringIn(kind, (request) => {
      if (request.query.get("page") === "3" && gone === 0) gone = 1;
      return kind.answer(request, rowsAsked(request).slice(gone), 6);
    });
    assert.deepEqual((await storedDates(store, "A")).slice(-19), DATES.slice(1));
    assert.deepEqual([covered, source.requests.length], [[days(0, 20)], 3 + 4]);
  });

  for (const [what, body, problem] of [
    ["a total that is none", { items: [] }, /the body has no whole number at total/],
    ["a body without the place", "[]", /the body has no whole number at total/],
  ] as const)
    it(`fail for ${what}`, async () => {
      const dataset = pagedDataset(pagedKinds(6)["numbers up to a total"] as PagedKind, {
        ...one,
      });
      const source = { ...dataset.source, format: { kind: "json" as const, rows: () => [] } };
      await untold({ ...dataset, source }, () => ({ body }), problem);
    });

  it("fail for a token that is no text, and for a next page without a cursor", async () => {
    await untold(
      fakeDataset({
        source: { pages: nextToken({ body: "next" }), format: { kind: "json", rows: "items" } },
        definition: one,
      }),
      () => ({ body: { next: { of: 1 }, items: [] } }),
      /next is no text but \{"of":1\}/,
    );
    await untold(
      pagedDataset(pagedKinds(6)["a Relay connection"] as PagedKind, one),
      () => ({ body: { data: { prices: { nodes: [], pageInfo: { hasNextPage: true, endCursor: null } } } } }),
      /there is a next page, but no data.prices.pageInfo.endCursor/,
    );
  });
});
