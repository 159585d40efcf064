import assert from "node:assert/strict";
import {
  formatBytes,
  formatCount,
  formatDate,
  formatDollars,
  formatDuration,
  formatInstant,
  formatNumberOf,
  formatSeconds,
} from "../../../runtime/publish/report/format.ts";

describe("numbers as people read them", () => {
  it("groups thousands", () => {
    assert.deepEqual([0, 999, 12_154, 1_234_567].map(formatCount), ["0", "999", "12,154", "1,234,567"]);
  });

  it("agrees nouns with their number", () => {
    assert.deepEqual(
      [0, 1, 2_000].map((count) => formatNumberOf(count, "gap")),
      ["0 gaps", "1 gap", "2,000 gaps"],
    );
  });

  it("writes bytes in decimal units, and never as 1000 of a smaller one", () => {
    const bytes = [0, 999, 1_000, 1_234, 99_949, 999_499, 999_500, 2_345_678, 5e9, 7e18];
    assert.deepEqual(bytes.map(formatBytes), [
      ...["0 B", "999 B", "1 kB", "1.23 kB", "99.9 kB", "999 kB", "1 MB", "2.35 MB", "5 GB", "7000 PB"],
    ]);
  });

  it("writes seconds as exactly as it makes sense", () => {
    assert.deepEqual([0, 0.004, 0.042, 3.21, 9.96, 59.6, 1_234].map(formatSeconds), [
      ...["0", "0", "0.04", "3.2", "10", "60", "1,234"],
    ]);
  });

  it("writes long durations in minutes and hours", () => {
    assert.deepEqual([3.21, 59.4, 60, 125, 3_599.6, 4_830].map(formatDuration), [
      ...["3.2 s", "59 s", "1 min 0 s", "2 min 5 s", "1 h 0 min", "1 h 20 min"],
    ]);
  });

  it("writes dates and instants in UTC", () => {
    assert.equal(formatDate("2013-03-01"), "2013-03-01");
    assert.equal(formatDate("2013-03-01T23:30:00-05:00"), "2013-03-02");
    assert.equal(formatDate(null), "–");
    assert.equal(formatInstant("2025-03-01T15:05:09+01:00"), "2025-03-01 14:05 UTC");
  });

  it("writes dollars with cents", () => {
    assert.equal(formatDollars(4.3), "$4.30");
  });
});
