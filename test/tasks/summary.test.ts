import assert from "node:assert/strict";
import { systemClock } from "../../runtime/dataset/clock.ts";
import type { ProcessedPartition } from "../../runtime/process/process.ts";
import { FolderStore } from "../../runtime/store/folder.ts";
import { summarise } from "../../runtime/tasks/summary.ts";
import { useFolder } from "../support/folder.ts";
import { tiny } from "../support/tiny.ts";

describe("the summary of a run", () => {
  let store: FolderStore;
  useFolder((path) => {
    store = new FolderStore(path);
  });

  it("takes the word of processing for what was processed, and looks at nothing twice", async () => {
    const processed: ProcessedPartition = {
      ...{ partition: "A", rows: 3, quarantined: 1, digest: "", bytes: 0 },
      first: Date.parse("2024-01-01"),
      last: Date.parse("2024-01-09"),
      absent: [{ start: Date.parse("2024-01-02"), end: Date.parse("2024-01-04") }],
    };
    const wanted = { start: Date.parse("2024-01-01"), end: Date.parse("2024-01-11") };
    const { coverage, rows, quarantined, first, last } = await summarise({
      ...{ dataset: tiny("https://example.org"), store, clock: systemClock, run: "", startedAt: 0, wanted },
      ...{ requests: 1, rawBytes: 1, newRows: 3, errors: [], warnings: [], stopped: false },
      processed: [processed],
      states: new Map([["A", { coverage: [wanted], again: [] }]]),
    });
    assert.deepEqual([rows, quarantined, first, last], [3, 1, "2024-01-01", "2024-01-09"]);
    assert.deepEqual(
      coverage.map(({ partition, missing }) => [partition, missing]),
      [
        ["A", ["2024-01-02", "2024-01-03"]],
        ["B", []],
      ],
    );
  });
});
