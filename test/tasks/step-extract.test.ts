import assert from "node:assert/strict";
import { DAY } from "../../runtime/dataset/duration.ts";
import { acquire } from "../../runtime/store/lease.ts";
import { addRequests } from "../../runtime/store/requests.ts";
import type { ExtractPart, Plan } from "../../runtime/tasks/cloud/parts.ts";
import { JumpingClock } from "../support/clock.ts";
import { NOW, RUN, useSteps } from "../support/steps.ts";

const INTERVAL = { start: "2024-01-01T00:00:00Z", end: "2024-02-01T00:00:00Z" };

describe("a run in steps, until all is fetched", () => {
  const bench = useSteps();
  const { dataset, work, plan, extract, step, part, summary, rows } = bench;

  describe("plans", () => {
    it("what is missing", async () => {
      assert.equal(await plan(), 0);
      assert.deepEqual(await part<Plan>("plan"), {
        ...{ version: 1, dataset: "tiny", run: RUN, input: {}, plannedAt: "2024-02-01T08:00:00.000Z" },
        wanted: INTERVAL,
        ...{ again: false, concurrency: 1, batches: [{ batch: 0, partitions: ["A", "B"] }] },
      });
      assert.deepEqual(bench.server.requests, []);
    });

    it("no batch when everything is covered", async () => {
      await work({ step: "all", run: undefined, input: {} });
      await plan();
      assert.deepEqual((await part<Plan>("plan"))?.batches, []);
    });

    it("only partitions that lack something", async () => {
      await work({ step: "all", run: undefined, input: { partitions: ["A"] } });
      await plan();
      assert.deepEqual((await part<Plan>("plan"))?.batches, [{ batch: 0, partitions: ["B"] }]);
    });

    it("batches of fifty, as many at once as the budget has requests for", async () => {
      const values = Array.from({ length: 120 }, (_, i) => `P${i}`);
      const many = dataset({
        source: { budget: [{ requests: 2, per: "1 second", burst: 5 }] },
        definition: { partitions: { ticker: values } },
      });
      await plan({}, { dataset: many });
      const planned = await part<Plan>("plan");
      assert.deepEqual(
        planned?.batches.map(({ partitions }) => partitions.length),
        [40, 40, 40],
      );
      assert.equal(planned?.concurrency, 2);
    });

    it("the days, partitions and repetition that it is asked for", async () => {
      await work({ step: "all", run: undefined, input: {} });
      await plan({ from: "2024-01-05", to: "2024-01-06", partitions: ["B"], again: true });
      const planned = await part<Plan>("plan");
      assert.deepEqual(planned?.wanted, { start: "2024-01-05T00:00:00Z", end: "2024-01-07T00:00:00Z" });
      assert.deepEqual([planned?.again, planned?.batches], [true, [{ batch: 0, partitions: ["B"] }]]);
    });

    it("nothing of days that are not complete yet", async () => {
      await plan({ from: "2024-02-01", to: "2024-03-01" });
      assert.deepEqual((await part<Plan>("plan"))?.batches, []);
    });

    it("once: a run that is resumed keeps its plan", async () => {
      await plan();
      await extract(0);
      const before = await part<Plan>("plan");
      await plan({}, { clock: new JumpingClock(NOW + 5 * DAY) });
      assert.deepEqual(await part<Plan>("plan"), before);
    });
  });

  describe("extracts", () => {
    it("one batch and no other", async () => {
      const values = Array.from({ length: 60 }, (_, i) => `P${i}`);
      const many = dataset({ definition: { partitions: { ticker: values } } });
      await plan({}, { dataset: many });
      assert.equal(await extract(1, { dataset: many }), 0);
      const asked = new Set(bench.server.requests.map(({ path }) => path.split("/").at(-1)));
      assert.deepEqual([...asked].sort(), values.slice(30).sort());
      const { requests, stopped, errors } = (await part<ExtractPart>("extract-1")) ?? {};
      assert.deepEqual([requests, stopped, errors], [120, false, []]);
      assert.equal(await part("extract-0"), undefined);
    });

    it("within the budget, which batches share over the store", async () => {
      const values = Array.from({ length: 60 }, (_, i) => `P${i}`);
      const many = dataset({
        source: { budget: [{ requests: 40, per: "1 second" }], windows: { step: "31 days", granularity: "1 day" } },
        definition: { partitions: { ticker: values } },
      });
      await plan({}, { dataset: many });
      const clock = new JumpingClock(NOW);
      await extract(0, { dataset: many, clock });
      await extract(1, { dataset: many, clock });
      // Sixty requests, forty in any second.
      assert(clock.now() - NOW >= 1_000, `took ${clock.now() - NOW} ms`);
    });

    it("only the days that were planned", async () => {
      await plan({ from: "2024-01-05", to: "2024-01-06" });
      await extract(0);
      assert.deepEqual(
        bench.server.requests.map(({ query }) => [query.get("from"), query.get("to")]),
        [
          ["2024-01-05", "2024-01-06"],
          ["2024-01-05", "2024-01-06"],
        ],
      );
    });

    it("covered days again when it is asked to, and goes on where it stopped", async () => {
      await work({ step: "all", run: undefined, input: {} });
      const before = bench.server.requests.length;
      const clock = new JumpingClock(NOW + 3_600_000);
      await plan({ again: true, to: "2024-01-31" }, { clock });
      const controller = new AbortController();
      bench.server.fail((asked) => asked.nth > before + 3 && !controller.signal.aborted, { kind: "delay", ms: 60_000 });
      const stopping = extract(0, { clock, signal: controller.signal });
      while (bench.server.requests.length < before + 5) await new Promise((resolve) => setTimeout(resolve, 5));
      controller.abort(new Error("stopped by SIGTERM"));
      assert.equal(await stopping, 75);
      const done = bench.server.requests.slice(before).filter(({ status }) => status === 200).length;
      const between = bench.server.requests.length;
      assert.equal(await extract(0, { clock }), 0);
      assert.equal(bench.server.requests.length - between, 8 - done);
      const left = bench.server.requests.length;
      assert.equal(await extract(0, { clock }), 0);
      assert.equal(bench.server.requests.length, left);
    });

    it("nothing without a plan, or of a batch that is not in it", async () => {
      await assert.rejects(extract(0), /TIDEGATE_RUN: has no plan \(got "run-1"\); run the step plan first/);
      await plan();
      await assert.rejects(extract(4), /TIDEGATE_BATCH: is no batch of run-1 \(got 4\); allowed: 0 to 0/);
    });

    it("until a quota ends, which is no failure", async () => {
      const forbid = bench.server.fail((asked) => asked.nth > 3, {
        kind: "answer",
        answer: { status: 429, headers: { "retry-after": "3600" }, body: "{}" },
      });
      await plan();
      assert.equal(await extract(0), 75);
      const limited = await part<ExtractPart>("extract-0");
      assert.deepEqual([limited?.stopped, limited?.errors], [true, []]);
      assert.match(limited?.warnings[0]?.problem ?? "", /its budget is used up/);
      assert.match(limited?.resumeAt ?? "", /^2024-02-01T09:00:0\d\.\d{3}Z$/);
      await step("process");
      await step("publish");
      assert.deepEqual([(await summary())?.outcome, (await summary())?.resumeAt], ["stopped", limited?.resumeAt]);
      forbid();
      assert.equal(await extract(0), 0);
      const whole = await part<ExtractPart>("extract-0");
      assert.deepEqual([whole?.stopped, whole?.warnings, whole?.resumeAt], [false, [], undefined]);
      assert.equal(whole?.requests, bench.server.requests.length);
      await step("process");
      await step("publish");
      assert.deepEqual([(await summary())?.outcome, (await summary())?.gaps], ["done", 0]);
    });

    it("the other partitions when another run holds one, and is to be run once more", async () => {
      const clock = new JumpingClock(NOW);
      const other = { store: bench.store, dataset: "tiny", clock, holder: "elsewhere/1/x" };
      const taken = await acquire(other, "A", (state) => state);
      assert(taken.kind === "held");
      await plan();
      assert.equal(await extract(0), 75);
      const busy = await part<ExtractPart>("extract-0");
      assert.deepEqual(
        [busy?.errors, busy?.warnings, busy?.resumeAt],
        [[], [{ partition: "A", problem: "is being brought in by another run" }], undefined],
      );
      await taken.holding.release();
      assert.equal(await extract(0), 0);
      assert(bench.server.requests.some(({ path }) => path.endsWith("/A")));
    });

    it("what is asked for on demand, named by the run or asked for before", async () => {
      const requests = dataset({ definition: { partitions: { ticker: { kind: "requested" } } } });
      await addRequests(bench.store, "tiny", ["A"], NOW);
      await plan({}, { dataset: requests });
      assert.deepEqual((await part<Plan>("plan"))?.batches, [{ batch: 0, partitions: ["A"] }]);
      const named = { dataset: requests };
      await work({ step: "all", run: "run-2", input: { partitions: ["B"] } }, named);
      const asked = new Set(bench.server.requests.map(({ path }) => path.split("/").at(-1)));
      assert.deepEqual([...asked], ["B"]);
      assert.equal((await rows()).length, 31);
    });

    it("no partition that the other dataset does not have", async () => {
      const following = dataset({
        definition: {
          after: ["products"],
          partitions: { ticker: { kind: "rows", dataset: "products", column: "id" } },
        },
      });
      await assert.rejects(
        plan({ partitions: ["Q"] }, { dataset: following }),
        /partitions\[0\]: is no ticker \(got "Q"\)/,
      );
      await plan({}, { dataset: following });
      assert.deepEqual((await part<Plan>("plan"))?.batches, []);
    });

    it("the other partitions when one fails", async () => {
      bench.server.fail(({ path }) => path.endsWith("/A"), { kind: "answer", answer: { status: 400, body: "no" } });
      await plan();
      assert.equal(await extract(0), 1);
      assert.equal(bench.lines.at(-1)?.level, "error");
      assert.equal(await step("process"), 0);
      assert.equal((await rows()).length, 31);
    });
  });
});
