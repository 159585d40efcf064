import assert from "node:assert/strict";
import { acquire } from "../../runtime/store/lease.ts";
import { LEASE, readState } from "../../runtime/store/state.ts";
import { JumpingClock } from "../support/clock.ts";
import { readCoverage } from "../support/coverage.ts";
import { days, extractTiny, never, START } from "../support/extraction.ts";
import { FakeSource } from "../support/fake-source.ts";
import { storedDates } from "../support/lake-rows.ts";
import { MemoryStore } from "../support/memory-store.ts";
import { type PagedKind, pagedDataset, pagedKinds, rowsAsked } from "../support/paged.ts";

const kind = pagedKinds(4)["tokens in the body"] as PagedKind;
const dataset = pagedDataset(kind);

describe("runs over the same partitions", () => {
  it("leave alone what another one holds, say so, and bring in the rest", async () => {
    const store = new MemoryStore();
    const clock = new JumpingClock(START + 200 * 86_400_000);
    const taken = await acquire({ store, dataset: "tiny", clock, holder: "elsewhere/1/x" }, "A", (state) => state);
    assert(taken.kind === "held");
    const source = new FakeSource((request) => kind.answer(request, rowsAsked(request), 4));
    const first = await extractTiny(dataset, store, { fetch: source.fetch, clock });
    assert.deepEqual([first.busy, first.problems, first.done, first.total], [["A"], [], 1, 1]);
    assert(source.requests.every(({ url }) => url.pathname.endsWith("/B")));
    assert.deepEqual(await readCoverage(store, "tiny", "B"), [days(0, 20)]);
    await taken.holding.release();
    const second = await extractTiny(dataset, store, { fetch: source.fetch, clock });
    assert.deepEqual([second.busy, await readCoverage(store, "tiny", "A")], [[], [days(0, 20)]]);
  });

  it("do no harm when one is paused for longer than its lease and wakes", async () => {
    const store = new MemoryStore();
    const clock = new JumpingClock(START + 200 * 86_400_000);
    const one = { ...dataset, partitions: { ...dataset.partitions, values: ["A"] } };
    let asleep = Promise.withResolvers<void>();
    const reached = Promise.withResolvers<void>();
    const slow = new FakeSource(async (request, nth) => {
      if (nth === 3) {
        reached.resolve();
        await asleep.promise;
      }
      return kind.answer(request, rowsAsked(request), 4);
    });
    const paused = extractTiny(one, store, { fetch: slow.fetch, clock, holder: "elsewhere/1/x" });
    await reached.promise;
    await clock.sleep(LEASE, never);
    const quick = new FakeSource((request) => kind.answer(request, rowsAsked(request), 4));
    const other = await extractTiny(one, store, { fetch: quick.fetch, clock });
    assert.deepEqual(
      quick.requests.map(({ query }) => query.get("token")),
      ["8", "12", "16"],
    );
    const before = await readState(store, "tiny", "A");
    asleep.resolve();
    asleep = Promise.withResolvers();
    const woken = await paused;
    assert.deepEqual([other.problems, other.busy], [[], []]);
    assert.deepEqual([woken.problems, woken.busy, slow.requests.length], [[], ["A"], 3]);
    assert.deepEqual(await readState(store, "tiny", "A"), before);
    assert.equal((await storedDates(store, "A")).length, 20);
  });

  it("renew their leases while they wait for their budget", async () => {
    const store = new MemoryStore();
    const clock = new JumpingClock(START + 200 * 86_400_000);
    const source = new FakeSource(async (request) => {
      await clock.sleep(LEASE * 0.6, never);
      return kind.answer(request, rowsAsked(request), 4);
    });
    await extractTiny(dataset, store, { fetch: source.fetch, clock, days: 20 });
    const writes = store.puts.filter((key) => key === "state/tiny/A.json").length;
    assert(writes >= 4, `${writes} writes of the state`);
  });
});
