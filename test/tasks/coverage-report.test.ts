import assert from "node:assert/strict";
import type { DatasetDefinition } from "../../runtime/dataset/definition.ts";
import { DAY } from "../../runtime/dataset/duration.ts";
import { type Schema, text, timestamp } from "../../runtime/dataset/index.ts";
import type { Interval } from "../../runtime/dataset/interval.ts";
import type { Windows } from "../../runtime/dataset/source.ts";
import { type Recorded, recordedIn } from "../../runtime/process/recorded.ts";
import { FolderStore } from "../../runtime/store/folder.ts";
import { recordsKey } from "../../runtime/store/layout.ts";
import { GROUP } from "../../runtime/store/records.ts";
import { countGaps, coverageOf, judge, type Known } from "../../runtime/tasks/coverage-report.ts";
import { useFolder } from "../support/folder.ts";
import { writeRecords } from "../support/records.ts";
import { tiny } from "../support/tiny.ts";

const at = (text: string): number => Date.parse(text);
const from = (start: string, end: string): Interval => ({ start: at(start), end: at(end) });
const spelt = ({ start, end }: Interval): string =>
  [start, end].map((one) => new Date(one).toISOString().replace(/(T00:00)?:00\.000Z$/, "")).join(" ");
const known = (coverage: Interval[], more: Partial<Known> = {}): Known => ({ coverage, ...more });

const dataset = (windows: Partial<Windows> = {}, definition: Partial<DatasetDefinition<"ticker", Schema>> = {}) =>
  tiny("https://example.org", {
    source: { windows: { step: "10 days", granularity: "1 day", ...windows } },
    definition: {
      schema: { ticker: text(), date: timestamp(), updated: timestamp("iso", { nullable: true }) },
      calendar: "XNYS",
      ...definition,
    },
  });

describe("coverage against a calendar", () => {
  const judged = (one: ReturnType<typeof dataset>, state: Known, wanted: Interval): string[] =>
    judge(one, state, wanted).gaps.map(spelt);

  it("has gaps where sessions are not covered, none where the exchange was closed", () => {
    const wanted = from("2024-12-20", "2025-01-14");
    const covered = known([from("2024-12-20", "2024-12-24"), from("2024-12-30", "2025-01-08")]);
    assert.deepEqual(judged(dataset(), covered, wanted), ["2024-12-24 2024-12-28", "2025-01-08 2025-01-14"]);
    assert.deepEqual(
      judged(dataset(), known([from("2024-12-20", "2025-01-09"), from("2025-01-10", "2025-01-14")]), wanted),
      [],
    );
    assert.deepEqual(judged(dataset(), known([]), from("2025-01-09", "2025-01-10")), []);
  });

  it("counts the sessions of the gaps", async () => {
    const gaps = [
      ["2024-12-24T00:00:00Z", "2024-12-28T00:00:00Z"] as const,
      ["2025-01-08T00:00:00Z", "2025-01-11T00:00:00Z"] as const,
    ];
    assert.equal(countGaps(dataset(), { gaps }), 5);
  });

  it("has gaps within a session, for buckets of minutes", () => {
    const minutes = dataset({ step: "1 day", granularity: "30 minutes" });
    const covered = known([from("2024-12-23", "2024-12-24T15:00:00Z")]);
    assert.deepEqual(judged(minutes, covered, from("2024-12-23", "2024-12-25")), ["2024-12-24T15:00 2024-12-24T18:00"]);
  });

  it("expects nothing after a partition has ended", () => {
    const ended = { at: at("2025-02-01"), from: at("2025-01-07"), message: "delisted" };
    const state = known([from("2025-01-02", "2025-01-03")], { ended });
    assert.deepEqual(judged(dataset(), state, from("2025-01-02", "2025-01-14")), ["2025-01-03 2025-01-07"]);
    assert.deepEqual(judged(dataset(), known([], { ended }), from("2025-01-07", "2025-01-14")), []);
  });

  it("has no gaps in a snapshot, but what has passed unasked since the first one", () => {
    const snapshot = dataset({ step: "1 day", snapshot: true });
    const wanted = from("2024-12-02", "2025-01-14");
    const found = judge(snapshot, known([from("2025-01-03", "2025-01-04"), from("2025-01-10", "2025-01-11")]), wanted);
    assert.deepEqual(found.gaps, []);
    assert.deepEqual(found.missed.map(spelt), ["2025-01-06 2025-01-09", "2025-01-13 2025-01-14"]);
    assert.deepEqual(judge(snapshot, known([]), wanted).missed, []);
  });
});

describe("the coverage of a partition", () => {
  let store: FolderStore;
  useFolder((path) => {
    store = new FolderStore(path);
  });

  const wanted = from("2025-01-02", "2025-01-18");

  async function keep(one: ReturnType<typeof dataset>, times: string[]): Promise<void> {
    const records = times.map((time) => ({ values: ["A", at(time), null], raw: "raw", fetchedAt: 0 }));
    const note = { version: 1 as const, definition: "d", exchanges: [], rows: times.length, quarantined: 2 };
    await store.put(recordsKey("tiny", "A"), writeRecords(one.schema, records, note));
  }

  const recorded = (one: ReturnType<typeof dataset>): Promise<Recorded> => recordedIn(store, one, "A");

  it("tells what was asked and empty from what was never asked", async () => {
    const daily = dataset();
    await keep(daily, ["2025-01-03", "2025-01-06", "2025-01-10"]);
    const state = known([from("2025-01-02", "2025-01-08"), from("2025-01-10", "2025-01-14")]);
    assert.deepEqual(coverageOf(daily, "A", state, wanted, await recorded(daily)), {
      partition: "A",
      covered: [
        ["2025-01-02T00:00:00Z", "2025-01-08T00:00:00Z"],
        ["2025-01-10T00:00:00Z", "2025-01-14T00:00:00Z"],
      ],
      first: "2025-01-03",
      last: "2025-01-10",
      until: "2025-01-11T00:00:00Z",
      rows: 3,
      quarantined: 2,
      gaps: [
        ["2025-01-08T00:00:00Z", "2025-01-09T00:00:00Z"],
        ["2025-01-14T00:00:00Z", "2025-01-18T00:00:00Z"],
      ],
      missing: ["2025-01-07"],
    });
  });

  it("finds a single day without a record among days that follow each other", async () => {
    const daily = dataset();
    await keep(daily, ["2025-01-06", "2025-01-07", "2025-01-07T12:00", "2025-01-10", "2025-01-13", "2025-01-15"]);
    const { missing } = coverageOf(daily, "A", known([wanted]), wanted, await recorded(daily));
    assert.deepEqual(missing, ["2025-01-08", "2025-01-14"]);
  });

  it("looks at every group of a large file", async () => {
    const many = Array.from({ length: GROUP }, () => "2025-01-03");
    await keep(dataset(), [...many, "2025-01-06", "2025-01-10"]);
    const state = known([from("2025-01-02", "2025-01-18")]);
    const { rows, first, last, missing } = coverageOf(dataset(), "A", state, wanted, await recorded(dataset()));
    assert.deepEqual([rows, first, last], [GROUP + 2, "2025-01-03", "2025-01-10"]);
    assert.deepEqual(missing, ["2025-01-07", "2025-01-08"]);
  });

  it("names a date once, however many of its buckets are empty", async () => {
    const minutes = dataset({ step: "1 day", granularity: "1 hour" });
    await keep(minutes, ["2025-01-03T15:20:00Z", "2025-01-06T15:00:00Z"]);
    const { missing, first, last } = coverageOf(minutes, "A", known([wanted]), wanted, await recorded(minutes));
    assert.deepEqual([first, last, missing], ["2025-01-03", "2025-01-06", ["2025-01-03", "2025-01-06"]]);
  });

  it("judges windows about another time than the cursor's by coverage alone", async () => {
    const over = dataset({ over: "updated" });
    await keep(over, ["2025-01-03", "2025-01-10"]);
    const { missing, gaps } = coverageOf(
      over,
      "A",
      known([from("2025-01-02", "2025-01-16")]),
      wanted,
      await recorded(over),
    );
    assert.deepEqual(missing, []);
    assert.deepEqual(gaps, [["2025-01-16T00:00:00Z", "2025-01-18T00:00:00Z"]]);
  });

  it("says that it has ended, that it was skipped, and what a snapshot has missed", async () => {
    const state = known([from("2025-01-02", "2025-01-03")], {
      ended: { at: wanted.end, from: at("2025-01-07"), message: "delisted" },
      skipped: { at: at("2025-01-05") },
    });
    const snapshot = dataset({ step: "1 day", snapshot: true });
    const { ended, skipped, missed, gaps } = coverageOf(snapshot, "A", state, wanted, await recorded(snapshot));
    assert.deepEqual(ended, { from: "2025-01-07T00:00:00Z", message: "delisted" });
    assert.deepEqual(skipped, { at: "2025-01-05T00:00:00Z" });
    assert.deepEqual(missed, [["2025-01-03T00:00:00Z", "2025-01-07T00:00:00Z"]]);
    assert.deepEqual(gaps, []);
    const plain = coverageOf(dataset(), "A", known([wanted]), wanted, await recorded(dataset()));
    assert.deepEqual(
      Object.keys(plain).filter((key) => ["ended", "skipped", "missed"].includes(key)),
      [],
    );
  });

  it("is quick to judge when there is little to look at", () => {
    const minutes = dataset({ step: "1 day", granularity: "1 minute" }, { calendar: "24/7" });
    const long = from("2000-01-01", "2025-01-01");
    const began = performance.now();
    const covered = known([{ start: long.start, end: long.end - DAY }]);
    for (let i = 0; i < 1_000; i += 1) assert.equal(judge(minutes, covered, long).gaps.length, 1);
    assert.ok(performance.now() - began < 2_000);
  });
});
