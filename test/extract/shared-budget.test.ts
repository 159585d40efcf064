import assert from "node:assert/strict";
import fc from "fast-check";
import { token } from "../../runtime/dataset/auth.ts";
import { systemClock } from "../../runtime/dataset/clock.ts";
import type { BudgetRule, ResolvedSource } from "../../runtime/dataset/source.ts";
import { newLedger } from "../../runtime/extract/budget-ledger.ts";
import { serve } from "../../runtime/extract/budget-turns.ts";
import { QuotaEnded } from "../../runtime/extract/failure.ts";
import { type SwapStore, sharedBudgets } from "../../runtime/extract/shared-budget.ts";
import { FolderStore } from "../../runtime/store/folder.ts";
import { ConditionFailed, type StoredObject, type WriteOptions } from "../../runtime/store/store.ts";
import { type Counted, leastTime, refusedBy } from "../support/budget.ts";
import { SimulatedClock } from "../support/clock.ts";
import { temporaryFolder } from "../support/folder.ts";
import { sourceOf } from "../support/source.ts";

const never = new AbortController().signal;

const source = (budget: readonly BudgetRule[], more: Partial<ResolvedSource> = {}): ResolvedSource =>
  sourceOf("https://prices.example", { budget, ...more });

/** A store as far away as a simulated network is: a read or a write happens at some moment of its trip. */
class FarStore implements SwapStore {
  writes = 0;
  races = 0;
  readonly #clock: SimulatedClock;
  readonly #trip: () => number;
  readonly #objects = new Map<string, StoredObject>();

  constructor(clock: SimulatedClock, trip: () => number) {
    this.#clock = clock;
    this.#trip = trip;
  }

  async get(key: string): Promise<StoredObject | undefined> {
    await this.#clock.sleep(this.#trip());
    const found = this.#objects.get(key);
    await this.#clock.sleep(this.#trip());
    return found;
  }

  async put(key: string, body: Uint8Array, { condition }: WriteOptions = {}): Promise<string> {
    await this.#clock.sleep(this.#trip());
    const found = this.#objects.get(key);
    const holds = !condition || ("absent" in condition ? !found : found?.etag === condition.etag);
    this.writes += 1;
    if (holds) this.#objects.set(key, { body, etag: String(this.writes) });
    else this.races += 1;
    const etag = String(this.writes);
    await this.#clock.sleep(this.#trip());
    if (!holds) throw new ConditionFailed(key);
    return etag;
  }
}

/** One request of a simulation, in milliseconds: how long its answer takes, and when on the way the source counts it. */
interface Trip {
  readonly latency: number;
  readonly counted: number;
  readonly cost: number;
}

/** Numbers from 0 to 1, always the same ones. */
function numbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) & 0x7fffffff;
    return state / 0x80000000;
  };
}

interface World {
  readonly workers: number;
  readonly rules: (worker: number) => readonly BudgetRule[];
  readonly trips: readonly Trip[];
  /** Milliseconds to the store and back. */
  readonly storeLatency: number;
  readonly seed?: number;
}

/** All workers together send all trips. @returns what the source counted, and how long it all took */
async function simulate({ workers, rules, trips, storeLatency, seed = 1 }: World) {
  const clock = new SimulatedClock();
  const random = numbers(seed);
  const store = new FarStore(clock, () => Math.round((storeLatency / 2) * (0.2 + 1.6 * random())));
  const counted: Counted[] = [];
  const queue = [...trips];
  const begun = clock.now();
  const work = async (worker: number): Promise<void> => {
    const budgets = sharedBudgets(store, clock);
    const budget = budgets.of(source(rules(worker)));
    const lane = async (): Promise<void> => {
      for (let trip = queue.shift(); trip; trip = queue.shift()) {
        const { latency, counted: part, cost } = trip;
        await budget.spend(
          cost,
          async () => {
            counted.push({ at: clock.now() + Math.round(latency * part), cost });
            await clock.sleep(latency);
          },
          never,
          { patience: Number.POSITIVE_INFINITY },
        );
      }
    };
    await Promise.all(Array.from({ length: budget.concurrency }, lane));
    await budgets.close();
  };
  await clock.run(Promise.all(Array.from({ length: workers }, (_, worker) => work(worker))));
  return { counted, took: Math.max(...counted.map(({ at }) => at)) - begun, store };
}

const trip = fc.record({
  latency: fc.oneof(fc.nat(50), fc.nat(3_000)),
  counted: fc.double({ min: 0, max: 1, noNaN: true }),
  cost: fc.integer({ min: 1, max: 5 }),
});
const per = fc.constantFrom("1 second" as const, "3 seconds" as const, "1 minute" as const);
const counts = fc.constantFrom("requests" as const, "cost" as const);
const rule: fc.Arbitrary<BudgetRule> = fc.oneof(
  fc.record({ requests: fc.integer({ min: 5, max: 40 }), per, burst: fc.integer({ min: 5, max: 20 }), counts }),
  fc.record({ requests: fc.integer({ min: 5, max: 20 }), per, counts }),
);

describe("a budget that is shared over a store", () => {
  it("is never overdrawn by all workers together, whatever network and store do, by any rule of any of them", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 2, max: 5 }),
        fc.array(rule, { minLength: 1, maxLength: 3 }),
        fc.array(trip, { minLength: 20, maxLength: 60 }),
        fc.nat(100),
        fc.nat(1_000_000),
        async (workers, all, trips, storeLatency, seed) => {
          // The rules of all hold for all, from when the first of them is known.
          const { counted } = await simulate({ workers, rules: () => all, trips, storeLatency, seed });
          assert.equal(counted.length, trips.length);
          for (const one of all) assert.equal(refusedBy(one, counted), 0, JSON.stringify(one));
        },
      ),
      { numRuns: 100 },
    );
  }).timeout(60_000);

  for (const [allowed, latency, workers, storeLatency, amount] of [
    [{ requests: 10, per: "1 second", burst: 15 }, 100, 3, 20, 2_000],
    [{ requests: 10, per: "1 second", burst: 15 }, 300, 5, 60, 2_000],
    [{ requests: 100, per: "1 second", burst: 100 }, 200, 4, 40, 6_000],
    [{ requests: 50, per: "1 minute" }, 500, 4, 60, 1_000],
    [{ requests: 300, per: "10 seconds" }, 100, 3, 40, 6_000],
    [{ requests: 10, per: "1 second", burst: 15 }, 100, 1, 60, 2_000],
  ] as const)
    it(`is used to at least 97 % by ${workers} workers of ${JSON.stringify(allowed)} when answers take ${latency} ms and the store ${storeLatency}`, async () => {
      const random = numbers(7);
      const { counted, took, store } = await simulate({
        workers,
        rules: () => [allowed],
        trips: Array.from({ length: amount }, () => ({
          latency: Math.round(latency * (0.5 + random())),
          counted: random(),
          cost: 1,
        })),
        storeLatency,
      });
      assert.equal(refusedBy(allowed, counted), 0);
      const needed = leastTime(allowed, amount);
      assert(needed / took >= 0.97, `${took} ms for what could take ${needed}`);
      assert(store.writes < 10 * amount, `${store.writes} writes for ${amount} requests`);
      if (workers === 1) assert.equal(store.races, 0);
    }).timeout(20_000);

  it("loses with a worker that dies no more than the slots it held, and these for two minutes", async () => {
    const clock = new SimulatedClock();
    const store = new FarStore(clock, () => 5);
    const rules: BudgetRule[] = [{ requests: 4, per: "1 second", burst: 4 }];
    const dead = sharedBudgets(store, clock).of(source(rules));
    const lost = [1, 2, 3].map(() => dead.spend(1, () => new Promise<never>(() => {}), never));
    await clock.run(clock.sleep(1_000));
    const alive = sharedBudgets(store, clock).of(source(rules));
    const begun = clock.now();
    const at: number[] = [];
    const send = async (): Promise<void> => {
      at.push(clock.now() - begun);
      await clock.sleep(10);
    };
    const one = async (): Promise<void> => {
      for (let sent = 0; sent < 100; sent += 1) await alive.spend(1, send, never);
    };
    await clock.run(one());
    assert((at.at(-1) ?? 0) < 45_000, "the one slot that was left went round");
    assert.equal(lost.length, 3);
    await clock.run(clock.sleep(130_000));
    const before = clock.now();
    await clock.run(Promise.all([0, 1, 2, 3].map(() => alive.spend(1, () => clock.sleep(5_000), never))));
    assert(clock.now() - before <= 5_100, "all four slots are there again");
  });

  it("takes it that a worker that died had sent its requests, at the last moment", async () => {
    const clock = new SimulatedClock();
    const store = new FarStore(clock, () => 5);
    const rules: BudgetRule[] = [{ requests: 1, per: "1 minute" }];
    const begun = clock.now();
    void sharedBudgets(store, clock)
      .of(source(rules))
      .spend(1, () => new Promise<never>(() => {}), never);
    await clock.run(clock.sleep(1_000));
    await clock.run(
      sharedBudgets(store, clock)
        .of(source(rules))
        .spend(1, async () => undefined, never),
    );
    const waited = clock.now() - begun;
    assert(waited >= 180_000 && waited < 183_000, `after ${waited} ms`);
  });

  it("gives back the slot of a request that was called off while the slot was written down", async () => {
    const clock = new SimulatedClock();
    const store = new FarStore(clock, () => 50);
    const budget = sharedBudgets(store, clock).of(source([{ requests: 1, per: "1 hour", burst: 1 }]));
    const controller = new AbortController();
    const called = budget.spend(1, async () => assert.fail("sent"), controller.signal);
    await clock.run(clock.sleep(175));
    controller.abort(new Error("enough"));
    await assert.rejects(called, /enough/);
    const begun = clock.now();
    await clock.run(budget.spend(1, async () => undefined, never));
    assert(clock.now() - begun < 2_000);
  });

  it("does not use a slot that was given out before another worker was told to pause", async () => {
    const clock = new SimulatedClock();
    const store = new FarStore(clock, () => 5);
    const rules: BudgetRule[] = [{ requests: 2, per: "10 seconds" }];
    const begun = clock.now();
    const at: number[] = [];
    const worker = sharedBudgets(store, clock).of(source(rules));
    const all = Promise.all(
      Array.from({ length: 5 }, () => worker.spend(1, async () => void at.push(clock.now() - begun), never)),
    );
    await clock.run(clock.sleep(8_200));
    sharedBudgets(store, clock)
      .of(source(rules))
      .pauseUntil(begun + 60_000);
    await clock.run(all);
    assert.equal(at.length, 5);
    assert((at[1] ?? 0) < 1_000);
    assert((at[2] ?? 0) >= 60_000, `sent after ${at[2]} ms`);
  });

  it("tells every worker of a pause on its next turn", () => {
    const turn = { meters: [], waiting: [], ended: [], now: 1_000, ahead: 0, lease: 1_000 };
    const ledger = newLedger();
    assert.equal(serve(ledger, { ...turn, holder: "a", pausedUntil: 5_000 }).changed, true);
    const { pausedUntil, changed } = serve(ledger, { ...turn, holder: "b", pausedUntil: 0 });
    assert.deepEqual([pausedUntil, changed], [5_000, false]);
  });

  it("goes on with the slots of a worker that ended well at once", async () => {
    const clock = new SimulatedClock();
    const store = new FarStore(clock, () => 5);
    const rules: BudgetRule[] = [{ requests: 1, per: "1 second", burst: 1 }];
    const first = sharedBudgets(store, clock);
    await clock.run(first.of(source(rules)).spend(1, async () => undefined, never));
    await clock.run(first.close());
    const begun = clock.now();
    const second = sharedBudgets(store, clock).of(source(rules));
    await clock.run(second.spend(1, async () => undefined, never));
    assert(clock.now() - begun <= 1_100);
  });

  it("is paused for all when the source told one of them, and says so to who will not wait", async () => {
    const clock = new SimulatedClock();
    const store = new FarStore(clock, () => 5);
    const rules: BudgetRule[] = [{ requests: 10, per: "1 second", burst: 10 }];
    const told = sharedBudgets(store, clock);
    const until = clock.now() + 600_000;
    told.of(source(rules)).pauseUntil(until);
    await clock.run(told.close());
    const other = sharedBudgets(store, clock).of(source(rules));
    await assert.rejects(
      clock.run(other.spend(1, async () => assert.fail("sent"), never, { patience: 599_000 })),
      (error: unknown) => error instanceof QuotaEnded && error.until === until,
    );
    assert(clock.now() < until - 590_000, "nobody slept");
    await clock.run(other.spend(1, async () => undefined, never));
    assert(clock.now() >= until && clock.now() < until + 1_000);
  });

  it("is one for all with the same host and names of secrets, and for nobody else", async () => {
    const clock = new SimulatedClock();
    const keys = new Set<string>();
    const store = new FarStore(clock, () => 1);
    const put = store.put.bind(store);
    store.put = (key, body, options) => {
      keys.add(key);
      return put(key, body, options);
    };
    const rules: BudgetRule[] = [{ requests: 10, per: "1 second", burst: 10 }];
    const sources = [
      source(rules),
      source([{ requests: 9, per: "1 second" }], { url: "https://prices.example/v2" }),
      source(rules, { auth: token({ secret: "KEY" }) }),
      source(rules, { url: "https://other.example" }),
    ];
    for (const one of sources)
      await clock.run(
        sharedBudgets(store, clock)
          .of(one)
          .spend(1, async () => undefined, never),
      );
    assert.equal(keys.size, 3);
    for (const key of keys) assert.match(key, /^state\/\.budgets\/[0-9a-f]{32}\.json$/);
  });

  it("lets the rules of every dataset hold for all of them, also for what was asked before they were known", async () => {
    const clock = new SimulatedClock();
    const store = new FarStore(clock, () => 2);
    const loose: BudgetRule = { requests: 20, per: "1 second" };
    const strict: BudgetRule = { requests: 30, per: "1 minute" };
    const counted: Counted[] = [];
    const send = async (): Promise<void> => void counted.push({ at: clock.now(), cost: 1 });
    const first = sharedBudgets(store, clock).of(source([loose]));
    for (let sent = 0; sent < 25; sent += 1) await clock.run(first.spend(1, send, never));
    const second = sharedBudgets(store, clock).of(source([strict]));
    await clock.run(second.spend(1, send, never));
    const rest = Array.from({ length: 29 }, (_, i) => (i % 2 ? first : second).spend(1, send, never));
    await clock.run(Promise.all(rest));
    assert.equal(counted.length, 55);
    assert.equal(refusedBy(strict, counted), 0);
    assert.equal(refusedBy(loose, counted), 0);
  });

  it("fails whoever waits when the store does, so that they try again, and then goes on", async () => {
    const clock = new SimulatedClock();
    const store = new FarStore(clock, () => 2);
    const put = store.put.bind(store);
    let broken = true;
    store.put = (...given) => (broken ? Promise.reject(new Error("503 SlowDown")) : put(...given));
    const budget = sharedBudgets(store, clock).of(source([{ requests: 1, per: "1 second", burst: 1 }]));
    const asked = budget.spend(1, async () => assert.fail("sent"), never);
    await assert.rejects(clock.run(asked), /shared budget cannot be reached: 503 SlowDown/);
    broken = false;
    assert.equal(await clock.run(budget.spend(1, async () => "sent", never)), "sent");
  });

  it("takes a slot once, also when the store said no to a write that it kept", async () => {
    const clock = new SimulatedClock();
    const store = new FarStore(clock, () => 2);
    const put = store.put.bind(store);
    let lies = 1;
    store.put = async (...given) => {
      const etag = await put(...given);
      lies -= 1;
      if (lies >= 0) throw new ConditionFailed(given[0]);
      return etag;
    };
    const budgets = sharedBudgets(store, clock);
    const budget = budgets.of(source([{ requests: 2, per: "1 second", burst: 2 }]));
    const begun = clock.now();
    await clock.run(Promise.all([1, 2].map(() => budget.spend(1, async () => undefined, never))));
    assert(clock.now() - begun < 200, "both had a slot at once");
  });

  it("holds over a folder, in real time", async () => {
    await using folder = await temporaryFolder();
    const rule: BudgetRule = { requests: 40, per: "1 second", burst: 20 };
    const counted: Counted[] = [];
    let left = 80;
    const work = async (): Promise<void> => {
      const budgets = sharedBudgets(new FolderStore(folder.path), systemClock);
      const budget = budgets.of(source([rule]));
      const lane = async (): Promise<void> => {
        while (left > 0) {
          left -= 1;
          await budget.spend(
            1,
            async () => {
              counted.push({ at: Date.now(), cost: 1 });
              await systemClock.sleep(20 * Math.random(), never);
            },
            never,
          );
        }
      };
      await Promise.all(Array.from({ length: 5 }, lane));
      await budgets.close();
    };
    await Promise.all([work(), work(), work()]);
    assert.equal(counted.length, 80);
    assert.equal(refusedBy(rule, counted), 0);
  }).timeout(10_000);
});
