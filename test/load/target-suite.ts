import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import type { Dataset, DatasetDefinition } from "../../runtime/dataset/definition.ts";
import { DAY } from "../../runtime/dataset/duration.ts";
import { decimal, type Schema, text } from "../../runtime/dataset/index.ts";
import { columnsDigest } from "../../runtime/load/columns.ts";
import { type Loadable, load } from "../../runtime/load/load.ts";
import { type SqlSession, SqlTarget } from "../../runtime/load/sql-target.ts";
import type { Load, Target } from "../../runtime/load/target.ts";
import { readJson } from "../../runtime/store/documents.ts";
import { FolderStore } from "../../runtime/store/folder.ts";
import { recordsKey } from "../../runtime/store/layout.ts";
import type { StoredRecord } from "../../runtime/store/records.ts";
import { alike, edges, everyKind, shownBy } from "../support/every-kind.ts";
import { keysOf } from "../support/extraction.ts";
import { temporaryFolder } from "../support/folder.ts";
import { writeRecords } from "../support/records.ts";
import { tiny } from "../support/tiny.ts";

let count = 0;

/** A dataset of its own for a test, with a table of its own. */
const fresh = (definition: Partial<DatasetDefinition<"ticker", Schema>> = {}): Dataset => {
  count += 1;
  return tiny("https://example.org", { definition: { name: `tiny_${count}`, ...definition } });
};

/** A record for each price, from day 0 on. */
const priced = (ticker: string, ...prices: readonly (bigint | null)[]): StoredRecord[] =>
  prices.map((price, day) => ({ values: [ticker, 19_723 + day, price], raw: `raw/${ticker}`, fetchedAt: DAY }));

/** Writes a partition's file as processing does. */
async function file(
  store: FolderStore,
  dataset: Dataset,
  partition: string,
  records: readonly StoredRecord[],
): Promise<Loadable> {
  const note = { version: 1 as const, definition: "d", exchanges: [], rows: records.length, quarantined: 0 };
  const body = writeRecords(dataset.schema, records, note);
  await store.put(recordsKey(dataset.name, partition), body);
  const digest = createHash("sha256").update(body).digest("hex");
  return { partition, rows: records.length, bytes: body.byteLength, digest };
}

/** The session with some of it replaced. */
const altered = (session: SqlSession, changes: Partial<SqlSession>): SqlSession => ({
  types: session.types,
  primaryKey: session.primaryKey,
  query: (sql, parameters) => session.query(sql, parameters),
  transaction: (work) => session.transaction(work),
  insertFile: (table, dataset, one, store) => session.insertFile(table, dataset, one, store),
  ...changes,
});

/** What every target promises, whatever stands behind it. */
export function loadsRowsOnce(open: () => SqlSession): void {
  let folder: Awaited<ReturnType<typeof temporaryFolder>>;
  let store: FolderStore;
  let session: SqlSession;
  let target: Target;
  before(async () => {
    folder = await temporaryFolder();
    store = new FolderStore(folder.path);
  });
  after(() => folder[Symbol.asyncDispose]());
  beforeEach(() => {
    session = open();
    target = new SqlTarget("warehouse", session);
  });

  const rowsOf = async (dataset: Dataset, table = dataset.name): Promise<string[]> => {
    const rows = await session.query(
      `select ticker, cast(price as varchar) as price from ${table} order by ticker, date`,
    );
    return rows.map(({ ticker, price }) => `${ticker} ${price}`);
  };
  const loadsOf = async ({ name }: Dataset): Promise<{ id: string; rows: number }[]> =>
    (await session.query("select load_id, row_count from _loads where dataset = $1 order by loaded_at", [name])).map(
      (row) => ({ id: row.load_id as string, rows: Number(row.row_count) }),
    );

  it("holds every kind of value exactly", async () => {
    const dataset = everyKind();
    const one = await file(
      store,
      dataset,
      "A",
      edges.map(({ record }) => record),
    );
    assert.equal(await load(dataset, [one], target, store), 3);
    const rows = await session.query(shownBy(dataset, dataset.name));
    assert.deepEqual(
      rows.map(alike),
      edges.map(({ shown }) => shown),
    );
  });

  it("loads what is new once, and writes down what it does", async () => {
    const dataset = fresh();
    const files = [
      await file(store, dataset, "A", priced("A", 1n, null)),
      await file(store, dataset, "B", priced("B", 3n)),
    ];
    assert.equal(await load(dataset, files, target, store), 3);
    assert.equal(await load(dataset, files, target, store), 0);
    assert.deepEqual(await rowsOf(dataset), ["A 0.0001", "A null", "B 0.0003"]);
    const [only, ...others] = await loadsOf(dataset);
    assert.deepEqual([only?.rows, others], [3, []]);
    const manifest = (await readJson(store, `loads/warehouse/${dataset.name}/${only?.id}.json`))?.value;
    const named = files.map((one) => ({ ...one, key: recordsKey(dataset.name, one.partition) }));
    assert.deepEqual(manifest, {
      version: 1,
      id: only?.id,
      dataset: dataset.name,
      table: dataset.name,
      recreate: false,
      files: named,
    });
    const state = await target.state(dataset.name);
    assert.deepEqual(
      [...state.partitions],
      files.map(({ partition, digest }) => [partition, digest]),
    );
    assert.equal(state.lastLoad, only?.id);
  });

  it("replaces a partition that changed, also when that has fewer rows, and no other", async () => {
    const dataset = fresh();
    const other = await file(store, dataset, "B", priced("B", 3n));
    await load(dataset, [await file(store, dataset, "A", priced("A", 1n, 2n)), other], target, store);
    assert.equal(await load(dataset, [await file(store, dataset, "A", priced("A", 7n)), other], target, store), 1);
    assert.deepEqual(await rowsOf(dataset), ["A 0.0007", "B 0.0003"]);
    assert.equal(await load(dataset, [await file(store, dataset, "A", []), other], target, store), 0);
    assert.deepEqual(await rowsOf(dataset), ["B 0.0003"]);
    assert.deepEqual(
      (await loadsOf(dataset)).map(({ rows }) => rows),
      [3, 1, 0],
    );
  });

  it("loads again what it held before, when it holds something else now", async () => {
    const dataset = fresh();
    for (const price of [1n, 2n, 1n, 2n]) {
      const changed = [await file(store, dataset, "A", priced("A", price))];
      assert.equal(await load(dataset, changed, target, store), 1);
      assert.deepEqual(await rowsOf(dataset), [`A 0.000${price}`]);
    }
    assert.equal((await loadsOf(dataset)).length, 4);
  });

  it("makes the table anew, with all rows, when a column was added", async () => {
    const dataset = fresh();
    const before = await Promise.all(["A", "B"].map((ticker) => file(store, dataset, ticker, priced(ticker, 1n))));
    await load(dataset, before, target, store);
    const wider: Dataset = { ...dataset, schema: { ...dataset.schema, note: text({ nullable: true }) } };
    const after = await Promise.all(
      ["A", "B"].map((ticker) =>
        file(
          store,
          wider,
          ticker,
          priced(ticker, 1n).map((record) => ({ ...record, values: [...record.values, "n"] })),
        ),
      ),
    );
    assert.equal(await load(wider, after, target, store), 2);
    const rows = await session.query(`select ticker, note from ${dataset.name} order by ticker`);
    assert.deepEqual(
      rows.map(({ ticker, note }) => [ticker, note]),
      [
        ["A", "n"],
        ["B", "n"],
      ],
    );
    assert.equal(await load(wider, after, target, store), 0);
  });

  it("makes it anew when a column can hold more", async () => {
    const dataset = fresh();
    await load(dataset, [await file(store, dataset, "A", priced("A", 1n))], target, store);
    const finer: Dataset = {
      ...dataset,
      schema: { ...dataset.schema, price: decimal({ precision: 20, scale: 6, nullable: true }) },
    };
    await load(finer, [await file(store, finer, "A", priced("A", 1n))], target, store);
    assert.deepEqual(await rowsOf(dataset), ["A 0.000001"]);
  });

  it("does not make it anew while a partition is lacking, whose rows would vanish", async () => {
    const dataset = fresh();
    await load(
      dataset,
      [await file(store, dataset, "A", priced("A", 1n)), await file(store, dataset, "B", priced("B", 2n))],
      target,
      store,
    );
    const wider: Dataset = { ...dataset, schema: { ...dataset.schema, note: text({ nullable: true }) } };
    const one = await file(
      store,
      wider,
      "A",
      priced("A", 1n).map((record) => ({ ...record, values: [...record.values, "n"] })),
    );
    await assert.rejects(load(wider, [one], target, store), /B could not be processed; nothing was loaded/);
    assert.deepEqual(await rowsOf(dataset), ["A 0.0001", "B 0.0002"]);
  });

  it("fills the table of another name", async () => {
    const dataset = fresh();
    const one = await file(store, dataset, "A", priced("A", 1n));
    await load(dataset, [one], target, store);
    const renamed: Dataset = { ...dataset, load: { warehouse: { table: `${dataset.name}_new`, sortBy: [] } } };
    assert.equal(await load(renamed, [one], target, store), 1);
    assert.deepEqual(await rowsOf(dataset, `${dataset.name}_new`), ["A 0.0001"]);
  });

  it("has nothing to do with a dataset that goes elsewhere", async () => {
    const dataset: Dataset = { ...fresh(), load: { database: { table: "x" } } };
    assert.equal(await load(dataset, [await file(store, dataset, "A", priced("A", 1n))], target, store), 0);
    assert.deepEqual(await keysOf(store, `loads/warehouse/${dataset.name}/`), []);
    assert.deepEqual(await loadsOf(dataset), []);
  });

  it("applies a load id at most once", async () => {
    const dataset = fresh();
    const files = [{ ...(await file(store, dataset, "A", priced("A", 1n))), key: recordsKey(dataset.name, "A") }];
    const columns = columnsDigest(dataset, dataset.name);
    const planned: Load = { id: `id-${count}`, dataset, table: dataset.name, columns, recreate: false, files };
    await target.state(dataset.name);
    await target.apply(planned, store);
    await file(store, dataset, "A", priced("A", 9n));
    await target.apply(planned, store);
    assert.deepEqual(await rowsOf(dataset), ["A 0.0001"]);
    assert.equal((await loadsOf(dataset)).length, 1);
  });

  it("asks the ledger first after an outcome that is unknown", async () => {
    const dataset = fresh();
    const files = [await file(store, dataset, "A", priced("A", 1n))];
    const forgetful: Target = {
      name: "warehouse",
      state: (name) => target.state(name),
      async apply(planned, lake) {
        await target.apply(planned, lake);
        throw new Error("the connection was lost before the answer");
      },
    };
    await assert.rejects(load(dataset, files, forgetful, store), /connection was lost/);
    assert.equal(await load(dataset, files, target, store), 0);
    assert.deepEqual(await rowsOf(dataset), ["A 0.0001"]);
    assert.equal((await loadsOf(dataset)).length, 1);
  });

  it("has the old rows and no trace of the load when something fails in the middle", async () => {
    const dataset = fresh();
    await load(dataset, [await file(store, dataset, "A", priced("A", 1n))], target, store);
    const known = await target.state(dataset.name);
    const changed = await file(store, dataset, "A", priced("A", 8n, 9n));
    const more = await file(store, dataset, "B", priced("B", 3n));

    const failing = (when: RegExp): Target =>
      new SqlTarget(
        "warehouse",
        altered(session, {
          query: (sql, parameters) =>
            when.test(sql) ? Promise.reject(new Error("no more power")) : session.query(sql, parameters),
        }),
      );
    let files = 0;
    const secondFileFails = altered(session, {
      insertFile(...args) {
        files += 1;
        return files === 2 ? Promise.reject(new Error("no more power")) : session.insertFile(...args);
      },
    });
    const attempts: [Target, readonly Loadable[], RegExp][] = [
      [target, [changed, { ...more, rows: 2 }], /staged 3 rows of 4; nothing was loaded/],
      [target, [changed, { partition: "C", rows: 1, bytes: 1, digest: "d" }], /./],
      [new SqlTarget("warehouse", secondFileFails), [changed, more], /no more power/],
      ...[
        /^delete/,
        /^insert into "/,
        /^drop table/,
        /^insert into _partitions/,
        /^insert into _tables/,
        /^insert into _loads/,
      ].map((when): [Target, readonly Loadable[], RegExp] => [failing(when), [changed, more], /no more power/]),
    ];
    for (const [through, loadable, expected] of attempts) {
      await assert.rejects(load(dataset, loadable, through, store), expected);
      assert.deepEqual(await rowsOf(dataset), ["A 0.0001"], String(expected));
      assert.equal((await loadsOf(dataset)).length, 1);
      assert.deepEqual(await target.state(dataset.name), known);
    }
    assert.equal(await load(dataset, [changed, more], target, store), 3);
    assert.deepEqual(await rowsOf(dataset), ["A 0.0008", "A 0.0009", "B 0.0003"]);
  });

  it("has the old table when making it anew fails", async () => {
    const dataset = fresh();
    await load(dataset, [await file(store, dataset, "A", priced("A", 1n))], target, store);
    const finer: Dataset = { ...dataset, schema: { ...dataset.schema, price: decimal({ nullable: true }) } };
    const one = await file(store, finer, "A", priced("A", 1n));
    await assert.rejects(load(finer, [{ ...one, rows: 5 }], target, store), /staged 1 rows of 5/);
    assert.deepEqual(await rowsOf(dataset), ["A 0.0001"]);
  });

  it("loads several datasets at the same time", async () => {
    const datasets = [50, 100, 150, 200].map((rows) => ({ rows, dataset: fresh() }));
    const loads = datasets.map(async ({ rows, dataset }) => {
      const prices = Array.from({ length: rows }, (_, i) => BigInt(i));
      return load(dataset, [await file(store, dataset, "A", priced("A", ...prices))], target, store);
    });
    assert.deepEqual(await Promise.all(loads), [50, 100, 150, 200]);
    for (const { rows, dataset } of datasets) assert.equal((await rowsOf(dataset)).length, rows);
  });

  it("goes on with other datasets when one that loads at the same time fails", async () => {
    const [bad, good] = [fresh(), fresh()];
    const files = [await file(store, bad, "A", priced("A", 1n)), await file(store, good, "A", priced("A", 2n))];
    const [first, second] = await Promise.allSettled([
      load(bad, [{ ...(files[0] as Loadable), rows: 2 }], target, store),
      load(good, [files[1] as Loadable], target, store),
    ]);
    assert.deepEqual([first.status, second.status], ["rejected", "fulfilled"]);
    assert.deepEqual(await rowsOf(good), ["A 0.0002"]);
    assert.deepEqual(await loadsOf(bad), []);
  });
}
