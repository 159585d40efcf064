import assert from "node:assert/strict";
import type { Dataset } from "../../runtime/dataset/definition.ts";
import { DAY } from "../../runtime/dataset/duration.ts";
import { UserError } from "../../runtime/dataset/errors.ts";
import { fresherThan, token, when } from "../../runtime/dataset/index.ts";
import type { RunSummary } from "../../runtime/dataset/run.ts";
import { Budgets } from "../../runtime/extract/budget.ts";
import { nodeFetch } from "../../runtime/extract/request.ts";
import type { Target } from "../../runtime/load/target.ts";
import type { Asked, ReplayServer } from "../../runtime/replay/server.ts";
import { readJson } from "../../runtime/store/documents.ts";
import { type PipelineOptions, type PipelineProgress, runDataset } from "../../runtime/tasks/pipeline.ts";
import { JumpingClock } from "../support/clock.ts";
import { exchangesOf, keysOf, never, UnreliableStore } from "../support/extraction.ts";
import { useFolder } from "../support/folder.ts";
import { startTiny, tiny } from "../support/tiny.ts";

/** Ten days of 2024 are complete. */
const NOW = Date.parse("2024-01-11T08:00:00Z");
const about = (ticker: string) => (asked: Asked) => asked.path === `/prices/${ticker}`;
const row = (date: string): string => `{"date":"${date}","price":1.5}`;
const says = (...rows: readonly string[]) => ({ kind: "answer" as const, answer: { status: 200, body: `[${rows}]` } });

describe("a run", () => {
  const folder = useFolder();
  let server: ReplayServer;
  let store: UnreliableStore;
  let dataset: Dataset;
  beforeEach(async () => {
    server = await startTiny();
    store = new UnreliableStore(folder.path);
    dataset = tiny(server.url);
  });
  afterEach(() => server.close());

  const run = (changes: Partial<PipelineOptions> = {}): Promise<RunSummary> => {
    const clock = changes.clock ?? new JumpingClock(NOW);
    return runDataset({
      dataset,
      store,
      targets: [],
      budgets: new Budgets(clock),
      clock,
      fetch: nodeFetch,
      signal: never,
      secret: () => undefined,
      retryDelay: 1,
      onProgress: () => {},
      ...changes,
    });
  };

  /** A warehouse that remembers what it was given. */
  const memory = (): Target & { readonly loaded: string[] } => {
    const loaded: string[] = [];
    const partitions = new Map<string, string>();
    return {
      name: "warehouse",
      loaded,
      state: async () => ({ columns: undefined, lastLoad: undefined, partitions }),
      async apply({ files }) {
        for (const { partition, digest } of files) {
          loaded.push(partition);
          partitions.set(partition, digest);
        }
      },
    };
  };

  it("knows its numbers, and keeps them in the lake", async () => {
    const warehouse = memory();
    const summary = await run({ targets: [warehouse, memory()] });
    const bodies = (await exchangesOf(store)).map(({ body }) => body.bytes);
    const part = (partition: string) => ({
      partition,
      covered: [["2024-01-01T00:00:00Z", "2024-01-11T00:00:00Z"]],
      first: "2024-01-01",
      last: "2024-01-10",
      until: "2024-01-11T00:00:00Z",
      rows: 10,
      quarantined: 0,
      gaps: [],
      missing: [],
    });
    assert.deepEqual(summary, {
      run: summary.run,
      dataset: "tiny",
      title: "Tiny prices",
      startedAt: "2024-01-11T08:00:00.000Z",
      finishedAt: "2024-01-11T08:00:00.000Z",
      seconds: 0,
      outcome: "done",
      partitions: 2,
      requests: 2,
      rawBytes: bodies.reduce((sum, bytes) => sum + bytes, 0),
      rows: 20,
      newRows: 20,
      first: "2024-01-01",
      last: "2024-01-10",
      gaps: 0,
      empty: 0,
      quarantined: 0,
      errors: [],
      warnings: [],
      coverage: [part("A"), part("B")],
    });
    assert.match(summary.run, /^20240111080000-[0-9a-f]{8}$/);
    assert.deepEqual((await readJson(store, `runs/tiny/${summary.run}.json`))?.value, summary);
    assert.deepEqual(warehouse.loaded, ["A", "B"]);
  });

  it("asks a day later for that day alone", async () => {
    await run();
    const summary = await run({ clock: new JumpingClock(NOW + DAY) });
    assert.deepEqual([summary.outcome, summary.requests, summary.rows, summary.last], ["done", 2, 22, "2024-01-11"]);
    assert.equal(server.requests.at(-1)?.query.get("from"), "2024-01-11");
  });

  it("has nothing to do when nothing is missing, and loads what an earlier run could not", async () => {
    await run();
    const again = await run();
    assert.deepEqual([again.outcome, again.requests, again.newRows, again.rows], ["nothing to do", 0, 0, 20]);
    const late = await run({ targets: [memory()] });
    assert.deepEqual([late.outcome, late.requests, late.newRows], ["done", 0, 20]);
  });

  it("asks for nothing at or after the moment it is given", async () => {
    const summary = await run({ until: Date.parse("2024-01-06") });
    assert.deepEqual([summary.last, summary.gaps], ["2024-01-05", 0]);
  });

  it("has nothing to ask before its first day", async () => {
    const summary = await run({ clock: new JumpingClock(Date.parse("2023-06-01")) });
    assert.deepEqual(
      [summary.outcome, summary.requests, summary.rows, summary.gaps, summary.first],
      ["nothing to do", 0, 0, 0, null],
    );
  });

  it("says which secret is missing, and does with what it has", async () => {
    await run();
    const secured: Dataset = { ...dataset, source: { ...dataset.source, auth: token({ secret: "THE_KEY" }) } };
    for (const secret of [undefined, "", " \n"]) {
      const summary = await run({ dataset: secured, secret: () => secret, clock: new JumpingClock(NOW + DAY) });
      assert.deepEqual(summary.errors, [
        { problem: "needs a token: THE_KEY is not set", fix: "export THE_KEY=<your token>, then run again" },
      ]);
      assert.deepEqual([summary.outcome, summary.requests, summary.rows, summary.gaps], ["failed", 0, 20, 2]);
    }
    await run({ dataset: secured, secret: (name) => `${name}-value\n`, clock: new JumpingClock(NOW + DAY) });
    assert.equal(server.requests.at(-1)?.headers.authorization, "Bearer THE_KEY-value");
  });

  it("stops at its deadline, loads what it has, and says so", async () => {
    server.fail(about("B"), { kind: "delay", ms: 30_000 });
    const warehouse = memory();
    const begun = Date.now();
    const summary = await run({ dataset: { ...dataset, deadline: "1 second" }, targets: [warehouse] });
    assert(Date.now() - begun < 5_000);
    assert.equal(summary.outcome, "stopped");
    assert.deepEqual(summary.errors, []);
    assert.deepEqual(summary.warnings, [
      { problem: "stopped at its deadline of 1 second", fix: "run again: it goes on where it stopped" },
    ]);
    assert.deepEqual([warehouse.loaded, summary.rows, summary.newRows, summary.gaps], [["A"], 10, 10, 10]);
    assert.deepEqual([summary.requests, server.requests.length], [2, 2]);
  });

  it("takes a deadline that is longer than a timer can be", async () => {
    const summary = await run({ dataset: { ...dataset, deadline: "520 weeks" } });
    assert.deepEqual([summary.outcome, summary.warnings], ["done", []]);
  });

  it("stops by signal at a safe point, with the numbers of what is there, and goes on the next time", async () => {
    await run();
    server.fail(about("B"), { kind: "delay", ms: 30_000 }, 1);
    const controller = new AbortController();
    const clock = new JumpingClock(NOW + DAY);
    const running = run({ signal: controller.signal, clock });
    while (server.requests.length < 4) await new Promise((resolve) => setTimeout(resolve, 5));
    while (!(await exchangesOf(store, "raw/tiny/A/"))[1]) await new Promise((resolve) => setTimeout(resolve, 5));
    while (!store.written.slice(-1)[0]?.startsWith("state/")) await new Promise((resolve) => setTimeout(resolve, 5));
    controller.abort(new Error("stopped by SIGTERM"));
    const summary = await running;
    assert.deepEqual(
      [summary.outcome, summary.errors, summary.rows, summary.last, summary.gaps],
      ["stopped", [], 20, "2024-01-10", 1],
    );
    assert.deepEqual((await readJson<RunSummary>(store, `runs/tiny/${summary.run}.json`))?.value.outcome, "stopped");
    const next = await run({ clock });
    assert.deepEqual([next.outcome, next.requests, next.rows, next.gaps], ["done", 1, 22, 0]);
  });

  it("fails for what failed, and only for that", async () => {
    server.fail(about("A"), { kind: "answer", answer: { status: 400, body: "no" } });
    const warehouse = memory();
    const summary = await run({ targets: [warehouse] });
    assert.equal(summary.outcome, "failed");
    assert.deepEqual(summary.errors, [{ partition: "A", problem: `${new URL(server.url).host} answered 400: "no"` }]);
    assert.deepEqual([summary.rows, summary.gaps, warehouse.loaded], [10, 10, ["B"]]);
    assert.deepEqual(
      summary.coverage.map(({ partition, rows, gaps }) => [partition, rows, gaps]),
      [
        ["A", 0, [["2024-01-01T00:00:00Z", "2024-01-11T00:00:00Z"]]],
        ["B", 10, []],
      ],
    );
  });

  it("says of a partition that the source does not know that it is not there", async () => {
    server.fail(about("A"), { kind: "answer", answer: { status: 404, body: "no" } });
    const summary = await run();
    assert.deepEqual(
      [summary.outcome, summary.warnings],
      ["done", [{ partition: "A", problem: `${new URL(server.url).host} answered 404: "no"` }]],
    );
  });

  it("says which target failed, and loads the others", async () => {
    const broken: Target = {
      name: "database",
      state: () => Promise.reject(new Error("no route to host")),
      apply: async () => {},
    };
    const warehouse = memory();
    const summary = await run({ targets: [broken, warehouse] });
    assert.deepEqual(summary.errors, [{ problem: "database: no route to host" }]);
    assert.deepEqual([summary.outcome, warehouse.loaded], ["failed", ["A", "B"]]);
  });

  it("tells of damage to raw, and goes on with the other partition", async () => {
    await run();
    const [exchange] = await exchangesOf(store, "raw/tiny/A/");
    await store.put(exchange?.body.key ?? "", new Uint8Array(3));
    await store.put("processed/tiny/A/records.parquet", new Uint8Array(3));
    const summary = await run();
    assert.match(summary.errors[0]?.problem ?? "", /is damaged: its first line is no JSON/);
    assert.equal(summary.errors[0]?.partition, "A");
    assert.equal(summary.coverage.find(({ partition }) => partition === "B")?.rows, 10);
  });

  it("returns what happened when the disk is full, though nothing of it can be kept", async () => {
    store.beforePut = () => {
      throw new UserError("the disk is full: x could not be written", [
        { path: "", problem: "p", fix: "free some space" },
      ]);
    };
    const summary = await run();
    assert.equal(summary.outcome, "failed");
    assert.deepEqual(summary.errors, [{ problem: "the disk is full: x could not be written", fix: "free some space" }]);
    assert.deepEqual(await keysOf(store), []);
  });

  it("tells gaps from days that were asked for and have nothing", async () => {
    server.fail(about("A"), says(...[2, 3, 5, 6, 9].map((day) => row(`2024-01-0${day}`))));
    server.fail(about("B"), { kind: "answer", answer: { status: 500, body: "" } });
    const summary = await run();
    const [a, b] = summary.coverage;
    assert.deepEqual(
      [a?.missing, a?.gaps, a?.first, a?.last],
      [["2024-01-04", "2024-01-07", "2024-01-08"], [], "2024-01-02", "2024-01-09"],
    );
    assert.deepEqual([b?.missing, b?.gaps, b?.first], [[], [["2024-01-01T00:00:00Z", "2024-01-11T00:00:00Z"]], null]);
    assert.deepEqual([summary.empty, summary.gaps], [3, 10]);
  });

  it("calls nothing missing that was not asked for yet", async () => {
    const one: Dataset = { ...dataset, partitions: { field: "ticker", values: ["A"] } };
    await run({ dataset: one, until: Date.parse("2024-01-05") });
    await run({ dataset: { ...one, backfillFrom: "2024-01-08" } });
    server.fail(() => true, { kind: "answer", answer: { status: 500, body: "" } });
    const [a] = (await run({ dataset: one })).coverage;
    assert.deepEqual([a?.first, a?.last, a?.missing], ["2024-01-01", "2024-01-10", []]);
    assert.deepEqual(a?.gaps, [["2024-01-05T00:00:00Z", "2024-01-08T00:00:00Z"]]);
  });

  it("counts neither weekends nor holidays as gaps, but joins what lies around them", async () => {
    const stocks: Dataset = { ...dataset, calendar: "XNYS", partitions: { field: "ticker", values: ["A"] } };
    const refuse = server.fail((asked) => asked.query.get("from") === "2024-01-11", {
      kind: "answer",
      answer: { status: 500, body: "" },
    });
    const clock = new JumpingClock(Date.parse("2024-01-25T00:00:00Z"));
    const first = await run({ dataset: stocks, clock });
    // Thursday the 11th to Wednesday the 24th, without two weekends and Martin Luther King's day.
    assert.deepEqual(first.coverage[0]?.gaps, [["2024-01-11T00:00:00Z", "2024-01-25T00:00:00Z"]]);
    assert.equal(first.gaps, 9);
    refuse();
    const sessions = ["11", "12", "16", "18", "19", "20"].map((day) => row(`2024-01-${day}`));
    server.fail(about("A"), says(...sessions), 1);
    const second = await run({ dataset: stocks, clock });
    assert.deepEqual([second.gaps, second.coverage[0]?.missing], [0, ["2024-01-17"]]);
  });

  it("says when it is late", async () => {
    const checked: Dataset = { ...dataset, checks: [fresherThan("2 days")] };
    server.fail(() => true, says(row("2024-01-08")));
    assert.deepEqual((await run({ dataset: checked })).warnings, []);
    const later = await run({ dataset: checked, clock: new JumpingClock(NOW + DAY) });
    assert.deepEqual(later.warnings, [
      { problem: "is late: the newest record ends at 2024-01-09T00:00:00Z, it should be fresher than 2 days" },
    ]);
    assert.equal(later.outcome, "done");
  });

  it("counts what is in quarantine", async () => {
    server.fail(about("A"), says(row("2024-01-02"), '{"date":"2024-01-03","price":"x"}'));
    const summary = await run();
    assert.deepEqual(
      [summary.quarantined, summary.rows, summary.coverage[0]?.quarantined, summary.outcome],
      [1, 11, 1, "done"],
    );
  });

  it("reports its steps in order", async () => {
    const seen: PipelineProgress[] = [];
    await run({ targets: [memory()], onProgress: (progress) => seen.push(progress) });
    assert.deepEqual(
      seen.map(({ phase }) => phase).filter((phase, i, all) => phase !== all[i - 1]),
      ["extract", "process", "load"],
    );
    const last = seen.at(-1);
    assert.deepEqual([last?.done, last?.total, last?.requests, last?.rows], [1, 1, 2, 20]);
  });

  it("waits and does not fail where a rule says that the budget is used up", async () => {
    const limited: Dataset = {
      ...dataset,
      source: { ...dataset.source, responses: [when({ status: 403 }).limited()] },
    };
    server.fail(() => true, { kind: "answer", answer: { status: 403, body: "", headers: { "retry-after": "60" } } }, 3);
    const clock = new JumpingClock(NOW);
    const summary = await run({ dataset: limited, clock });
    assert.deepEqual([summary.outcome, summary.requests], ["done", 5]);
    assert(summary.seconds >= 60);
  });
});
