import assert from "node:assert/strict";
import { DAY } from "../../runtime/dataset/duration.ts";
import { fresherThan } from "../../runtime/dataset/index.ts";
import { Budgets } from "../../runtime/extract/budget.ts";
import { nodeFetch } from "../../runtime/extract/request.ts";
import { FolderStore } from "../../runtime/store/folder.ts";
import type { LoadPart, ProcessPart } from "../../runtime/tasks/cloud/parts.ts";
import type { WorkOptions } from "../../runtime/tasks/cloud/run-work.ts";
import { runDataset } from "../../runtime/tasks/pipeline.ts";
import { JumpingClock } from "../support/clock.ts";
import { temporaryFolder } from "../support/folder.ts";
import { Memory, NOW, RUN, useSteps } from "../support/steps.ts";

const INTERVAL = { start: "2024-01-01T00:00:00Z", end: "2024-02-01T00:00:00Z" };

describe("a run in steps, after all is fetched", () => {
  const bench = useSteps();
  const { dataset, work, plan, extract, step, part, summary, rows } = bench;

  it("has the rows that a run in one process has", async () => {
    await plan();
    await extract(0);
    assert.equal(await step("process"), 0);
    await using elsewhere = await temporaryFolder();
    const local = new FolderStore(elsewhere.path);
    const clock = new JumpingClock(NOW);
    await runDataset({
      ...{ dataset: dataset(), store: local, targets: [], clock, fetch: nodeFetch, budgets: new Budgets(clock) },
      ...{ signal: new AbortController().signal, secret: () => undefined, onProgress: () => undefined },
    });
    assert.equal((await rows()).length, 62);
    assert.deepEqual(await rows(), await rows(local));
  });

  it("processes nothing more after a signal, and the rest the next time", async () => {
    await plan();
    await extract(0);
    assert.equal(await step("process", { signal: AbortSignal.abort(new Error("stopped")) }), 75);
    assert.equal((await part<ProcessPart>("process"))?.stopped, true);
    assert.equal(await step("process"), 0);
    const { partitions = [] } = (await part<ProcessPart>("process")) ?? {};
    assert.deepEqual(
      partitions.map(({ partition, rows: count }) => [partition, count]),
      [
        ["A", 31],
        ["B", 31],
      ],
    );
  });

  describe("loads", () => {
    it("what processing noted, into each target, and counts rows once", async () => {
      const targets = [new Memory("warehouse"), new Memory("database")];
      const [warehouse, database] = targets as [Memory, Memory];
      database.problem = "no room";
      await plan();
      await extract(0);
      await step("process");
      assert.equal(await step("load", { targets }), 1);
      assert.deepEqual((await part<LoadPart>("load"))?.errors, [{ problem: "database: no room" }]);
      database.problem = undefined;
      assert.equal(await step("load", { targets }), 0);
      assert.deepEqual((await part<LoadPart>("load"))?.rows, { warehouse: 62, database: 62 });
      assert.deepEqual([warehouse.loads.length, database.loads.length], [1, 1]);
      const { partitions = [] } = (await part<ProcessPart>("process")) ?? {};
      assert.deepEqual(
        database.loads[0]?.files.map(({ digest, bytes }) => [digest, bytes]),
        partitions.map(({ digest, bytes }) => [digest, bytes]),
      );
      await step("publish", { targets });
      assert.deepEqual([(await summary())?.newRows, (await summary())?.outcome], [62, "done"]);
    });

    it("nothing where there is no target", async () => {
      assert.equal(await step("load"), 0);
      assert.deepEqual(await part<LoadPart>("load"), { version: 1, rows: {}, errors: [], stopped: false });
    });

    it("nothing more after a signal", async () => {
      const target = new Memory("warehouse");
      const signal = AbortSignal.abort(new Error("stopped"));
      assert.equal(await step("load", { targets: [target], signal }), 75);
      assert.deepEqual(target.loads, []);
    });
  });

  describe("publishes", () => {
    const whole = async (changes?: Partial<WorkOptions>): Promise<void> => {
      await plan({}, changes);
      await extract(0, changes);
      await step("process", changes);
      await step("load", changes);
      assert.equal(await step("publish", changes), 0);
    };

    it("definitions.json and a summary of the same shape as a run in one process", async () => {
      await whole();
      const published = await summary();
      assert(published);
      const { coverage, ...numbers } = published;
      assert.deepEqual(numbers, {
        ...{ run: RUN, dataset: "tiny", title: "Tiny prices" },
        ...{ startedAt: "2024-02-01T08:00:00.000Z", finishedAt: "2024-02-01T08:00:00.000Z", seconds: 0 },
        ...{ outcome: "done", partitions: 2, requests: 8, rawBytes: numbers.rawBytes, rows: 62, newRows: 0 },
        ...{ first: "2024-01-01", last: "2024-01-31", gaps: 0, empty: 0, quarantined: 0, errors: [], warnings: [] },
      });
      assert(numbers.rawBytes > 1_000);
      assert.deepEqual(
        coverage.map(({ partition, covered }) => [partition, covered]),
        ["A", "B"].map((partition) => [partition, [[INTERVAL.start, INTERVAL.end]]]),
      );
      assert((await bench.store.get("definitions.json"))?.body.length);
    });

    it("that a run had nothing to do", async () => {
      await work({ step: "all", run: undefined, input: {} });
      await plan();
      await step("process");
      await step("publish");
      assert.equal((await summary())?.outcome, "nothing to do");
    });

    it("the failure of a step that left nothing behind", async () => {
      await plan();
      await step("publish", { targets: [new Memory("warehouse")] });
      assert.deepEqual(
        (await summary())?.errors.map(({ problem }) => problem),
        ["extract of batch 0", "process", "load"].map((name) => `the step ${name} left no result`),
      );
      assert.equal((await summary())?.outcome, "failed");
      assert.equal(bench.lines.at(-1)?.level, "error");
    });

    it("that there was no plan", async () => {
      await step("publish");
      assert.match((await summary())?.errors[0]?.problem ?? "", /^the step plan left no result/);
    });

    it("how the run ended as a line of the log and as metrics", async () => {
      await whole({ platform: "tidegate-dev" });
      const { level, message, step: name, late, run, rows: count, coverage } = bench.lines.at(-1) ?? {};
      assert.deepEqual([level, message, name, late, run, count], ["info", "done", "publish", false, RUN, 62]);
      assert.equal(coverage, undefined);
      const values = {
        ...{ Rows: 62, NewRows: 0, Requests: 8, RawBytes: (await summary())?.rawBytes, Quarantined: 0, Gaps: 0 },
        ...{ AgeOfNewestSeconds: 8 * 3_600, DurationSeconds: 0, Failed: 0, Late: 0 },
      };
      const units = { RawBytes: "Bytes", AgeOfNewestSeconds: "Seconds", DurationSeconds: "Seconds" };
      assert.deepEqual(bench.metrics, [
        {
          _aws: {
            Timestamp: NOW,
            CloudWatchMetrics: [
              {
                Namespace: "Tidegate",
                Dimensions: [["Platform", "Dataset"]],
                Metrics: Object.keys(values).map((Name) => ({
                  ...{ Name, Unit: units[Name as keyof typeof units] ?? "Count" },
                })),
              },
            ],
          },
          ...{ Platform: "tidegate-dev", Dataset: "tiny", ...values, run: RUN },
        },
      ]);
    });

    it("that the dataset is late, and failed", async () => {
      const checked = dataset({ definition: { checks: [fresherThan("2 days")] } });
      await whole({ dataset: checked });
      bench.server.fail(() => true, { kind: "answer", answer: { status: 400, body: "no" } });
      const later = { dataset: checked, clock: new JumpingClock(NOW + 3 * DAY) };
      await work({ step: "all", run: undefined, input: {} }, later);
      assert.deepEqual([bench.lines.at(-1)?.late, bench.lines.at(-1)?.message], [true, "failed"]);
      const { Late, Failed, AgeOfNewestSeconds, Gaps } = bench.metrics.at(-1) ?? {};
      assert.deepEqual([Late, Failed, AgeOfNewestSeconds, Gaps], [1, 1, (3 * 24 + 8) * 3_600, 6]);
    });

    it("no age where there is no record", async () => {
      await step("publish");
      const [line] = bench.metrics as [
        Record<string, unknown> & { _aws: { CloudWatchMetrics: [{ Metrics: { Name: string }[] }] } },
      ];
      assert(!line._aws.CloudWatchMetrics[0].Metrics.some(({ Name }) => Name === "AgeOfNewestSeconds"));
      assert.equal(JSON.parse(JSON.stringify(line)).AgeOfNewestSeconds, undefined);
    });
  });

  describe("in one go", () => {
    it("does all of it, and says how it ended last", async () => {
      const target = new Memory("warehouse");
      assert.equal(await work({ step: "all", run: RUN, input: {} }, { targets: [target] }), 0);
      assert.deepEqual(
        bench.lines.map(({ message }) => message),
        ["plan done", "extract done", "process done", "load done", "done"],
      );
      assert.equal(target.loads.length, 1);
      assert.equal((await summary())?.newRows, 62);
    });

    it("has a run of its own when it is given none, whose name sorts by time", async () => {
      await work({ step: "all", run: undefined, input: {} });
      assert.match(String(bench.lines.at(-1)?.run), /^20240201080000-[0-9a-f]{8}$/);
    });

    it("asks for partitions of any number in one batch", async () => {
      const values = Array.from({ length: 60 }, (_, i) => `P${i}`);
      const many = dataset({ definition: { partitions: { ticker: values }, backfillFrom: "2024-01-30" } });
      assert.equal(await work({ step: "all", run: RUN, input: {} }, { dataset: many }), 0);
      assert.equal(bench.server.requests.length, 60);
    });

    it("stops at the signal with what it has", async () => {
      const controller = new AbortController();
      bench.server.fail((asked) => asked.nth > 2, { kind: "delay", ms: 60_000 });
      const running = work({ step: "all", run: RUN, input: {} }, { signal: controller.signal });
      while (bench.server.requests.length < 4) await new Promise((resolve) => setTimeout(resolve, 5));
      controller.abort(new Error("stopped by SIGTERM"));
      assert.equal(await running, 75);
      assert.deepEqual([(await summary())?.outcome, (await summary())?.errors], ["stopped", []]);
    });

    it("uses what it fetched before a quota ended", async () => {
      bench.server.fail((asked) => asked.nth > 4, {
        kind: "answer",
        answer: { status: 429, headers: { "retry-after": "3600" }, body: "{}" },
      });
      assert.equal(await work({ step: "all", run: RUN, input: {} }), 75);
      assert.deepEqual([(await summary())?.outcome, (await rows()).length > 0], ["stopped", true]);
    });

    it("fails for what failed", async () => {
      bench.server.fail(({ path }) => path.endsWith("/A"), { kind: "answer", answer: { status: 400, body: "no" } });
      assert.equal(await work({ step: "all", run: RUN, input: {} }), 1);
      assert.deepEqual([(await summary())?.outcome, (await rows()).length], ["failed", 31]);
    });
  });
});
