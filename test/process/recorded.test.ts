import assert from "node:assert/strict";
import { DAY } from "../../runtime/dataset/duration.ts";
import { text, timestamp } from "../../runtime/dataset/index.ts";
import { TimesWatch } from "../../runtime/process/recorded.ts";
import { tiny } from "../support/tiny.ts";

const day = (date: string): number => Date.parse(date) / DAY;
const between = (start: string, end: string) => ({ start: Date.parse(start), end: Date.parse(end) });

describe("the times of records", () => {
  const weekdays = tiny("https://example.org", { definition: { calendar: "XNYS" } });

  it("are the first, the last, and where the calendar expects one between two", () => {
    const watch = new TimesWatch(weekdays);
    watch.add(["2024-12-20", "2024-12-23", "2024-12-24"].map(day));
    watch.add(["2024-12-26", "2024-12-31", "2025-01-02"].map(day));
    assert.deepEqual(watch.times, {
      first: Date.parse("2024-12-20"),
      last: Date.parse("2025-01-02"),
      absent: [between("2024-12-27", "2024-12-31")],
    });
  });

  it("are none where there is no record", () => {
    const watch = new TimesWatch(weekdays);
    watch.add([]);
    assert.deepEqual(watch.times, { absent: [] });
  });

  it("of several records in one bucket are one", () => {
    const hourly = tiny("https://example.org", {
      source: { windows: { step: "1 day", granularity: "1 hour" } },
      definition: { schema: { ticker: text(), date: timestamp() }, calendar: "24/7" },
    });
    const watch = new TimesWatch(hourly);
    watch.add(
      ["2025-01-03T15:20Z", "2025-01-03T15:50Z", "2025-01-03T16:00Z", "2025-01-03T18:59Z"].map((one) =>
        Date.parse(one),
      ),
    );
    assert.deepEqual(watch.times, {
      first: Date.parse("2025-01-03T15:20Z"),
      last: Date.parse("2025-01-03T18:59Z"),
      absent: [between("2025-01-03T17:00Z", "2025-01-03T18:00Z")],
    });
  });
});
