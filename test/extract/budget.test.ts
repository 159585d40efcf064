import assert from "node:assert/strict";
import fc from "fast-check";
import { secretHeaders, token } from "../../runtime/dataset/auth.ts";
import type { BudgetRule } from "../../runtime/dataset/source.ts";
import { Budget, Budgets } from "../../runtime/extract/budget.ts";
import { QuotaEnded, Refused } from "../../runtime/extract/failure.ts";
import { type Counted, leastTime, refusedBy } from "../support/budget.ts";
import { SimulatedClock } from "../support/clock.ts";
import { sourceOf } from "../support/source.ts";

const never = new AbortController().signal;

/** One request of a simulation, in milliseconds: how long its answer takes, and when on the way the source counts it. */
interface Trip {
  readonly latency: number;
  /** 0 when it starts, 1 when its answer is there. */
  readonly counted: number;
  /** Before the worker asks for it. */
  readonly idle: number;
  readonly cost: number;
}

/** Sends all trips through a budget, as many at once as it wants. @returns when each was counted, and when all was over */
async function simulate(
  rules: readonly BudgetRule[],
  trips: readonly Trip[],
): Promise<{ counted: Counted[]; took: number }> {
  const clock = new SimulatedClock();
  const budget = new Budget(rules, clock);
  const begun = clock.now();
  const counted: Counted[] = [];
  const queue = [...trips];
  const worker = async (): Promise<void> => {
    for (let trip = queue.shift(); trip; trip = queue.shift()) {
      const { latency, counted: part, idle, cost } = trip;
      if (idle) await clock.sleep(idle);
      await budget.spend(
        cost,
        async () => {
          counted.push({ at: clock.now() + Math.round(latency * part), cost });
          await clock.sleep(latency);
        },
        never,
      );
    }
  };
  await clock.run(Promise.all(Array.from({ length: budget.concurrency }, worker)));
  return { counted, took: clock.now() - begun };
}

const trips = (length: number) =>
  fc.array(
    fc.record({
      latency: fc.oneof(fc.nat(50), fc.nat(3_000)),
      counted: fc.double({ min: 0, max: 1, noNaN: true }),
      cost: fc.integer({ min: 1, max: 5 }),
      idle: fc.oneof({ weight: 4, arbitrary: fc.constant(0) }, { weight: 1, arbitrary: fc.nat(4_000) }),
    }),
    { minLength: length / 2, maxLength: length },
  );

const per = fc.constantFrom("1 second" as const, "3 seconds" as const, "1 minute" as const);
const bucket = fc.record({ requests: fc.integer({ min: 1, max: 40 }), per, burst: fc.integer({ min: 1, max: 20 }) });
const stretch = fc.record({ requests: fc.integer({ min: 1, max: 20 }), per });
/** Rules that count what requests cost, each more than any request. */
const costly = fc.oneof(
  fc.record({ requests: fc.integer({ min: 5, max: 40 }), per, counts: fc.constant("cost" as const) }),
  fc.record({
    requests: fc.integer({ min: 1, max: 40 }),
    per,
    burst: fc.integer({ min: 5, max: 20 }),
    counts: fc.constant("cost" as const),
  }),
);

describe("a budget", () => {
  it("never overdraws a token bucket, whatever the network does", async () => {
    await fc.assert(
      fc.asyncProperty(bucket, trips(60), async (rule, sent) => {
        const { counted } = await simulate([rule], sent);
        assert.equal(counted.length, sent.length);
        assert.equal(refusedBy(rule, counted), 0);
      }),
      { numRuns: 150 },
    );
  });

  it("never asks more often than allowed in any stretch of time, whatever the network does", async () => {
    await fc.assert(
      fc.asyncProperty(stretch, trips(60), async (rule, sent) => {
        const { counted } = await simulate([rule], sent);
        assert.equal(counted.length, sent.length);
        assert.equal(refusedBy(rule, counted), 0);
      }),
      { numRuns: 150 },
    );
  });

  it("keeps several rules at once", async () => {
    await fc.assert(
      fc.asyncProperty(bucket, stretch, trips(40), async (one, other, sent) => {
        const { counted } = await simulate([one, other], sent);
        assert.equal(refusedBy(one, counted) + refusedBy(other, counted), 0);
      }),
      { numRuns: 80 },
    );
  });

  it("keeps rules that count what requests cost, beside one that counts requests", async () => {
    await fc.assert(
      fc.asyncProperty(costly, stretch, trips(40), async (one, other, sent) => {
        const { counted } = await simulate([one, other], sent);
        assert.equal(counted.length, sent.length);
        assert.equal(refusedBy(one, counted) + refusedBy(other, counted), 0);
      }),
      { numRuns: 150 },
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
        Array.from({ length: count }, () => ({ latency, counted: 0.5, idle: 0, cost: 1 })),
      );
      const needed = leastTime(rule, count);
      assert(took * 0.97 <= needed + latency, `${took} ms for what could take ${needed}`);
    });

  it("serves first who asked first", async () => {
    const clock = new SimulatedClock();
    const budget = new Budget([{ requests: 1, per: "1 second", burst: 1 }], clock);
    const order: number[] = [];
    const all = Promise.all([0, 1, 2, 3].map((nth) => budget.spend(1, async () => void order.push(nth), never)));
    await clock.run(all);
    assert.deepEqual(order, [0, 1, 2, 3]);
  });

  it("counts a request that failed", async () => {
    const clock = new SimulatedClock();
    const budget = new Budget([{ requests: 1, per: "1 second" }], clock);
    const begun = clock.now();
    await assert.rejects(clock.run(budget.spend(1, () => Promise.reject(new Error("reset")), never)), /reset/);
    await clock.run(budget.spend(1, async () => undefined, never));
    assert.equal(clock.now() - begun, 1_000);
  });

  it("pauses until the moment it was told, the later of two, also those who already wait", async () => {
    const clock = new SimulatedClock();
    const budget = new Budget([{ requests: 10, per: "1 second", burst: 1 }], clock);
    const begun = clock.now();
    const at: number[] = [];
    const ask = () => budget.spend(1, async () => void at.push(clock.now() - begun), never);
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
    await clock.run(long.spend(1, async () => undefined, never));
    const controller = new AbortController();
    const forTime = long.spend(1, async () => undefined, controller.signal, { patience: Number.POSITIVE_INFINITY });
    const one = new Budget([{ requests: 1, per: "1 second", burst: 1 }], clock);
    let answer = (): void => {};
    const underway = one.spend(
      1,
      () =>
        new Promise<void>((resolve) => {
          answer = resolve;
        }),
      never,
    );
    const forAnswer = one.spend(1, async () => undefined, controller.signal);
    const other = one.spend(1, async () => "served", never);
    setImmediate(() => controller.abort(reason));
    await assert.rejects(forTime, reason);
    await assert.rejects(forAnswer, reason);
    answer();
    await underway;
    assert.equal(await clock.run(other), "served");
    await assert.rejects(
      one.spend(1, async () => undefined, controller.signal),
      reason,
    );
  });

  it("has as many requests under way as are useful, and as the source takes", () => {
    const concurrency = (...rules: BudgetRule[]): number => new Budget(rules, new SimulatedClock()).concurrency;
    assert.equal(concurrency({ requests: 10, per: "1 second", burst: 15 }), 15);
    assert.equal(concurrency({ requests: 5, per: "1 second" }, { requests: 500, per: "1 hour" }), 5);
    assert.equal(concurrency({ requests: 5_000, per: "1 second" }), 32);
    const said = (concurrency: number, requests: number): number =>
      new Budgets(new SimulatedClock()).of(
        sourceOf("https://a.org", { concurrency, budget: [{ requests, per: "1 second" }] }),
      ).concurrency;
    assert.equal(said(64, 5_000), 64);
    assert.equal(said(64, 50), 50);
    assert.equal(said(1, 5_000), 1);
  });

  it("never has more under way at once than the source takes", async () => {
    const clock = new SimulatedClock();
    const budget = new Budgets(clock).of(
      sourceOf("https://a.org", { concurrency: 2, budget: [{ requests: 100, per: "1 second", burst: 100 }] }),
    );
    let [now, most] = [0, 0];
    const request = async (): Promise<void> => {
      now += 1;
      most = Math.max(most, now);
      await clock.sleep(10);
      now -= 1;
    };
    await clock.run(Promise.all(Array.from({ length: 10 }, () => budget.spend(1, request, never))));
    assert.equal(most, 2);
  });

  it("tells at once who would wait for longer than they want, and spends nothing on them", async () => {
    const clock = new SimulatedClock();
    const budget = new Budget([{ requests: 1, per: "1 hour" }], clock);
    await clock.run(budget.spend(1, async () => undefined, never));
    const begun = clock.now();
    for (const patience of [undefined, 60_000])
      await assert.rejects(
        clock.run(budget.spend(1, async () => assert.fail("sent"), never, patience ? { patience } : {})),
        (error: unknown) => error instanceof QuotaEnded && Math.abs(error.until - begun - 3_600_000) < 20_000,
      );
    assert.equal(clock.now(), begun);
    await clock.run(budget.spend(1, async () => undefined, never, { patience: 7_200_000 }));
    assert(clock.now() - begun >= 3_600_000);
  });

  it("refuses a request that costs more than it ever has", async () => {
    const clock = new SimulatedClock();
    const budget = new Budget([{ requests: 100, per: "1 minute", counts: "cost" }], clock);
    await assert.rejects(clock.run(budget.spend(101, async () => undefined, never)), Refused);
    await clock.run(budget.spend(100, async () => undefined, never));
  });

  it("takes no part of a cost for less than a whole one, and a free request for free", async () => {
    const clock = new SimulatedClock();
    const budget = new Budget([{ requests: 10, per: "1 minute", counts: "cost" }], clock);
    const begun = clock.now();
    for (let sent = 0; sent < 5; sent += 1) await clock.run(budget.spend(1.5, async () => undefined, never));
    for (let sent = 0; sent < 50; sent += 1) await clock.run(budget.spend(0, async () => undefined, never));
    assert.equal(clock.now(), begun);
    await clock.run(budget.spend(1, async () => undefined, never));
    assert(clock.now() - begun >= 60_000);
  });

  describe("that is told by headers what is left", () => {
    const told = (as: "seconds left" | "unix seconds", budget: BudgetRule) => {
      const clock = new SimulatedClock(Date.parse("2024-05-01T12:00:00Z"));
      const source = sourceOf("https://a.org", {
        budget: [budget],
        budgetHeaders: { remaining: "X-Left", reset: { header: "X-Reset", as } },
      });
      const begun = clock.now();
      const shared = new Budgets(clock).of(source);
      const next = async (cost = 1): Promise<number> => {
        await clock.run(shared.spend(cost, async () => undefined, never));
        return clock.now() - begun;
      };
      return { budget: shared, next };
    };
    const requests: BudgetRule = { requests: 1_000, per: "1 second" };
    const costs: BudgetRule = { requests: 1_000, per: "1 second", counts: "cost" };

    it("pauses when it is nothing, as long as they say", async () => {
      const { budget, next } = told("seconds left", requests);
      budget.observe({ "x-left": "1", "x-reset": "90" });
      assert.equal(await next(), 0);
      budget.observe({ "x-left": "0", "x-reset": "90" });
      assert.equal(await next(), 90_000);
    });

    it("pauses by the source's own clock", async () => {
      const { budget, next } = told("unix seconds", requests);
      const reset = String(Date.parse("2024-05-01T11:00:30Z") / 1_000);
      budget.observe({ "x-left": "0", "x-reset": reset, date: "Wed, 01 May 2024 11:00:00 GMT" });
      assert.equal(await next(), 30_000);
    });

    it("pauses when it is less than a request costs", async () => {
      const { budget, next } = told("seconds left", costs);
      budget.observe({ "x-left": "50", "x-reset": "90" }, 50);
      assert.equal(await next(50), 0);
      budget.observe({ "x-left": "49", "x-reset": "90" }, 50);
      assert.equal(await next(50), 90_000);
    });

    it("goes on when they say nothing, or nonsense", async () => {
      const { budget, next } = told("seconds left", requests);
      for (const headers of [
        {},
        { "x-left": "" },
        { "x-left": "none" },
        { "x-left": "0" },
        { "x-left": "0", "x-reset": "?" },
      ])
        budget.observe(headers);
      assert.equal(await next(), 0);
    });
  });
});

describe("budgets", () => {
  const source = (url: string, secret?: string, rules: BudgetRule[] = [{ requests: 1, per: "1 second" }]) =>
    sourceOf(url, { budget: rules, ...(secret ? { auth: token({ secret }) } : {}) });

  it("are shared by everything that asks one host with the same secrets, and by nothing else", () => {
    const budgets = new Budgets(new SimulatedClock());
    const first = budgets.of(source("https://a.org/x", "KEY"));
    assert.equal(budgets.of(source("https://a.org/y", "KEY")), first);
    assert.notEqual(budgets.of(source("https://a.org/x")), first);
    assert.notEqual(budgets.of(source("https://a.org/x", "OTHER")), first);
    assert.notEqual(budgets.of(source("https://b.org/x", "KEY")), first);
    const pair = (...names: [string, string]) =>
      sourceOf("https://a.org", { auth: secretHeaders({ "X-One": names[0], "X-Two": names[1] }) });
    assert.equal(budgets.of(pair("ONE", "TWO")), budgets.of(pair("TWO", "ONE")));
  });

  it("keep the rules of every dataset for all of them, also for what was asked before a dataset came", async () => {
    const clock = new SimulatedClock();
    const budgets = new Budgets(clock);
    const loose: BudgetRule = { requests: 10, per: "1 second", burst: 5 };
    const strict: BudgetRule = { requests: 20, per: "1 minute" };
    const counted: Counted[] = [];
    const send = async (): Promise<void> => void counted.push({ at: clock.now(), cost: 1 });
    const first = budgets.of(source("https://a.org/x", "KEY", [loose]));
    for (let sent = 0; sent < 15; sent += 1) await clock.run(first.spend(1, send, never));
    const second = budgets.of(source("https://a.org/y", "KEY", [strict]));
    await clock.run(Promise.all(Array.from({ length: 40 }, (_, i) => (i % 2 ? first : second).spend(1, send, never))));
    assert.equal(counted.length, 55);
    assert.equal(refusedBy(loose, counted), 0);
    assert.equal(refusedBy(strict, counted), 0);
  });
});
