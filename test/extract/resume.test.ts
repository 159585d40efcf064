import assert from "node:assert/strict";
import { hostname } from "node:os";
import fc from "fast-check";
import type { Dataset } from "../../runtime/dataset/definition.ts";
import { when } from "../../runtime/dataset/index.ts";
import { readState } from "../../runtime/store/state.ts";
import { readCoverage } from "../support/coverage.ts";
import { days, extractTiny, oneAtATime } from "../support/extraction.ts";
import { type Answering, FakeSource } from "../support/fake-source.ts";
import { storedDates } from "../support/lake-rows.ts";
import { MemoryStore } from "../support/memory-store.ts";
import { type PagedKind, pagedDataset, pagedKinds, rowsAsked } from "../support/paged.ts";

const dates = (count: number): string[] =>
  Array.from({ length: count }, (_, i) => new Date(Date.UTC(2024, 0, 1 + i)).toISOString().slice(0, 10));

/** A holder that is no more: no process has that number. */
const dead = (life: number): string => `${hostname()}/2147483646/${life}`;

/** Makes the store end in the middle of things, as if the process had been killed: from then on nothing is written. */
function killAt(store: MemoryStore, write: number, when: "before" | "after"): void {
  let left = write;
  let killed = false;
  const kill = (): never => {
    killed = true;
    throw new Error("killed");
  };
  store.beforePut = () => {
    if (killed || (when === "before" && left-- === 0)) kill();
  };
  store.afterPut = () => {
    if (when === "after" && left-- === 0) kill();
  };
}

interface Story {
  readonly dataset: Dataset;
  readonly answer: Answering;
  readonly kills: readonly { readonly write: number; readonly when: "before" | "after" }[];
  readonly days: number;
}

/** Lives that end with a kill, and one that does not. */
async function live({ dataset, answer, kills, days: count }: Story) {
  const source = new FakeSource(answer);
  const store = new MemoryStore();
  for (const [life, { write, when }] of kills.entries()) {
    killAt(store, write, when);
    await extractTiny(dataset, store, { fetch: source.fetch, days: count, holder: dead(life) });
  }
  store.beforePut = () => {};
  store.afterPut = () => {};
  const last = await extractTiny(dataset, store, { fetch: source.fetch, days: count });
  return { source, store, last };
}

/** How many requests about a partition were made more than once. */
function repeated({ requests }: FakeSource, partition: string): number {
  const about = requests
    .filter(({ url, body }) => (body ? JSON.parse(body).variables.of === partition : url.pathname.endsWith(partition)))
    .map(({ url, body }) => `${url} ${body}`);
  return about.length - new Set(about).size;
}

const kills = fc.array(fc.record({ write: fc.nat(40), when: fc.constantFrom("before" as const, "after" as const) }), {
  maxLength: 4,
});

describe("an extraction that is killed and started again", () => {
  for (const name of Object.keys(pagedKinds(1)))
    it(`has every row, and at most one request of a partition again for each kill, by ${name}`, async () => {
      await fc.assert(
        fc.asyncProperty(
          fc.integer({ min: 1, max: 9 }),
          fc.integer({ min: 1, max: 55 }),
          kills,
          async (size, count, all) => {
            const kind = pagedKinds(size)[name] as PagedKind;
            const { source, store, last } = await live({
              dataset: pagedDataset(kind),
              answer: (request) => kind.answer(request, rowsAsked(request), size),
              kills: all,
              days: count,
            });
            assert.deepEqual([last.problems, last.busy], [[], []]);
            for (const partition of ["A", "B"]) {
              assert.deepEqual(await storedDates(store, partition), dates(count));
              assert.deepEqual(await readCoverage(store, "tiny", partition), [days(0, count)]);
              assert.equal((await readState(store, "tiny", partition)).state.page, undefined);
              assert(
                repeated(source, partition) <= all.length,
                `${repeated(source, partition)} after ${all.length} kills`,
              );
            }
          },
        ),
        { numRuns: 40 },
      );
    });

  it("goes on at the page where it stopped when it ended in good order", async () => {
    const kind = pagedKinds(4)["tokens in the body"] as PagedKind;
    const dataset = pagedDataset(kind, { partitions: { ticker: ["A"] } });
    const controller = new AbortController();
    const source = new FakeSource((request, nth) => {
      if (nth === 3) controller.abort(new Error("stopped by SIGTERM"));
      return kind.answer(request, rowsAsked(request), 4);
    });
    const store = new MemoryStore();
    const options = { fetch: source.fetch, budget: oneAtATime() };
    await assert.rejects(extractTiny(dataset, store, { ...options, signal: controller.signal }), /SIGTERM/);
    const { page, lease } = (await readState(store, "tiny", "A")).state;
    assert.deepEqual([page, lease], [{ window: days(0, 20), number: 4, offset: 12, token: "12" }, { token: 1 }]);
    await extractTiny(dataset, store, options);
    assert.deepEqual(
      source.requests.map(({ query }) => query.get("token")),
      [null, "4", "8", "12", "16"],
    );
    assert.deepEqual(await storedDates(store, "A"), dates(20));
  });

  it("asks for a window anew, once, when the source has lost its place", async () => {
    const kind = pagedKinds(4)["tokens in the body"] as PagedKind;
    const dataset = pagedDataset(
      { ...kind, source: { ...kind.source, responses: [when({ status: 410 }).restartWindow()] } },
      { partitions: { ticker: ["A"] } },
    );
    let lost = 1;
    const source = new FakeSource((request) => {
      if (request.query.get("token") === "12" && lost-- > 0) return { status: 410, body: "expired" };
      return kind.answer(request, rowsAsked(request), 4);
    });
    const store = new MemoryStore();
    const first = await extractTiny(dataset, store, { fetch: source.fetch });
    assert.deepEqual([first.problems, source.requests.length], [[], 4 + 5]);
    assert.deepEqual(await readCoverage(store, "tiny", "A"), [days(0, 20)]);
    lost = 9;
    const second = await extractTiny(dataset, store, { fetch: source.fetch, days: 40 });
    assert.match(second.problems[0]?.problem ?? "", /not covered: the source lost its place more than once/);
    assert.equal(source.requests.length, 9 + 4 + 4);
  });
});
