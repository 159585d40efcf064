import assert from "node:assert/strict";
import { Postgres } from "../../runtime/load/postgres.ts";
import { FolderStore } from "../../runtime/store/folder.ts";
import { temporaryFolder } from "../support/folder.ts";
import { writeRecords } from "../support/records.ts";
import { tiny } from "../support/tiny.ts";

describe("a large file that is loaded into Postgres", () => {
  const dataset = tiny("https://example.org");
  const ROWS = 100_003;

  it("is inserted some rows at a time, each row once and in order", async () => {
    await using folder = await temporaryFolder();
    const store = new FolderStore(folder.path);
    const file = writeRecords(
      dataset.schema,
      Array.from({ length: ROWS }, (_, i) => ({ values: ["A", 0, BigInt(i) * 10_000n], raw: "r", fetchedAt: 0 })),
      { version: 1, definition: "", exchanges: [], rows: ROWS, quarantined: 0 },
    );
    await store.put("k", file);
    const batches: string[][] = [];
    const postgres = new Postgres({
      async query(_, parameters = []) {
        batches.push(parameters[2] as string[]);
        return { rows: [] };
      },
    });
    const one = { partition: "A", key: "k", digest: "", rows: ROWS };
    // Whether the file is held in memory or not.
    for (const bytes of [file.byteLength, 1e9]) {
      batches.length = 0;
      await postgres.insertFile("t", dataset, { ...one, bytes }, store);
      assert(batches.every(({ length }) => length <= 5_000));
      const prices = batches.flat();
      // The difference between two such lists would take longer to show than anybody waits.
      assert.equal(prices.length, ROWS);
      assert.equal(
        prices.findIndex((price, i) => Number(price) !== i),
        -1,
      );
    }
    await assert.rejects(
      postgres.insertFile("t", dataset, { ...one, key: "none", bytes: 1 }, store),
      /none is missing/,
    );
  });
});
