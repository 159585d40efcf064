import assert from "node:assert/strict";
import { readState } from "../../../runtime/store/state.ts";
import { NOW, REQUESTS } from "../../support/bring-in.ts";
import {
  assertExact,
  assertNothingHalf,
  expectedRows,
  inBothStores,
  LATER,
  repeats,
  type Scene,
  type Worker,
} from "../../support/crash.ts";

/** What a second worker has beside: it shares the lake, and loads nothing. */
const BESIDE = { warehouse: "" };

inBothStores(
  "faults of the process: two workers",
  (open) => {
    let scene: Scene;
    const paused: Worker[] = [];
    beforeEach(async () => {
      scene = await open();
    });
    afterEach(async () => {
      for (const { child } of paused.splice(0)) child.kill("SIGKILL");
      await scene[Symbol.asyncDispose]();
    });

    const busyIn = ({
      warnings,
    }: {
      readonly warnings: readonly { readonly partition?: string; readonly problem: string }[];
    }) => warnings.filter(({ problem }) => /another run/.test(problem)).map(({ partition }) => partition);

    it("38) two that begin at the same time ask for nothing twice, and lose nothing", async () => {
      scene.server.fail(() => true, { kind: "delay", ms: 150 });
      const summaries = await Promise.all([scene.finish({ now: NOW }), scene.finish({ now: NOW, ...BESIDE })]);
      await assertNothingHalf(scene);
      assert.equal(repeats(scene), 0);
      assert.ok(summaries.flatMap(busyIn).length >= 1, "they met");
      await scene.finish();
      assert.equal(scene.server.requests.length, REQUESTS);
      await assertExact(scene);
    });

    it("38) one that is paused keeps its partition as long as its lease lasts", async () => {
      const first = scene.start({ now: NOW, stop: { at: "response received", signal: "SIGSTOP" } });
      paused.push(first);
      await first.reached;
      const second = await scene.finish({ now: NOW, ...BESIDE });
      assert.deepEqual([second.outcome, busyIn(second)], ["stopped", ["A"]]);
      first.child.kill("SIGCONT");
      const { summary } = await first.ended;
      assert.deepEqual(summary?.errors, []);
      assert.equal(scene.server.requests.length, REQUESTS);
      await scene.finish();
      await assertExact(scene);
    });

    it("38) one that is paused past its lease is fenced off when it wakes: it changes nothing and asks no more", async () => {
      const first = scene.start({ now: NOW, stop: { at: "response received", signal: "SIGSTOP", wakesAt: LATER } });
      paused.push(first);
      await first.reached;
      await scene.finish({ now: LATER, ...BESIDE });
      const before = await readState(scene.store, "tiny", "A");
      assert.equal(before.state.lease?.held, undefined);
      first.child.kill("SIGCONT");
      const { summary } = await first.ended;
      assert.deepEqual(summary?.errors, []);
      assert.deepEqual(summary && busyIn(summary), ["A"]);
      assert.deepEqual(await readState(scene.store, "tiny", "A"), before, "the state is the second worker's");
      assert.ok(repeats(scene) <= 1, `${repeats(scene)} requests were repeated`);
      await assertNothingHalf(scene);
      await scene.finish();
      await assertExact(scene);
    });

    it("41) a backfill beside the schedule asks for nothing twice, and together they bring in all", async () => {
      scene.server.fail(() => true, { kind: "delay", ms: 100 });
      const backfill = { until: Date.UTC(2024, 0, 11), now: NOW };
      const schedule = { from: "2024-01-11", now: NOW, ...BESIDE };
      await Promise.all([scene.finish(backfill), scene.finish(schedule)]);
      await assertNothingHalf(scene);
      await Promise.all([scene.finish({ ...backfill, ...BESIDE }), scene.finish(schedule)]);
      assert.equal(repeats(scene), 0);
      await scene.finish();
      assert.equal(scene.server.requests.length, REQUESTS);
      await assertExact(scene);
    });

    it("42) a release that reads rows in another way takes over in mid-run: no row of the old one is left, nothing is asked again", async () => {
      await scene.crash({ at: "records put", nth: 1 });
      await scene.finish({ doubled: true });
      assert.equal(scene.server.requests.length, REQUESTS);
      await assertExact(scene, expectedRows({ factor: 2 }));
      await scene.finish({ doubled: false });
      await assertExact(scene);
      assert.equal(scene.server.requests.length, REQUESTS);
    });
  },
  { atomic: true },
);
