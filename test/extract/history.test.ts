import assert from "node:assert/strict";
import { DAY } from "../../runtime/dataset/duration.ts";
import { when } from "../../runtime/dataset/index.ts";
import type { Windows } from "../../runtime/dataset/source.ts";
import { readState } from "../../runtime/store/state.ts";
import { JumpingClock } from "../support/clock.ts";
import { readCoverage } from "../support/coverage.ts";
import { days, extractTiny, START } from "../support/extraction.ts";
import { FakeSource, fakeDataset } from "../support/fake-source.ts";
import { MemoryStore } from "../support/memory-store.ts";
import { rowsAsked } from "../support/paged.ts";

const one = { partitions: { ticker: ["A"] } };
const dataset = (windows: Partial<Windows>) =>
  fakeDataset({ source: { windows: { step: "10 days", granularity: "1 day", ...windows } }, definition: one });

/** Windows as they were asked, by the days of January. */
const spans = ({ requests }: FakeSource): string[] =>
  requests.map(({ query }) => `${query.get("from")?.slice(8)}-${query.get("to")?.slice(8)}`);

describe("a history that changes", () => {
  it("is asked again a few days back whenever there is something new, once", async () => {
    const source = new FakeSource((request) => ({ body: rowsAsked(request) }));
    const store = new MemoryStore();
    const late = dataset({ lookback: "3 days" });
    for (const count of [10, 10, 11, 11]) await extractTiny(late, store, { fetch: source.fetch, days: count });
    assert.deepEqual(spans(source), ["01-10", "08-11"]);
    assert.deepEqual(await readCoverage(store, "tiny", "A"), [days(0, 11)]);
  });

  it("keeps its coverage while it is looked at again, also when the source fails", async () => {
    let broken = false;
    const source = new FakeSource((request) => (broken ? { status: 400, body: "no" } : { body: rowsAsked(request) }));
    const store = new MemoryStore();
    const late = dataset({ lookback: "3 days" });
    await extractTiny(late, store, { fetch: source.fetch, days: 10 });
    broken = true;
    await extractTiny(late, store, { fetch: source.fetch, days: 11 });
    assert.deepEqual(await readCoverage(store, "tiny", "A"), [days(0, 10)]);
    broken = false;
    await extractTiny(late, store, { fetch: source.fetch, days: 11 });
    assert.deepEqual(spans(source), ["01-10", "08-11", "08-11"]);
  });

  const splits = (on: string) => {
    const source = new FakeSource((request) => ({
      body: rowsAsked(request).map((row) => ({ ...row, split: row.date === on ? 2 : 1 })),
    }));
    return { source, restating: dataset({ restatedBy: (row) => row.split !== 1 }) };
  };

  it("is asked again as a whole, in the same run and once, when a new row restates it", async () => {
    const { source, restating } = splits("2024-01-12");
    const store = new MemoryStore();
    await extractTiny(restating, store, { fetch: source.fetch, days: 11 });
    const { done, total } = await extractTiny(restating, store, { fetch: source.fetch, days: 13 });
    assert.deepEqual(spans(source), ["01-10", "11-11", "12-13", "01-10", "11-11"]);
    assert.equal(done, total);
    const { state } = await readState(store, "tiny", "A");
    assert.deepEqual([state.coverage, state.again, state.asOf], [[days(0, 13)], [], START + 13 * DAY]);
    await extractTiny(restating, store, { fetch: source.fetch, days: 13 });
    await extractTiny(restating, store, { fetch: source.fetch, days: 14 });
    assert.deepEqual(spans(source).slice(5), ["14-14"]);
  });

  it("is not asked again for what it held when it was asked first, nor for a row outside of the window", async () => {
    const { source, restating } = splits("2024-01-05");
    const store = new MemoryStore();
    await extractTiny(restating, store, { fetch: source.fetch, days: 15 });
    assert.deepEqual(spans(source), ["01-10", "11-15"]);
    const early = new FakeSource((request) => ({
      body: [...rowsAsked(request).map((row) => ({ ...row, split: 1 })), { date: "2024-01-17", price: 1, split: 2 }],
    }));
    await extractTiny(restating, store, { fetch: early.fetch, days: 16 });
    assert.deepEqual(spans(early), ["16-16"]);
  });

  it("is not asked again for an old row that is looked at once more", async () => {
    const { source } = splits("2024-01-14");
    const store = new MemoryStore();
    const both = dataset({ lookback: "3 days", restatedBy: (row) => row.split !== 1 });
    for (const count of [15, 16, 17]) await extractTiny(both, store, { fetch: source.fetch, days: count });
    assert.deepEqual(spans(source), ["01-10", "11-15", "13-16", "14-17"]);
  });

  it("is asked for to its end by the next run when the one that saw it change was stopped", async () => {
    const { source, restating } = splits("2024-01-22");
    const store = new MemoryStore();
    await extractTiny(restating, store, { fetch: source.fetch, days: 20 });
    const controller = new AbortController();
    const stopping = new FakeSource((request, nth) => {
      if (nth === 2) controller.abort(new Error("stop"));
      return source.answer(request, nth);
    });
    const signal = controller.signal;
    await assert.rejects(extractTiny(restating, store, { fetch: stopping.fetch, days: 22, signal }));
    assert.deepEqual(spans(stopping), ["21-22", "01-10"]);
    await extractTiny(restating, store, { fetch: source.fetch, days: 22 });
    assert.deepEqual(spans(source), ["01-10", "11-20", "11-20"]);
  });
});

describe("a partition that is set aside", () => {
  const at = START + 200 * DAY;

  it("because the source does not know it is asked again after seven days, and then is like any other", async () => {
    let known = false;
    const source = new FakeSource((request) => (known ? { body: rowsAsked(request) } : { status: 404, body: "no" }));
    const store = new MemoryStore();
    const skipping = dataset({});
    const on = (day: number, more = {}) =>
      extractTiny(skipping, store, { fetch: source.fetch, clock: new JumpingClock(at + day * DAY), ...more });
    await on(0);
    const { skipped } = await on(6);
    assert.equal(source.requests.length, 1);
    assert.match(skipped[0]?.problem ?? "", /answered 404/);
    await on(6, { named: true });
    assert.equal(source.requests.length, 2);
    known = true;
    await on(14);
    assert.equal((await readState(store, "tiny", "A")).state.skipped, undefined);
    assert.deepEqual(await readCoverage(store, "tiny", "A"), [days(0, 20)]);
  });

  it("because it has ended is never asked again, unless it is named", async () => {
    const source = new FakeSource((request) =>
      request.query.get("from") === "2024-01-11" ? { status: 410, body: "delisted" } : { body: rowsAsked(request) },
    );
    const store = new MemoryStore();
    const ending = fakeDataset({ source: { responses: [when({ status: 410 }).endPartition()] }, definition: one });
    const { problems, skipped } = await extractTiny(ending, store, {
      fetch: source.fetch,
      clock: new JumpingClock(at),
    });
    assert.deepEqual([problems, skipped], [[], []]);
    const { state } = await readState(store, "tiny", "A");
    assert.deepEqual([state.coverage, state.ended?.at, state.ended?.from], [[days(0, 10)], at, START + 10 * DAY]);
    assert.match(state.ended?.message ?? "", /answered 410/);
    const later = { fetch: source.fetch, days: 30, clock: new JumpingClock(at + 900 * DAY) };
    await extractTiny(ending, store, later);
    assert.equal(source.requests.length, 2);
    await extractTiny(ending, store, { ...later, named: true });
    assert.equal(source.requests.length, 3);
  });
});
