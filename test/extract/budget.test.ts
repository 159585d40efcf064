import assert from "node:assert/strict";
import fc from "fast-check";
import { milliseconds } from "../../runtime/dataset/duration.ts";
import { type BudgetRule, none, token } from "../../runtime/dataset/source.ts";
import { Budget, Budgets } from "../../runtime/extract/budget.ts";
import { SimulatedClock } from "../support/clock.ts";

const never = new AbortController().signal;

/** One request of a simulation, in milliseconds: how long its answer takes, and when on the way the source counts it. */
interface Trip {
  readonly latency: number;
  /** 0 when it starts, 1 when its answer is there. */
  readonly counted: number;
  /** Before the worker asks for it. */
  readonly idle: number;
}

/** Sends all trips through a budget, as many at once as it wants. @returns when each was counted, and when all was over */
async function simulate(
  rules: readonly BudgetRule[],
  trips: readonly Trip[],
): Promise<{ counted: number[]; took: number }> {
  const clock = new SimulatedClock();
  const budget = new Budget(rules, clock);
  const begun = clock.now();
  const counted: number[] = [];
  const queue = [...trips];
  const worker = async (): Promise<void> => {
    for (let trip = queue.shift(); trip; trip = queue.shift()) {
      const { latency, counted: part, idle } = trip;
      if (idle) await clock.sleep(idle);
      await budget.spend(async () => {
        counted.push(clock.now() + Math.round(latency * part));
        await clock.sleep(latency);
      }, never);
    }
  };
  await clock.run(Promise.all(Array.from({ length: budget.concurrency }, worker)));
  return { counted: counted.sort((a, b) => a - b), took: clock.now() - begun };
}

/** How many a token bucket refuses that is filled, whenever it is asked, for the time since. Whole numbers throughout. */
function refusedByBucket({ requests, per, burst = 0 }: BudgetRule, counted: readonly number[]): number {
  const price = milliseconds(per);
  let level = burst * price;
  let at = counted[0] ?? 0;
  let refused = 0;
  for (const now of counted) {
    level = Math.min(burst * price, level + (now - at) * requests);
    at = now;
    if (level >= price) level -= price;
    else refused += 1;
  }
  return refused;
}

/** How many a source refuses that allows `requests` in any stretch of time, one end of it included. */
function refusedByStretch({ requests, per }: BudgetRule, counted: readonly number[]): number {
  const length = milliseconds(per);
  const accepted: number[] = [];
  let refused = 0;
  for (const now of counted) {
    if (accepted.filter((at) => at > now - length).length < requests) accepted.push(now);
    else refused += 1;
  }
  return refused;
}

const trips = (length: number) =>
  fc.array(
    fc.record({
      latency: fc.oneof(fc.nat(50), fc.nat(3_000)),
      counted: fc.double({ min: 0, max: 1, noNaN: true }),
      idle: fc.oneof({ weight: 4, arbitrary: fc.constant(0) }, { weight: 1, arbitrary: fc.nat(4_000) }),
    }),
    { minLength: length / 2, maxLength: length },
  );

const per = fc.constantFrom("1 second" as const, "3 seconds" as const, "1 minute" as const);
const bucket = fc.record({ requests: fc.integer({ min: 1, max: 40 }), per, burst: fc.integer({ min: 1, max: 20 }) });
const stretch = fc.record({ requests: fc.integer({ min: 1, max: 20 }), per });

describe("a budget", () => {
  it("never overdraws a token bucket, whatever the network does", async () => {
    await fc.assert(
      fc.asyncProperty(bucket, trips(60), async (rule, sent) => {
        const { counted } = await simulate([rule], sent);
        assert.equal(counted.length, sent.length);
        assert.equal(refusedByBucket(rule, counted), 0);
      }),
      { numRuns: 150 },
    );
  });

  it("never asks more often than allowed in any stretch of time, whatever the network does", async () => {
    await fc.assert(
      fc.asyncProperty(stretch, trips(60), async (rule, sent) => {
        const { counted } = await simulate([rule], sent);
        assert.equal(counted.length, sent.length);
        assert.equal(refusedByStretch(rule, counted), 0);
      }),
      { numRuns: 150 },
    );
  });

  it("keeps several rules at once", async () => {
    await fc.assert(
      fc.asyncProperty(bucket, stretch, trips(40), async (one, other, sent) => {
        const { counted } = await simulate([one, other], sent);
        assert.equal(refusedByBucket(one, counted) + refusedByStretch(other, counted), 0);
      }),
      { numRuns: 80 },
    );
  });

  for (const [rule, latency] of [
    [{ requests: 10, per: "1 second", burst: 15 }, 30],
    [{ requests: 10, per: "1 second", burst: 15 }, 400],
    [{ requests: 3, per: "1 second", burst: 2 }, 5],
    [{ requests: 50, per: "1 minute" }, 500],
    [{ requests: 5, per: "1 second" }, 10],
  ] as const)
    it(`uses at least 97 % of ${JSON.stringify(rule)} when answers take ${latency} ms`, async () => {
      const count = 600;
      const { took } = await simulate(
        [rule],
        Array.from({ length: count }, () => ({ latency, counted: 0.5, idle: 0 })),
      );
      const atOnce = "burst" in rule ? rule.burst : rule.requests;
      const needed = ((count - atOnce) / rule.requests) * milliseconds(rule.per);
      assert(took * 0.97 <= needed + latency, `${took} ms for what could take ${needed}`);
    });

  it("serves first who asked first", async () => {
    const clock = new SimulatedClock();
    const budget = new Budget([{ requests: 1, per: "1 second", burst: 1 }], clock);
    const order: number[] = [];
    const all = Promise.all([0, 1, 2, 3].map((nth) => budget.spend(async () => void order.push(nth), never)));
    await clock.run(all);
    assert.deepEqual(order, [0, 1, 2, 3]);
  });

  it("counts a request that failed", async () => {
    const clock = new SimulatedClock();
    const budget = new Budget([{ requests: 1, per: "1 second" }], clock);
    const begun = clock.now();
    await assert.rejects(clock.run(budget.spend(() => Promise.reject(new Error("reset")), never)), /reset/);
    await clock.run(budget.spend(async () => undefined, never));
    assert.equal(clock.now() - begun, 1_000);
  });

  it("pauses until the moment it was told, the later of two, also those who already wait", async () => {
    const clock = new SimulatedClock();
    const budget = new Budget([{ requests: 10, per: "1 second", burst: 1 }], clock);
    const begun = clock.now();
    const at: number[] = [];
    const ask = () => budget.spend(async () => void at.push(clock.now() - begun), never);
    await clock.run(ask());
    const waiting = ask();
    budget.pauseUntil(begun + 5_000);
    budget.pauseUntil(begun + 3_000);
    await clock.run(waiting);
    assert.deepEqual(at, [0, 5_000]);
  });

  it("lets go of who waits for time or for an answer when the signal is aborted, and of nobody else", async () => {
    const clock = new SimulatedClock();
    const reason = new Error("enough");
    const long = new Budget([{ requests: 1, per: "1 hour" }], clock);
    await clock.run(long.spend(async () => undefined, never));
    const controller = new AbortController();
    const forTime = long.spend(async () => undefined, controller.signal);
    const one = new Budget([{ requests: 1, per: "1 second", burst: 1 }], clock);
    let answer = (): void => {};
    const underway = one.spend(
      () =>
        new Promise<void>((resolve) => {
          answer = resolve;
        }),
      never,
    );
    const forAnswer = one.spend(async () => undefined, controller.signal);
    const other = one.spend(async () => "served", never);
    setImmediate(() => controller.abort(reason));
    await assert.rejects(forTime, reason);
    await assert.rejects(forAnswer, reason);
    answer();
    await underway;
    assert.equal(await clock.run(other), "served");
    await assert.rejects(
      one.spend(async () => undefined, controller.signal),
      reason,
    );
  });

  it("has as many requests under way as are useful", () => {
    const concurrency = (...rules: BudgetRule[]): number => new Budget(rules, new SimulatedClock()).concurrency;
    assert.equal(concurrency({ requests: 10, per: "1 second", burst: 15 }), 15);
    assert.equal(concurrency({ requests: 5, per: "1 second" }, { requests: 500, per: "1 hour" }), 5);
    assert.equal(concurrency({ requests: 5_000, per: "1 second" }), 32);
  });
});

describe("budgets", () => {
  const source = (url: string, secret?: string) => ({
    kind: "http" as const,
    url,
    auth: secret ? token({ secret }) : ({ kind: "none" } as const),
    budget: [{ requests: 1, per: "1 second" as const }],
    windows: { step: "1 day" as const, granularity: "1 day" as const },
    request: () => ({ path: [] }),
    pages: none(),
    responses: [],
    rows: () => ({}),
  });

  it("are shared by everything that asks one host with one secret, and by nothing else", () => {
    const budgets = new Budgets(new SimulatedClock());
    const first = budgets.of(source("https://a.org/x", "KEY"));
    assert.equal(budgets.of(source("https://a.org/y", "KEY")), first);
    assert.notEqual(budgets.of(source("https://a.org/x")), first);
    assert.notEqual(budgets.of(source("https://a.org/x", "OTHER")), first);
    assert.notEqual(budgets.of(source("https://b.org/x", "KEY")), first);
  });
});
