import assert from "node:assert/strict";
import { systemClock } from "../../runtime/dataset/clock.ts";
import { DAY } from "../../runtime/dataset/duration.ts";
import type { ProcessedPartition } from "../../runtime/process/process.ts";
import { FolderStore } from "../../runtime/store/folder.ts";
import { recordsKey } from "../../runtime/store/layout.ts";
import { summarise } from "../../runtime/tasks/summary.ts";
import { useFolder } from "../support/folder.ts";
import { writeRecords } from "../support/records.ts";
import { tiny } from "../support/tiny.ts";

describe("the summary of a run", () => {
  const wanted = { start: Date.parse("2024-01-01"), end: Date.parse("2024-01-11") };
  let store: FolderStore;
  useFolder((path) => {
    store = new FolderStore(path);
  });

  it("takes the word of processing for what was processed, and looks at nothing twice", async () => {
    const processed: ProcessedPartition = {
      ...{ partition: "A", rows: 3, quarantined: 1, digest: "", bytes: 0 },
      times: {
        first: Date.parse("2024-01-01"),
        last: Date.parse("2024-01-09"),
        absent: [{ start: Date.parse("2024-01-02"), end: Date.parse("2024-01-04") }],
      },
    };
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

  it("looks into the file of a partition whose times were too much to say", async () => {
    const dataset = tiny("https://example.org");
    const days = [1, 2, 9].map((day) => Date.UTC(2024, 0, day) / DAY);
    const records = days.map((day) => ({ values: ["A", day, null], raw: "raw", fetchedAt: 0 }));
    const note = { version: 1 as const, definition: "d", exchanges: [], rows: 3, quarantined: 0 };
    await store.put(recordsKey("tiny", "A"), writeRecords(dataset.schema, records, note));
    const { first, last } = await summarise({
      ...{ dataset, store, clock: systemClock, run: "", startedAt: 0, wanted },
      ...{ requests: 1, rawBytes: 1, newRows: 3, errors: [], warnings: [], stopped: false },
      processed: [{ partition: "A", rows: 3, quarantined: 0, digest: "", bytes: 0 }],
    });
    assert.deepEqual([first, last], ["2024-01-01", "2024-01-09"]);
  });
});
