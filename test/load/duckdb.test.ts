import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { DuckDb } from "../../runtime/load/duckdb.ts";
import { temporaryFolder } from "../support/folder.ts";
import { loadsRowsOnce } from "./target-suite.ts";

const MODULE = new URL("../../runtime/load/duckdb.ts", import.meta.url).href;

describe("loading into DuckDB", () => {
  let folder: Awaited<ReturnType<typeof temporaryFolder>>;
  let database: DuckDb;
  before(async () => {
    folder = await temporaryFolder();
    database = await DuckDb.open(join(folder.path, "new", "warehouse.duckdb"), "write");
  });
  after(async () => {
    database.close();
    await folder[Symbol.asyncDispose]();
  });

  loadsRowsOnce(() => database);

  it("shows results without needless zeros, and numbers where they are exact", async () => {
    const { columns, rows } = await database.table(
      `select 1.500::decimal(9, 3) as a, 0::decimal(9, 3) as b, 100::decimal(9, 0) as c, 0.25::decimal(2, 2) as d,
         -0.5::decimal(2, 2) as e, 0::decimal(2, 2) as f, 5::bigint as g, 9007199254740993 as h, null as i, '1.50' as j,
         sum(x)::hugeint as a from (values (7)) t(x)`,
    );
    assert.deepEqual(columns, ["a", "b", "c", "d", "e", "f", "g", "h", "i", "j", "a:1"]);
    assert.deepEqual(rows, [["1.5", "0", "100", "0.25", "-0.5", "0", 5, "9007199254740993", null, "1.50", 7]]);
  });

  it("says why a transaction failed, not that it is gone", async () => {
    await assert.rejects(
      database.transaction(async () => {
        await database.query("rollback");
        throw new Error("the true reason");
      }),
      /the true reason/,
    );
  });

  it("tells who comes second that the file is in use", async () => {
    const path = join(folder.path, "held.duckdb");
    const held = await DuckDb.open(path, "write");
    try {
      const script = `import { DuckDb } from ${JSON.stringify(MODULE)};
        await DuckDb.open(process.argv[1], "write").then(() => console.log("open"), (error) => console.log(error.name + ": " + error.message));`;
      const said = execFileSync(process.execPath, ["--input-type=module", "-e", script, path], { encoding: "utf8" });
      assert.match(said, /^UserError: .*held\.duckdb is in use by another process/);
      assert.match(said, /choose another folder with --data/);
    } finally {
      held.close();
    }
    (await DuckDb.open(path, "read")).close();
  });

  it("does not call a file in use that is none of DuckDB's", async () => {
    const path = join(folder.path, "not.duckdb");
    await writeFile(path, "a block of text that is no database, ".repeat(500));
    await assert.rejects(DuckDb.open(path, "write"), (error) => {
      assert(error instanceof Error);
      return error.name !== "UserError";
    });
  });

  it("lets nobody write who opened it to read", async () => {
    const path = join(folder.path, "read.duckdb");
    (await DuckDb.open(path, "write")).close();
    const reader = await DuckDb.open(path, "read");
    try {
      await assert.rejects(reader.query("create table t (i int)"), /read-only/i);
    } finally {
      reader.close();
    }
  });
});
