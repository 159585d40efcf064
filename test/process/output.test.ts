import assert from "node:assert/strict";
import { parquetMetadata } from "hyparquet";
import { text } from "../../runtime/dataset/index.ts";
import { RecordsOutput } from "../../runtime/process/output.ts";
import { Scratch } from "../../runtime/process/spill/scratch.ts";
import { GROUP } from "../../runtime/store/records.ts";
import { tiny } from "../support/tiny.ts";

describe("a file of records that is made piece by piece", () => {
  const dataset = tiny("https://example.org", {
    definition: { schema: { ...tiny("https://example.org").schema, note: text() } },
  });

  /** Sizes of the row groups, where so many records come at once. */
  async function groupsOf(rows: number, at: number, note: string): Promise<number[]> {
    const scratch = new Scratch();
    const output = new RecordsOutput(dataset, scratch, Number.POSITIVE_INFINITY);
    for (let from = 0; from < rows; from += at) {
      const length = Math.min(at, rows - from);
      const all = <T>(value: T): T[] => Array<T>(length).fill(value);
      await output.add({ values: [all("A"), all(0), all(1n), all(note)], raw: all("r"), fetchedAt: all(0) });
    }
    const { content } = await output.finish({ version: 1, definition: "", exchanges: [], rows, quarantined: 0 });
    await scratch.dispose();
    assert.equal(output.rows, rows);
    return parquetMetadata(content as Buffer<ArrayBuffer>).row_groups.map(({ num_rows }) => Number(num_rows));
  }

  it("has groups of one size, however its records come", async () => {
    for (const at of [7_001, 3 * GROUP])
      assert.deepEqual(await groupsOf(2 * GROUP + 1, at, ""), [GROUP, GROUP, 1], `${at} at once`);
  });

  it("has smaller groups where texts are long, however its records come", async () => {
    const long = "x".repeat(4 * 1024 * 1024);
    for (const at of [1, 4, 20]) assert.deepEqual(await groupsOf(20, at, long), [9, 9, 2], `${at} at once`);
  });
});
