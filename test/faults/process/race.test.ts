import assert from "node:assert/strict";
import { join } from "node:path";
import { DAY } from "../../../runtime/dataset/duration.ts";
import { DuckDb } from "../../../runtime/load/duckdb.ts";
import { SqlTarget } from "../../../runtime/load/sql-target.ts";
import { FolderStore } from "../../../runtime/store/folder.ts";
import { dates, UNTIL } from "../../support/bring-in.ts";
import { expectedRows, recordsIn } from "../../support/crash.ts";
import { crashDataset } from "../../support/crash-plan.ts";
import { temporaryFolder } from "../../support/folder.ts";
import { runOver } from "../../support/run-over.ts";
import { startTiny } from "../../support/tiny.ts";
import { WatchedStore } from "../../support/watched-store.ts";

describe("faults of the process: another run writes the files that are being loaded", () => {
  it("41) a load takes none of the two halves: it looks again, and loads what is there then", async () => {
    await using folder = await temporaryFolder();
    await using server = await startTiny();
    const dataset = crashDataset({ source: server.url });
    const store = new FolderStore(join(folder.path, "lake"));
    const duckdb = await DuckDb.open(join(folder.path, "warehouse.duckdb"), "write");
    let met = false;
    const before = async (key: string): Promise<void> => {
      if (met || !key.startsWith("loads/")) return;
      met = true;
      const other = await runOver({ store, dataset, until: UNTIL + DAY });
      assert.deepEqual(other.errors, []);
    };
    try {
      const summary = await runOver({
        store: new WatchedStore(store, { before }),
        dataset,
        targets: [new SqlTarget("warehouse", duckdb)],
      });
      assert.deepEqual([met, summary.errors], [true, []]);
      const rows = await duckdb.query(
        "select ticker || ' ' || cast(date as text) || ' ' || regexp_replace(cast(cast(price as double) as text), '\\.0$', '') as line from prices order by ticker, date",
      );
      const expected = expectedRows({ days: dates(21) });
      assert.deepEqual(
        rows.map(({ line }) => line),
        expected,
      );
      assert.deepEqual(await recordsIn(store), expected);
    } finally {
      duckdb.close();
    }
  });
});
