import assert from "node:assert/strict";
import { DAY } from "../../runtime/dataset/duration.ts";
import { jsonBytes } from "../../runtime/store/documents.ts";
import { FolderStore } from "../../runtime/store/folder.ts";
import { stateIndexKey, stateKey } from "../../runtime/store/layout.ts";
import { acquire } from "../../runtime/store/lease.ts";
import { type PartitionState, toDocument } from "../../runtime/store/state.ts";
import { readStates, writeIndex } from "../../runtime/store/state-index.ts";
import type { Store } from "../../runtime/store/store.ts";
import { JumpingClock } from "../support/clock.ts";
import { temporaryFolder } from "../support/folder.ts";
import { MemoryStore } from "../support/memory-store.ts";

const names = (count: number): string[] => Array.from({ length: count }, (_, i) => `P/${i}`);
const covered = (day: number): PartitionState => ({
  ...{ coverage: [{ start: 0, end: day * DAY }], again: [], lease: { token: day } },
});

/** States as extractions leave them. */
async function fill(store: Store, partitions: readonly string[], day = 1): Promise<Map<string, PartitionState>> {
  const states = new Map(partitions.map((partition) => [partition, covered(day)]));
  for (const [partition, state] of states)
    await store.put(stateKey("d", partition), jsonBytes(toDocument("d", partition, state)));
  return states;
}

describe("the states of many partitions", () => {
  it("are read once and then only where they have changed", async () => {
    const store = new MemoryStore();
    const all = names(2_000);
    const states = await fill(store, all);
    await writeIndex(store, "d", states, all.length);
    store.gets.length = 0;
    const known = await readStates(store, "d", all);
    assert.deepEqual(store.gets, [stateIndexKey("d")]);
    assert.deepEqual([...known.keys()], all);
    assert.deepEqual(known.get("P/7"), covered(1));

    await fill(store, ["P/3", "P/1999"], 2);
    store.gets.length = 0;
    const changed = await readStates(store, "d", all);
    assert.deepEqual(store.gets.sort(), [stateIndexKey("d"), stateKey("d", "P/1999"), stateKey("d", "P/3")].sort());
    assert.deepEqual([changed.get("P/3"), changed.get("P/4")], [covered(2), covered(1)]);
  });

  it("are nothing for those that were never asked, and all read where there is no index", async () => {
    const store = new MemoryStore();
    await fill(store, names(150));
    store.gets.length = 0;
    const states = await readStates(store, "d", names(300));
    assert.equal(store.gets.length, 1 + 150);
    assert.deepEqual(states.get("P/299"), { coverage: [], again: [] });
    assert.equal(states.size, 300);
  });

  it("need no index where they are few", async () => {
    const store = new MemoryStore();
    const states = await fill(store, names(20));
    await writeIndex(store, "d", states, 20);
    assert.equal(store.objects.has(stateIndexKey("d")), false);
    assert.equal((await readStates(store, "d", names(20))).size, 20);
  });

  it("are told by the worker that had a partition last, whoever writes the index last", async () => {
    const store = new MemoryStore();
    const all = names(200);
    const early = await fill(store, all, 1);
    const late = await fill(store, all, 2);
    await writeIndex(store, "d", late, all.length);
    await writeIndex(store, "d", early, all.length);
    assert.deepEqual((await readStates(store, "d", all)).get("P/5"), covered(2));
  });

  it("of a worker that is writing are read, not taken from the index", async () => {
    const store = new MemoryStore();
    const all = names(200);
    await writeIndex(store, "d", await fill(store, all), all.length);
    const clock = new JumpingClock(0);
    await acquire({ store, dataset: "d", clock, holder: "h/1/x" }, "P/9", (state) => ({ ...state, asOf: 5 * DAY }));
    assert.equal((await readStates(store, "d", all)).get("P/9")?.asOf, 5 * DAY);
  });

  it("are found in a folder of thousands without reading them one by one", async () => {
    await using folder = await temporaryFolder();
    const store = new FolderStore(folder.path);
    const all = names(1_000);
    await writeIndex(store, "d", await fill(store, all), all.length);
    const get = store.get.bind(store);
    const read: string[] = [];
    store.get = (key) => {
      read.push(key);
      return get(key);
    };
    const states = await readStates(store, "d", all);
    assert.deepEqual([read, states.size], [[stateIndexKey("d")], 1_000]);
  });
});
