import assert from "node:assert/strict";
import fc from "fast-check";
import { calendar } from "../../../runtime/dataset/calendar/index.ts";
import { readPrices, recordedThrough } from "../../support/replay/prices.ts";

const DAY = 86_400_000;
const xnys = calendar("XNYS");
const utc = (text: string): number => Date.parse(text);
const iso = (instant: number): string => new Date(instant).toISOString();
const dates = fc.integer({ min: utc("1990-01-10") / DAY, max: utc("2050-12-31") / DAY }).map((day) => day * DAY);
const dateOf = (day: number): string => iso(day).slice(0, 10);

describe("calendar XNYS", () => {
  it("has exactly the sessions for which there are real prices", () => {
    for (const ticker of ["AAPL", "IBM", "MSFT"]) {
      const traded = readPrices()
        .get(ticker)
        ?.map(({ date }) => date);
      assert.equal(traded?.length, 3_270);
      assert.deepEqual(xnys.sessions("2000-03-01", recordedThrough), traded);
    }
  });

  it("expects the buckets of those sessions, at midnight UTC, in a half-open interval", () => {
    const interval = { start: utc("2001-09-10"), end: utc("2001-09-18") };
    assert.deepEqual(xnys.expected(interval, "1 day").map(dateOf), ["2001-09-10", "2001-09-17"]);
    assert.deepEqual(xnys.expected({ ...interval, end: utc("2001-09-17") }, "1 day").map(iso), [
      "2001-09-10T00:00:00.000Z",
    ]);
    assert.deepEqual(xnys.expected({ start: interval.start + 1, end: utc("2001-09-17") }, "1 day"), []);
    assert.equal(xnys.expected({ start: utc("2000-03-01"), end: utc("2013-03-02") }, "1 day").length, 3_270);
  });

  for (const [why, closed] of Object.entries({
    "11 September 2001": ["2001-09-11", "2001-09-12", "2001-09-13", "2001-09-14"],
    "Reagan's funeral": ["2004-06-11"],
    "Ford's funeral": ["2007-01-02"],
    "hurricane Sandy": ["2012-10-29", "2012-10-30"],
    "Bush's funeral": ["2018-12-05"],
    "Carter's funeral": ["2025-01-09"],
    "Juneteenth, from 2022": ["2022-06-20", "2023-06-19", "2026-06-19"],
    "Good Friday": ["2012-04-06", "2027-03-26"],
  }))
    it(`is closed: ${why}`, () => {
      for (const date of closed) assert.equal(xnys.isSession(date), false, date);
    });

  it("is open on the days around a closure, and on Juneteenth before 2022", () => {
    for (const date of ["2001-09-10", "2001-09-17", "2007-01-03", "2012-10-26", "2012-10-31", "2021-06-18"])
      assert.equal(xnys.isSession(date), true, date);
  });

  it("is closed on Saturday and Sunday", () => {
    assert.deepEqual(xnys.sessions("2013-02-22", "2013-02-25"), ["2013-02-22", "2013-02-25"]);
  });

  it("closes at 16:00 New York time, in winter and in summer", () => {
    assert.equal(iso(xnys.close("2013-02-28")), "2013-02-28T21:00:00.000Z");
    assert.equal(iso(xnys.close("2013-07-01")), "2013-07-01T20:00:00.000Z");
    assert.equal(iso(xnys.close("2013-03-08")), "2013-03-08T21:00:00.000Z");
    assert.equal(iso(xnys.close("2013-03-11")), "2013-03-11T20:00:00.000Z");
  });

  it("opens at 9:30 New York time, in winter and in summer, on half days too", () => {
    assert.equal(iso(xnys.open("2013-02-28")), "2013-02-28T14:30:00.000Z");
    assert.equal(iso(xnys.open("2013-03-08")), "2013-03-08T14:30:00.000Z");
    assert.equal(iso(xnys.open("2013-03-11")), "2013-03-11T13:30:00.000Z");
    assert.equal(iso(xnys.open("2012-12-24")), "2012-12-24T14:30:00.000Z");
    assert.throws(() => xnys.open("2012-12-25"), new RangeError("2012-12-25 is not a session of XNYS"));
  });

  it("closes early on half days", () => {
    assert.equal(iso(xnys.close("2012-11-23")), "2012-11-23T18:00:00.000Z");
    assert.equal(iso(xnys.close("2012-07-03")), "2012-07-03T17:00:00.000Z");
    assert.equal(iso(xnys.close("2012-12-24")), "2012-12-24T18:00:00.000Z");
    assert.equal(iso(xnys.close("1992-12-24")), "1992-12-24T19:00:00.000Z");
  });

  it("has no close on a day without a session", () => {
    assert.throws(() => xnys.close("2012-12-25"), new RangeError("2012-12-25 is not a session of XNYS"));
  });

  it("knows up to which session data can be complete", () => {
    const complete = (now: string): string => iso(xnys.lastCompleted(utc(now)));
    assert.equal(complete("2013-03-01T20:59:59.999Z"), "2013-03-01T00:00:00.000Z");
    assert.equal(complete("2013-03-01T21:00:00.000Z"), "2013-03-02T00:00:00.000Z");
    assert.equal(complete("2013-03-03T12:00:00Z"), "2013-03-02T00:00:00.000Z");
    assert.equal(complete("2013-03-04T14:30:00Z"), "2013-03-02T00:00:00.000Z");
    assert.equal(complete("2013-03-05T02:00:00Z"), "2013-03-05T00:00:00.000Z");
    assert.equal(complete("2012-11-23T17:59:59Z"), "2012-11-22T00:00:00.000Z");
    assert.equal(complete("2012-11-23T18:00:00Z"), "2012-11-24T00:00:00.000Z");
    assert.equal(complete("2001-09-16T00:00:00Z"), "2001-09-11T00:00:00.000Z");
  });

  it("says how far its table goes, and counts every weekday as a session outside of it", () => {
    assert.equal(xnys.knownFrom, "1990-01-01");
    assert.equal(xnys.knownThrough, "2050-12-31");
    assert.equal(xnys.isSession("1989-12-25"), true);
    assert.equal(xnys.isSession("2051-12-25"), true);
    assert.equal(xnys.isSession("2050-12-26"), false);
  });

  it("refuses what is no date", () => {
    for (const date of ["2013-02-29", "2013-2-28", "today", ""]) {
      const refusal = new RangeError(`not a date: ${JSON.stringify(date)}, give YYYY-MM-DD`);
      assert.throws(() => xnys.isSession(date), refusal);
      assert.throws(() => xnys.sessions(date, "2013-03-01"), refusal);
      assert.throws(() => xnys.close(date), refusal);
    }
  });

  it("expects the same however an interval is cut", () => {
    fc.assert(
      fc.property(dates, fc.nat(4_000), fc.double({ min: 0, max: 1, noNaN: true }), (start, length, part) => {
        const end = start + length * DAY;
        const middle = start + Math.floor(length * DAY * part);
        assert.deepEqual(
          [...xnys.expected({ start, end: middle }, "1 day"), ...xnys.expected({ start: middle, end }, "1 day")],
          xnys.expected({ start, end }, "1 day"),
        );
      }),
      { numRuns: 50 },
    );
  });

  it("lists as sessions exactly the days that are sessions", () => {
    fc.assert(
      fc.property(dates, fc.nat(60), (first, length) => {
        const every = Array.from({ length: length + 1 }, (_, index) => dateOf(first + index * DAY));
        assert.deepEqual(
          xnys.sessions(dateOf(first), dateOf(first + length * DAY)),
          every.filter((date) => xnys.isSession(date)),
        );
      }),
    );
  });

  it("ends complete data between the last close that has passed and the next one", () => {
    fc.assert(
      fc.property(dates, fc.nat(DAY - 1), (day, within) => {
        const now = day + within;
        const end = xnys.lastCompleted(now);
        const last = dateOf(end - DAY);
        assert.ok(xnys.close(last) <= now);
        const [next] = xnys.sessions(dateOf(end), dateOf(end + 14 * DAY));
        assert.ok(next && xnys.close(next) > now);
      }),
    );
  });
});
