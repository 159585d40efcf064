import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import pMap from "p-map";
import type { Dataset } from "../../../runtime/dataset/definition.ts";
import { diskFull, UserError } from "../../../runtime/dataset/errors.ts";
import { DuckDb } from "../../../runtime/load/duckdb.ts";
import { load } from "../../../runtime/load/load.ts";
import { findLoadable } from "../../../runtime/load/loadable.ts";
import { type SqlSession, SqlTarget } from "../../../runtime/load/sql-target.ts";
import type { ReplayServer } from "../../../runtime/replay/server.ts";
import { FolderStore } from "../../../runtime/store/folder.ts";
import { recordsKey } from "../../../runtime/store/layout.ts";
import type { Store } from "../../../runtime/store/store.ts";
import { REQUESTS } from "../../support/bring-in.ts";
import { assertNothingHalf, expectedRows, openFolderScene, recordsIn, type Scene } from "../../support/crash.ts";
import { crashDataset } from "../../support/crash-plan.ts";
import { keysOf } from "../../support/extraction.ts";
import { useFolder } from "../../support/folder.ts";
import { runOver } from "../../support/run-over.ts";
import { startTiny } from "../../support/tiny.ts";
import { WatchedStore } from "../../support/watched-store.ts";

const noSpace = (): Error => Object.assign(new Error("ENOSPC: no space left on device, write"), { code: "ENOSPC" });

describe("faults of the store: a folder", () => {
  const folder = useFolder();
  let server: ReplayServer;
  let dataset: Dataset;
  beforeEach(async () => {
    server = await startTiny();
    dataset = crashDataset({ source: server.url });
  });
  afterEach(() => server.close());

  for (const [what, full] of [
    ["raw", /^raw\/.*\.exchange$/],
    ["coverage", /^state\//],
    ["records", /^processed\//],
  ] as const)
    it(`49) a disk that is full when ${what} would be written stops the run with what to do; with space it goes on where it stopped`, async () => {
      const store = new FolderStore(folder.path);
      let writes = 0;
      const before = (key: string): void => {
        if (!full.test(key)) return;
        writes += 1;
        if (writes > 1) throw diskFull(key, noSpace());
      };
      const stopped = await runOver({ store: new WatchedStore(store, { before }), dataset });
      assert.equal(stopped.outcome, "failed");
      assert.ok(
        stopped.errors.some(({ problem }) => /the disk is full/.test(problem)),
        JSON.stringify(stopped.errors),
      );
      assert.ok(stopped.errors.some(({ fix }) => /run again/.test(fix ?? "")));
      const next = await runOver({ store, dataset });
      assert.deepEqual(next.errors, []);
      assert.deepEqual(await recordsIn(store), expectedRows());
      assert.ok(server.requests.length <= REQUESTS + 1, `${server.requests.length} requests`);
    });

  it("49) a disk that is full while DuckDB loads leaves the rows that there were, and is told", async () => {
    const store = new FolderStore(folder.path);
    const duckdb = await DuckDb.open(join(folder.path, "warehouse.duckdb"), "write");
    try {
      const first = await runOver({
        store,
        dataset,
        targets: [new SqlTarget("warehouse", duckdb)],
        until: Date.UTC(2024, 0, 11),
      });
      assert.deepEqual(first.errors, []);
      const full = await runOver({ store, dataset, targets: [new SqlTarget("warehouse", failing(duckdb))] });
      assert.match(full.errors[0]?.problem ?? "", /^warehouse: .*no space left/);
      assert.deepEqual(await duckdb.query("select cast(count(*) as integer) as n from prices"), [{ n: 20 }]);
      const next = await runOver({ store, dataset, targets: [new SqlTarget("warehouse", duckdb)] });
      assert.deepEqual(next.errors, []);
      assert.deepEqual(await duckdb.query("select cast(count(*) as integer) as n from prices"), [{ n: 40 }]);
    } finally {
      duckdb.close();
    }
  });

  it("50) what a killed process had half written is no object", async () => {
    const worker = fileURLToPath(new URL("../../support/store-worker.ts", import.meta.url));
    const child = spawn(process.execPath, [worker, "overwrite", folder.path], { stdio: ["ignore", "pipe", "inherit"] });
    await once(child.stdout, "data");
    child.kill("SIGKILL");
    await once(child, "exit");
    const store = new FolderStore(folder.path);
    assert.deepEqual(await keysOf(store), ["big"]);
    const body = (await store.get("big"))?.body;
    assert.ok(body?.length === 8_000_000 && body.every((byte) => byte === body[0]));
  });

  it("46) more than 1000 keys are all listed", async () => {
    const store = new FolderStore(folder.path);
    const names = Array.from({ length: 1_003 }, (_, index) => `many/${String(index).padStart(4, "0")}`);
    await pMap(names, (name) => store.put(name, new Uint8Array(1)), { concurrency: 32 });
    assert.deepEqual(await keysOf(store, "many/"), names);
  });

  /** Changes bytes of a Parquet file in the lake. */
  async function damage(store: Store, change: (file: Uint8Array) => Uint8Array): Promise<void> {
    const key = recordsKey("tiny", "A");
    const file = (await store.get(key))?.body;
    await store.put(key, change(Buffer.from(file ?? [])));
  }

  const withoutFooter = (file: Uint8Array): Uint8Array => file.subarray(0, file.length - 8);
  const badFooter = (file: Uint8Array): Uint8Array => file.fill(0xff, file.length - 300, file.length - 12);

  for (const [name, change] of [
    ["lacks its end", withoutFooter],
    ["has a broken end, at the size it should have", badFooter],
  ] as const)
    it(`51) a Parquet file that ${name} fails the load as a whole; nothing is skipped, and the next run makes it anew from raw`, async () => {
      const store = new FolderStore(folder.path);
      const brought = await runOver({ store, dataset });
      assert.deepEqual(brought.errors, []);
      const processed = await findLoadable(dataset, [], store);
      await damage(store, change);
      const duckdb = await DuckDb.open(join(folder.path, "warehouse.duckdb"), "write");
      try {
        const target = new SqlTarget("warehouse", duckdb);
        await assert.rejects(async () => load(dataset, await findLoadable(dataset, processed, store), target, store));
        assert.deepEqual(
          await duckdb.query("select count(*) as n from information_schema.tables where table_name = 'prices'"),
          [{ n: "0" }],
        );
        const next = await runOver({ store, dataset, targets: [target] });
        assert.deepEqual(next.errors, []);
        assert.equal(next.requests, 0);
        assert.deepEqual(await recordsIn(store), expectedRows());
        assert.deepEqual(await duckdb.query("select cast(count(*) as integer) as n from prices"), [{ n: 40 }]);
      } finally {
        duckdb.close();
      }
    });
});

/** Has no space for a record. */
const failing = (session: SqlSession): SqlSession => ({
  types: session.types,
  primaryKey: session.primaryKey,
  query: (sql, parameters) => session.query(sql, parameters),
  transaction: (work) => session.transaction(work),
  insertFile: () => Promise.reject(noSpace()),
});

describe("faults of the store: DuckDB", () => {
  let scene: Scene;
  beforeEach(async () => {
    scene = await openFolderScene();
  });
  afterEach(() => scene[Symbol.asyncDispose]());

  it("49) a write-ahead log that a killed process left is taken in by the next one: what was committed is there", async () => {
    await scene.crash({ at: "load committed" });
    assert.ok(existsSync(`${scene.warehouse}.wal`), "there is a log");
    assert.deepEqual(await scene.loaded(), expectedRows());
    await scene.finish();
    assert.deepEqual(await scene.loaded(), expectedRows());
  });

  it("49) a write-ahead log of what was not committed changes nothing", async () => {
    await scene.crash({ at: "rows inserted" });
    assert.equal(await scene.loaded(), undefined);
    await assertNothingHalf(scene);
  });

  it("49) a warehouse that another process has open is refused with what to do, and harmed by neither", async () => {
    const holder = scene.start({ stop: { at: "rows inserted", signal: "SIGSTOP" } });
    await holder.reached;
    try {
      await assert.rejects(
        DuckDb.open(scene.warehouse, "write"),
        (error) =>
          error instanceof UserError &&
          /in use by another process[\s\S]*wait until the other run has ended/.test(error.message),
      );
    } finally {
      holder.child.kill("SIGCONT");
    }
    assert.deepEqual((await holder.ended).summary?.errors, []);
    assert.deepEqual(await scene.loaded(), expectedRows());
  });
});
