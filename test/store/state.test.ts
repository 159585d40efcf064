import assert from "node:assert/strict";
import fc from "fast-check";
import { DAY } from "../../runtime/dataset/duration.ts";
import { type Interval, subtract, union } from "../../runtime/dataset/interval.ts";
import { writeJson } from "../../runtime/store/documents.ts";
import {
  advance,
  fromDocument,
  type PartitionState,
  readState,
  type StateDocument,
  toDocument,
  UNKNOWN,
} from "../../runtime/store/state.ts";
import { readCoverage } from "../support/coverage.ts";
import { MemoryStore } from "../support/memory-store.ts";

const instant = fc.nat(20_000).map((day) => day * DAY);
const interval = fc
  .tuple(fc.nat(60), fc.integer({ min: 1, max: 20 }))
  .map(([start, length]) => ({ start: start * DAY, end: (start + length) * DAY }));
const intervals = fc.array(interval, { maxLength: 5 }).map(union);
const optional = <T>(value: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> => fc.option(value, { nil: undefined });
const present = <T extends object>(value: T): T =>
  Object.fromEntries(Object.entries(value).filter(([, field]) => field !== undefined)) as T;

const states = fc
  .record({
    coverage: intervals,
    again: intervals,
    page: optional(
      fc
        .record({
          window: interval,
          number: fc.integer({ min: 1 }),
          offset: fc.nat(),
          token: optional(fc.string()),
          batch: optional(fc.array(fc.string())),
        })
        .map(present),
    ),
    asOf: optional(instant),
    lookedBackTo: optional(instant),
    skipped: optional(fc.record({ at: instant, message: optional(fc.string()) }).map(present)),
    ended: optional(fc.record({ at: instant, from: instant, message: optional(fc.string()) }).map(present)),
    lease: optional(
      fc
        .record({
          token: fc.nat(),
          held: optional(fc.record({ holder: fc.string(), expiresAt: instant, sequence: fc.nat() }).map(present)),
        })
        .map(present),
    ),
  })
  .map((state) => present(state) as PartitionState);

describe("the state of a partition", () => {
  it("comes back as it was written", () => {
    fc.assert(
      fc.property(states, (state) => {
        const text = JSON.stringify(toDocument("d", "p", state));
        assert.deepEqual(fromDocument(JSON.parse(text) as StateDocument), state);
      }),
    );
  });

  it("is written for people too", () => {
    const window = { start: Date.UTC(2024, 0, 1), end: Date.UTC(2024, 0, 3) };
    const at = Date.UTC(2024, 1, 1, 8);
    assert.deepEqual(
      toDocument("prices", "A", {
        coverage: [window],
        again: [],
        page: { window, number: 2, offset: 100, token: "t" },
        asOf: window.end,
        ended: { at, message: "delisted", from: window.end },
        lease: { token: 3, held: { holder: "h", expiresAt: at, sequence: 7 } },
      }),
      {
        version: 2,
        dataset: "prices",
        partition: "A",
        coverage: [{ start: "2024-01-01T00:00:00Z", end: "2024-01-03T00:00:00Z" }],
        page: {
          window: { start: "2024-01-01T00:00:00Z", end: "2024-01-03T00:00:00Z" },
          ...{ number: 2, offset: 100, token: "t" },
        },
        asOf: "2024-01-03T00:00:00Z",
        ended: { at: "2024-02-01T08:00:00Z", message: "delisted", from: "2024-01-03T00:00:00Z" },
        lease: { token: 3, holder: "h", expiresAt: "2024-02-01T08:00:00Z", sequence: 7 },
      },
    );
  });

  it("of version 1 is its coverage, and of a partition that was never asked there is none", async () => {
    const store = new MemoryStore();
    await writeJson(store, "state/d/A.json", {
      ...{ version: 1, dataset: "d", partition: "A" },
      coverage: [{ start: "2024-01-01T00:00:00Z", end: "2024-01-11T00:00:00Z" }],
    });
    const { state, etag } = await readState(store, "d", "A");
    assert.deepEqual(state, { coverage: [{ start: Date.UTC(2024, 0, 1), end: Date.UTC(2024, 0, 11) }], again: [] });
    assert.equal(etag, (await store.get("state/d/A.json"))?.etag);
    assert.deepEqual(await readState(store, "d", "B"), { state: UNKNOWN, etag: undefined });
    assert.deepEqual(await readCoverage(store, "d", "B"), []);
  });

  it("covers a window with its last page and no sooner, and is not to ask for it again", () => {
    fc.assert(
      fc.property(states, interval, (state, window) => {
        const page = { window, number: 2, offset: 5, token: "t" };
        const begun = advance(state, { window, next: page, restates: undefined });
        assert.deepEqual([begun.coverage, begun.again, begun.page], [state.coverage, state.again, page]);
        const done = advance(begun, { window, next: undefined, restates: undefined });
        assert.deepEqual(done.coverage, union([...state.coverage, window]));
        assert.deepEqual(
          done.again,
          state.again.flatMap((one: Interval) => subtract(one, [window])),
        );
        assert.deepEqual([done.page, done.skipped], [undefined, undefined]);
      }),
    );
  });

  it("knows nothing of a history that has changed but what says so, and is to ask for all of it again", () => {
    fc.assert(
      fc.property(states, interval, instant, (state, window, asOf) => {
        const changed = advance(state, { window, next: undefined, restates: asOf });
        assert.deepEqual(changed.coverage, [window]);
        assert.equal(changed.asOf, asOf);
        const all = union([...state.again, ...state.coverage]).flatMap((one) => subtract(one, [window]));
        assert.deepEqual(changed.again, all);
      }),
    );
  });
});
