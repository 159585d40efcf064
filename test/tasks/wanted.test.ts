import assert from "node:assert/strict";
import { secretHeaders } from "../../runtime/dataset/index.ts";
import type { RunSummary } from "../../runtime/dataset/run.ts";
import { Budgets } from "../../runtime/extract/budget.ts";
import { type PipelineOptions, runDataset } from "../../runtime/tasks/pipeline.ts";
import { askedOf } from "../../runtime/tasks/wanted.ts";
import { JumpingClock } from "../support/clock.ts";
import { readCoverage } from "../support/coverage.ts";
import { never } from "../support/extraction.ts";
import { FakeSource, fakeDataset } from "../support/fake-source.ts";
import { MemoryStore } from "../support/memory-store.ts";
import { rowsAsked } from "../support/paged.ts";

const at = (text: string): number => Date.parse(`2024-01-${text}Z`);
const snapshot = fakeDataset({
  source: { windows: { step: "1 day", granularity: "1 day", snapshot: true } },
  definition: { partitions: { ticker: ["A"] } },
});

describe("what a run asks for", () => {
  it("is all that is complete, or the whole days of it that are named", () => {
    const tiny = fakeDataset();
    const now = at("11T08:00:00");
    assert.deepEqual(askedOf(tiny, now, {}), { start: at("01T00:00:00"), end: at("11T00:00:00") });
    assert.deepEqual(askedOf(tiny, now, { from: "2024-01-03", to: "2024-01-04" }), {
      start: at("03T00:00:00"),
      end: at("05T00:00:00"),
    });
    assert.deepEqual(askedOf(tiny, now, {}, at("05T00:00:00")).end, at("05T00:00:00"));
    assert.deepEqual(askedOf(tiny, now, { from: "2024-01-20" }), { start: at("20T00:00:00"), end: at("20T00:00:00") });
  });

  it("is the present bucket of a snapshot, where the calendar expects one", () => {
    const today = { start: at("11T00:00:00"), end: at("12T00:00:00") };
    assert.deepEqual(askedOf(snapshot, at("11T23:59:59"), {}), today);
    assert.deepEqual(askedOf({ ...snapshot, calendar: "XNYS" }, at("11T08:00:00"), {}), today);
    const saturday = askedOf({ ...snapshot, calendar: "XNYS" }, at("13T08:00:00"), {});
    assert.equal(saturday.start, saturday.end);
    const past = askedOf(snapshot, at("11T08:00:00"), { to: "2024-01-10" });
    assert.equal(past.start, past.end);
  });
});

describe("a run of its own kind", () => {
  const run = (
    store: MemoryStore,
    source: FakeSource,
    changes: Partial<PipelineOptions> & { readonly now: number },
  ) => {
    const clock = new JumpingClock(changes.now);
    return runDataset({
      ...{ dataset: snapshot, store, targets: [], budgets: new Budgets(clock), clock, fetch: source.fetch },
      ...{ signal: never, secret: () => undefined, retryDelay: 1, onProgress: () => {} },
      ...changes,
    }) as Promise<RunSummary>;
  };
  const answers = () => new FakeSource((request) => ({ body: rowsAsked(request) }));

  it("takes each bucket of a snapshot once while it lasts; one that has passed is missed and never asked", async () => {
    const [store, source] = [new MemoryStore(), answers()];
    for (const now of ["11T08:00:00", "11T20:00:00", "12T08:00:00", "15T08:00:00"])
      await run(store, source, { now: at(now) });
    assert.deepEqual(
      source.requests.map(({ query }) => query.get("from")),
      ["2024-01-11", "2024-01-12", "2024-01-15"],
    );
    const summary = await run(store, source, { now: at("16T08:00:00") });
    assert.equal(summary.gaps, 0);
    assert.deepEqual(summary.coverage[0]?.missed, [["2024-01-13T00:00:00Z", "2024-01-15T00:00:00Z"]]);
  });

  it("asks again what is covered when it is told to, of the partitions and days that are named", async () => {
    const [store, source] = [new MemoryStore(), answers()];
    const dataset = fakeDataset();
    await run(store, source, { dataset, now: at("11T08:00:00") });
    const input = { from: "2024-01-03", to: "2024-01-04", partitions: ["B"], again: true };
    await run(store, source, { dataset, now: at("11T09:00:00"), input });
    assert.deepEqual(
      source.requests.slice(2).map(({ url }) => url.pathname + url.search),
      ["/prices/B?from=2024-01-03&to=2024-01-04"],
    );
    assert.equal((await readCoverage(store, "tiny", "B")).length, 1);
  });

  it("ends before its time where a quota does, and says when it can go on", async () => {
    const source = new FakeSource(() => ({ status: 429, headers: { "retry-after": "7200" }, body: "" }));
    const summary = await run(new MemoryStore(), source, { now: at("11T08:00:00") });
    assert.deepEqual([summary.outcome, summary.resumeAt, summary.errors], ["stopped", "2024-01-11T10:00:00.000Z", []]);
    assert.match(summary.warnings[0]?.problem ?? "", /its budget is used up/);
  });

  it("has nothing to do, and says why, where no partition is known", async () => {
    const dataset = {
      ...fakeDataset(),
      partitions: { field: "ticker", values: [], origin: { kind: "requested" as const } },
    };
    const [store, source] = [new MemoryStore(), answers()];
    const idle = await run(store, source, { dataset, now: at("11T08:00:00") });
    assert.deepEqual([idle.outcome, idle.warnings[0]?.problem], ["nothing to do", "nothing has been asked for"]);
    const named = await run(store, source, { dataset, now: at("11T08:00:00"), input: { partitions: ["Z"] } });
    assert.deepEqual([named.outcome, named.rows], ["done", 10]);
  });

  it("names every secret that is missing, before it asks anything", async () => {
    const dataset = fakeDataset({ source: { auth: secretHeaders({ "X-Id": "THE_ID", "X-Key": "THE_KEY" }) } });
    const source = answers();
    const { errors } = await run(new MemoryStore(), source, { dataset, now: at("11T08:00:00") });
    assert.deepEqual(errors, [
      {
        problem: "needs secrets: THE_ID, THE_KEY are not set",
        fix: "export THE_ID=<value> THE_KEY=<value>, then run again",
      },
    ]);
    assert.deepEqual(source.requests, []);
  });
});
