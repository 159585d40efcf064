import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { load } from "../../../runtime/load/load.ts";
import { findLoadable } from "../../../runtime/load/loadable.ts";
import { RedshiftTarget } from "../../../runtime/load/redshift.ts";
import { RedshiftStatements } from "../../../runtime/load/redshift-statements.ts";
import { JumpingClock } from "../../../runtime/replay/index.ts";
import { assertWhole, bringIn, dates, NOW } from "../../support/bring-in.ts";
import { keysOf } from "../../support/extraction.ts";
import { temporaryFolder } from "../../support/folder.ts";
import { startRedshift } from "../../support/redshift-api.ts";
import { Memory, useSteps } from "../../support/steps.ts";
import { startTiny, type TinyChanges, tiny } from "../../support/tiny.ts";

describe("faults of the process: events", () => {
  const bench = useSteps();
  const { plan, extract, step, rows, summary } = bench;

  it("39) an event that is delivered twice asks, stores and loads as one does", async () => {
    const warehouse = new Memory("warehouse");
    const targets = [warehouse];
    const changes = {
      dataset: bench.dataset({ definition: { load: { warehouse: { table: "prices", sortBy: ["date"] } } } }),
      targets,
    };
    for (const _ of [1, 2]) await plan({}, changes);
    await Promise.all([extract(0, changes), extract(0, changes)]);
    await extract(0, changes);
    const asked = bench.server.requests.map(({ path, query }) => `${path}?${query}`);
    assert.equal(asked.length, new Set(asked).size, "no request was made twice");
    for (const name of ["process", "process", "load", "load", "publish", "publish"] as const) await step(name, changes);
    assert.equal((await rows()).length, 62);
    assert.equal(warehouse.loads.length, 1);
    assert.deepEqual([(await summary())?.outcome, (await summary())?.rows], ["done", 62]);
  });

  it("39) steps that come out of order find nothing to do, and harm nothing", async () => {
    const warehouse = new Memory("warehouse");
    const changes = {
      dataset: bench.dataset({ definition: { load: { warehouse: { table: "prices", sortBy: ["date"] } } } }),
      targets: [warehouse],
    };
    await plan({}, changes);
    await step("load", changes);
    await step("process", changes);
    await extract(0, changes);
    await step("load", changes);
    assert.deepEqual(warehouse.loads, []);
    await step("process", changes);
    await step("load", changes);
    assert.equal((await rows()).length, 62);
    assert.equal(warehouse.loads.length, 1);
  });

  it("39) names that a URL encodes are one partition each, under keys that every store can have", async () => {
    await using server = await startTiny();
    const tickers = ["BRK/B", "BRK%2FB", "A B+C", "..", "ä€"];
    const changes: TinyChanges = {
      definition: { partitions: { ticker: tickers } },
      source: {
        request: ({ partition, window }) => ({
          path: ["prices"],
          query: { ticker: partition.ticker, from: window.first.date, to: window.last.date },
        }),
      },
    };
    await using folder = await temporaryFolder();
    const tried = await bringIn(server, changes, { folder: folder.path });
    assert.deepEqual(tried.summary.errors, []);
    assert.deepEqual(
      tried.records.map(({ ticker, date }) => `${ticker} ${date}`),
      tickers.flatMap((ticker) => dates().map((day) => `${ticker} ${day}`)),
    );
    for (const key of await keysOf(tried.store)) assert.match(key, /^[\w.%/-]+$/);
    const again = await bringIn(server, changes, { folder: folder.path });
    assert.deepEqual([again.summary.rows, again.requests.length], [tickers.length * 20, 0]);
  });
});

describe("faults of the process: Redshift", function () {
  this.timeout(30_000);

  it("35) a COPY that was submitted by a process that then died is loaded once, whatever became of it", async () => {
    await using server = await startTiny();
    await using tried = await bringIn(server);
    assertWhole(tried);
    await using api = await startRedshift((url) => readFile(url));
    const dataset = tiny(server.url, { definition: { load: { warehouse: { table: "prices", sortBy: ["date"] } } } });
    api.datasets = [dataset];
    const target = (signal: AbortSignal): RedshiftTarget =>
      new RedshiftTarget({
        statements: new RedshiftStatements(
          api.client,
          { kind: "workgroup", name: "w", database: "dev" },
          new JumpingClock(NOW),
          signal,
        ),
        copyRole: "default",
      });
    const loadable = await findLoadable(dataset, [], tried.store);
    const dies = new AbortController();
    api.mishap = ({ body }) => {
      if ((body.Sqls as string[] | undefined)?.some((sql) => sql.startsWith("copy "))) dies.abort(new Error("killed"));
      return undefined;
    };
    await assert.rejects(load(dataset, loadable, target(dies.signal), tried.store), /killed/);
    api.mishap = () => undefined;
    await load(dataset, loadable, target(new AbortController().signal), tried.store);
    const { rows } = await api.database.query<{ n: number; keys: number }>(
      `select count(*)::int as n, count(distinct (ticker, date))::int as keys from "prices"`,
    );
    assert.deepEqual(rows, [{ n: 40, keys: 40 }]);
  });
});
