import assert from "node:assert/strict";
import fc from "fast-check";
import { calendar } from "../../../runtime/dataset/calendar/index.ts";

const DAY = 86_400_000;
const everyDay = calendar("24/7");
const utc = (text: string): number => Date.parse(text);

describe("calendar 24/7", () => {
  it("has a session every day, weekends, holidays and leap days too", () => {
    assert.deepEqual(everyDay.sessions("2023-12-24", "2023-12-26"), ["2023-12-24", "2023-12-25", "2023-12-26"]);
    assert.deepEqual(everyDay.sessions("2024-02-28", "2024-03-01"), ["2024-02-28", "2024-02-29", "2024-03-01"]);
    assert.deepEqual(everyDay.sessions("2024-03-01", "2024-02-28"), []);
    assert.equal(everyDay.isSession("2001-09-11"), true);
    assert.throws(() => everyDay.isSession("2023-02-29"), RangeError);
  });

  it("expects the midnights UTC of a half-open interval", () => {
    assert.deepEqual(
      everyDay.expected({ start: utc("2022-01-01"), end: utc("2022-01-03") }, "1 day"),
      [1_640_995_200_000, 1_641_081_600_000],
    );
    assert.deepEqual(
      everyDay.expected({ start: utc("2022-01-01T00:00:00.001Z"), end: utc("2022-01-02") }, "24 hours"),
      [],
    );
  });

  it("expects every bucket of any length", () => {
    const hour = { start: utc("2022-01-01T10:00:00Z"), end: utc("2022-01-01T11:00:00Z") };
    assert.deepEqual(
      everyDay.expected(hour, "15 minutes"),
      [0, 15, 30, 45].map((minute) => hour.start + minute * 60_000),
    );
    assert.equal(everyDay.expected({ start: 0, end: DAY }, "1 minute").length, 1_440);
    assert.deepEqual(everyDay.expected({ start: 1, end: DAY }, "12 hours"), [DAY / 2]);
  });

  it("ends complete data at the last bucket that is over", () => {
    const now = utc("2024-02-28T23:59:59.999Z");
    assert.equal(everyDay.lastCompleted(now, "1 minute"), utc("2024-02-28T23:59:00Z"));
    assert.equal(everyDay.lastCompleted(now, "6 hours"), utc("2024-02-28T18:00:00Z"));
  });

  it("ends a day, and complete data, at midnight UTC", () => {
    assert.equal(everyDay.open("2024-02-28"), utc("2024-02-28"));
    assert.equal(everyDay.close("2024-02-28"), utc("2024-02-29"));
    assert.equal(everyDay.lastCompleted(utc("2024-02-28T23:59:59.999Z")), utc("2024-02-28"));
    assert.equal(everyDay.lastCompleted(utc("2024-02-29")), utc("2024-02-29"));
  });

  it("has nothing that it could not know", () => {
    assert.equal(everyDay.knownFrom, null);
    assert.equal(everyDay.knownThrough, null);
  });

  it("expects one bucket for each whole day", () => {
    fc.assert(
      fc.property(fc.integer({ min: -20_000, max: 40_000 }), fc.nat(800), (day, length) => {
        const expected = everyDay.expected({ start: day * DAY, end: (day + length) * DAY }, "1 day");
        assert.deepEqual(
          expected,
          Array.from({ length }, (_, index) => (day + index) * DAY),
        );
      }),
      { numRuns: 50 },
    );
  });
});
