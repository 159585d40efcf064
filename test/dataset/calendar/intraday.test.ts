import assert from "node:assert/strict";
import fc from "fast-check";
import { calendar } from "../../../runtime/dataset/calendar/index.ts";
import type { Duration } from "../../../runtime/dataset/duration.ts";

const MINUTE = 60_000;
const DAY = 86_400_000;
const xnys = calendar("XNYS");
const utc = (text: string): number => Date.parse(text);
const iso = (instant: number): string => new Date(instant).toISOString().slice(0, 16);
const dateOf = (instant: number): string => new Date(instant).toISOString().slice(0, 10);
const ofDay = (date: string, granularity: Duration): string[] =>
  xnys.expected({ start: utc(date), end: utc(date) + DAY }, granularity).map(iso);

const days = fc.integer({ min: utc("1990-01-10") / DAY, max: utc("2050-12-01") / DAY }).map((day) => day * DAY);
const lengths = fc.constantFrom<Duration>("1 minute", "5 minutes", "15 minutes", "30 minutes", "1 hour", "7 hours");
const lengthOf: Readonly<Record<string, number>> = {
  "1 minute": 1,
  "5 minutes": 5,
  "15 minutes": 15,
  "30 minutes": 30,
  "1 hour": 60,
  "7 hours": 420,
};
const millisecondsOf = (granularity: Duration): number => (lengthOf[granularity] ?? Number.NaN) * MINUTE;

describe("buckets within a session of XNYS", () => {
  it("lie between open and close, in winter and in summer", () => {
    const winter = ofDay("2013-03-08", "1 minute");
    assert.equal(winter.length, 390);
    assert.deepEqual([winter[0], winter.at(-1)], ["2013-03-08T14:30", "2013-03-08T20:59"]);
    const summer = ofDay("2013-03-11", "1 minute");
    assert.equal(summer.length, 390);
    assert.deepEqual([summer[0], summer.at(-1)], ["2013-03-11T13:30", "2013-03-11T19:59"]);
  });

  it("are fewer on a half day", () => {
    const half = ofDay("2012-11-23", "5 minutes");
    assert.equal(half.length, 42);
    assert.equal(half.at(-1), "2012-11-23T17:55");
  });

  it("begin at whole hours when they are an hour long, the first one being open for its second half", () => {
    assert.deepEqual(ofDay("2012-11-23", "1 hour"), [
      "2012-11-23T14:00",
      "2012-11-23T15:00",
      "2012-11-23T16:00",
      "2012-11-23T17:00",
    ]);
  });

  for (const date of ["2025-01-09", "2012-10-29", "2024-12-25", "2024-12-28"])
    it(`are none on ${date}`, () => assert.deepEqual(ofDay(date, "1 minute"), []));

  it("of weeks and other numbers of days have data when one of their days has a session", () => {
    const august = { start: utc("2001-08-30"), end: utc("2001-10-01") };
    const weeks = xnys.expected(august, "1 week").map(dateOf);
    assert.deepEqual(weeks, ["2001-08-30", "2001-09-06", "2001-09-13", "2001-09-20", "2001-09-27"]);
    const pairs = xnys.expected({ start: utc("2001-09-09"), end: utc("2001-09-18") }, "2 days").map(dateOf);
    assert.deepEqual(pairs, ["2001-09-09", "2001-09-17"]);
  });

  it("are complete as the session goes on, and stay at its end until the next one has a bucket", () => {
    const complete = (now: string, granularity: Duration): string => iso(xnys.lastCompleted(utc(now), granularity));
    assert.equal(complete("2013-03-08T14:30:59Z", "1 minute"), "2013-03-07T21:00");
    assert.equal(complete("2013-03-08T14:31:00Z", "1 minute"), "2013-03-08T14:31");
    assert.equal(complete("2013-03-08T20:59:59Z", "1 minute"), "2013-03-08T20:59");
    assert.equal(complete("2013-03-08T21:00:00Z", "1 minute"), "2013-03-08T21:00");
    assert.equal(complete("2013-03-11T13:30:30Z", "1 minute"), "2013-03-08T21:00");
    assert.equal(complete("2013-03-11T13:31:00Z", "1 minute"), "2013-03-11T13:31");
    assert.equal(complete("2012-11-23T17:45:00Z", "1 hour"), "2012-11-23T17:00");
    assert.equal(complete("2012-11-23T18:00:00Z", "1 hour"), "2012-11-23T18:00");
    assert.equal(complete("2025-01-09T18:00:00Z", "5 minutes"), "2025-01-08T21:00");
  });

  it("are those of the interval, however it is cut", () => {
    fc.assert(
      fc.property(days, fc.integer({ min: 0, max: 20 }), fc.nat(DAY), lengths, (start, length, cut, granularity) => {
        const end = start + length * DAY;
        const middle = Math.min(end, start + cut);
        assert.deepEqual(
          [
            ...xnys.expected({ start, end: middle }, granularity),
            ...xnys.expected({ start: middle, end }, granularity),
          ],
          xnys.expected({ start, end }, granularity),
        );
      }),
      { numRuns: 60 },
    );
  });

  it("are exactly those that a session has a part in", () => {
    fc.assert(
      fc.property(days, lengths, (day, granularity) => {
        const length = millisecondsOf(granularity);
        const sessions = xnys
          .sessions(dateOf(day - 2 * DAY), dateOf(day + 3 * DAY))
          .map((date) => ({ open: xnys.open(date), close: xnys.close(date) }));
        const every: number[] = [];
        for (let at = Math.ceil(day / length) * length; at < day + DAY; at += length)
          if (sessions.some(({ open, close }) => at < close && at + length > open)) every.push(at);
        assert.deepEqual(xnys.expected({ start: day, end: day + DAY }, granularity), every);
      }),
      { numRuns: 60 },
    );
  });

  it("are complete up to the last one that is over, with none between that and the next one under way", () => {
    fc.assert(
      fc.property(days, fc.nat(DAY - 1), lengths, (day, within, granularity) => {
        const now = day + within;
        const end = xnys.lastCompleted(now, granularity);
        const length = millisecondsOf(granularity);
        const isOver = (at: number): boolean => {
          const close = xnys
            .sessions(dateOf(at - DAY), dateOf(at + length))
            .map((date) => xnys.close(date))
            .filter((instant) => instant > at)
            .at(0);
          return at + length <= now || (close !== undefined && close <= now && close <= at + length);
        };
        const around = xnys.expected({ start: end - 10 * DAY, end: end + 10 * DAY }, granularity);
        for (const at of around) assert.equal(isOver(at), at < end, `${iso(at)} at ${iso(now)}`);
      }),
      { numRuns: 60 },
    );
  });
});
