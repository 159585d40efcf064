import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { hostname } from "node:os";
import { readJson } from "../../runtime/store/documents.ts";
import { acquire, type Holding, isGone, LeaseLost, type Leases, newHolder } from "../../runtime/store/lease.ts";
import { LEASE, type PartitionState, readState, type StateDocument } from "../../runtime/store/state.ts";
import { JumpingClock } from "../support/clock.ts";
import { never } from "../support/extraction.ts";
import { MemoryStore } from "../support/memory-store.ts";

const NOW = Date.UTC(2024, 0, 1);
const DAY_ONE = { start: NOW, end: NOW + 86_400_000 };

describe("the lease of a partition", () => {
  let store: MemoryStore;
  let clock: JumpingClock;
  beforeEach(() => {
    store = new MemoryStore();
    clock = new JumpingClock(NOW);
  });

  const leases = (holder: string): Leases => ({ store, dataset: "d", clock, holder });
  const as = (holder: string, prepare: (state: PartitionState) => PartitionState | undefined = (state) => state) =>
    acquire(leases(holder), "A", prepare);
  const held = async (holder: string): Promise<Holding> => {
    const taken = await as(holder);
    assert(taken.kind === "held");
    return taken.holding;
  };
  const stored = async () => (await readJson<StateDocument>(store, "state/d/A.json"))?.value;
  const pass = (milliseconds: number) => clock.sleep(milliseconds, never);

  it("is taken by one, kept from others, and given back with the state", async () => {
    const one = await held("host-1/1/a");
    assert.deepEqual((await stored())?.lease, {
      ...{ token: 1, holder: "host-1/1/a", expiresAt: "2024-01-01T00:01:00Z", sequence: 0 },
    });
    assert.equal((await as("host-2/1/b")).kind, "busy");
    one.advance({ window: DAY_ONE, next: undefined, restates: undefined });
    await one.release();
    assert.deepEqual([(await stored())?.lease, (await stored())?.coverage.length], [{ token: 1 }, 1]);
    const two = await held("host-2/1/b");
    assert.deepEqual([two.token, two.state.coverage], [2, [DAY_ONE]]);
  });

  it("is taken by exactly one of many who come at once", async () => {
    const all = await Promise.all(Array.from({ length: 20 }, (_, i) => as(`host-${i}/1/x`)));
    assert.equal(all.filter(({ kind }) => kind === "held").length, 1);
    assert.equal(all.filter(({ kind }) => kind === "busy").length, 19);
  });

  it("passes on when its holder has said nothing for a minute; what that one still writes is refused", async () => {
    const paused = await held("host-1/1/a");
    await pass(LEASE - 1);
    assert.equal((await as("host-2/1/b")).kind, "busy");
    await pass(1);
    const other = await held("host-2/1/b");
    assert.equal(other.token, 2);
    other.advance({ window: DAY_ONE, next: undefined, restates: undefined });
    await other.save();
    const before = await stored();
    paused.change({ coverage: [], again: [] });
    for (const write of [() => paused.keep(), () => paused.save(), () => paused.release()])
      await assert.rejects(write(), LeaseLost);
    assert.deepEqual(await stored(), before);
    await other.release();
    assert.deepEqual((await readState(store, "d", "A")).state.coverage, [DAY_ONE]);
  });

  it("may be kept by one who comes late when nobody else came", async () => {
    const slow = await held("host-1/1/a");
    await pass(10 * LEASE);
    await slow.keep();
    assert.equal((await as("host-2/1/b")).kind, "busy");
  });

  it("is renewed when half of it is over, and not before", async () => {
    const one = await held("host-1/1/a");
    const writes = store.puts.length;
    await pass(LEASE / 2 - 1);
    await one.keep();
    assert.equal(store.puts.length, writes);
    await pass(1);
    await Promise.all([one.keep(), one.keep()]);
    assert.equal((await stored())?.lease?.expiresAt, "2024-01-01T00:01:30Z");
    await pass(LEASE - 1);
    assert.equal((await as("host-2/1/b")).kind, "busy");
  });

  it("of a process of this machine that is no more is free at once", async () => {
    const child = spawn(process.execPath, ["--version"], { stdio: "ignore" });
    const gone = `${hostname()}/${child.pid}/x`;
    await once(child, "close");
    assert.deepEqual([isGone(gone), isGone(newHolder()), isGone(`elsewhere/${child.pid}/x`)], [true, false, false]);
    await held(gone);
    assert.equal((await held("host-2/1/b")).token, 2);
    assert.equal((await as(newHolder())).kind, "busy");
  });

  it("is not taken where there is nothing to do", async () => {
    const taken = await as("host-1/1/a", () => undefined);
    assert.deepEqual([taken.kind, store.puts], ["idle", []]);
  });

  it("of one that died is given back where it had done everything", async () => {
    const dead = await held("host-1/1/a");
    await pass(LEASE);
    assert.equal((await as("host-2/1/b", () => undefined)).kind, "idle");
    assert.deepEqual((await stored())?.lease, { token: 2 });
    await assert.rejects(dead.save(), LeaseLost);
  });
});
