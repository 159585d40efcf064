import assert from "node:assert/strict";
import fc from "fast-check";
import { type CustomCalendarOptions, customCalendar } from "../../../runtime/dataset/calendar/custom.ts";
import { calendar } from "../../../runtime/dataset/calendar/index.ts";
import { UserError } from "../../../runtime/dataset/errors.ts";
import { describe as described } from "../../../runtime/publish/definitions.ts";
import { tiny } from "../../support/tiny.ts";

const HOURS: CustomCalendarOptions = { name: "XLON", timeZone: "Europe/London", open: "08:00", close: "16:30" };
const london = calendar(
  customCalendar({
    ...HOURS,
    closures: ["2025-12-25", "2025-12-26"],
    earlyCloses: { "2025-12-24": "12:30" },
  }),
);
const iso = (instant: number): string => new Date(instant).toISOString();
const utc = (text: string): number => Date.parse(text);

const faultsOf = (options: object): string => {
  try {
    tiny("https://example.org", { definition: { calendar: customCalendar({ ...HOURS, ...options }) } });
  } catch (error) {
    assert.ok(error instanceof UserError);
    return error.message;
  }
  return "";
};

describe("a calendar of one's own", () => {
  it("knows its hours through changes of the clocks, its half days and closures", () => {
    assert.equal(iso(london.open("2025-03-28")), "2025-03-28T08:00:00.000Z");
    assert.equal(iso(london.open("2025-03-31")), "2025-03-31T07:00:00.000Z");
    assert.equal(iso(london.close("2025-10-24")), "2025-10-24T15:30:00.000Z");
    assert.equal(iso(london.close("2025-10-27")), "2025-10-27T16:30:00.000Z");
    assert.equal(iso(london.close("2025-12-24")), "2025-12-24T12:30:00.000Z");
    assert.deepEqual(london.sessions("2025-12-23", "2025-12-29"), ["2025-12-23", "2025-12-24", "2025-12-29"]);
    assert.equal(london.expected({ start: utc("2025-12-24"), end: utc("2025-12-29") }, "30 minutes").length, 9);
  });

  it("may be open on other weekdays, and to the end of the day", () => {
    const riyadh = calendar(
      customCalendar({
        name: "own",
        timeZone: "Asia/Riyadh",
        weekdays: ["sunday", "monday"],
        open: "10:00",
        close: "24:00",
      }),
    );
    assert.deepEqual(riyadh.sessions("2025-06-01", "2025-06-10"), [
      "2025-06-01",
      "2025-06-02",
      "2025-06-08",
      "2025-06-09",
    ]);
    assert.equal(iso(riyadh.close("2025-06-01")), "2025-06-01T21:00:00.000Z");
    assert.equal(iso(riyadh.lastCompleted(utc("2025-06-07T12:00:00Z"))), "2025-06-03T00:00:00.000Z");
  });

  it("has sessions that lie on the UTC day before or after their date", () => {
    const options = { open: "00:00", close: "24:00", weekdays: ["monday"] } as const;
    const east = calendar(customCalendar({ name: "east", timeZone: "Pacific/Kiritimati", ...options }));
    const west = calendar(customCalendar({ name: "west", timeZone: "Pacific/Pago_Pago", ...options }));
    const sunday = { start: utc("2025-06-01"), end: utc("2025-06-02") };
    assert.equal(east.expected(sunday, "1 hour").length, 14);
    assert.equal(west.expected({ start: utc("2025-06-03"), end: utc("2025-06-04") }, "1 hour").length, 11);
    assert.deepEqual(east.expected({ start: utc("2025-06-02"), end: utc("2025-06-03") }, "1 day"), [utc("2025-06-02")]);
  });

  it("goes into definitions.json as it was written", () => {
    const own = customCalendar(HOURS);
    const dataset = tiny("https://example.org", { definition: { calendar: own } });
    assert.deepEqual(JSON.parse(JSON.stringify(described(dataset))).calendar, {
      kind: "sessions",
      ...HOURS,
      weekdays: ["monday", "tuesday", "wednesday", "thursday", "friday"],
      closures: [],
      earlyCloses: {},
    });
  });

  it("is refused with everything that is wrong with it", () => {
    const text = faultsOf({
      timeZone: "Europe/Londres",
      open: "8:00",
      weekdays: ["mondays"],
      closures: ["2025-02-29"],
      earlyClose: {},
    });
    for (const expected of [
      /calendar\.timeZone: must be an IANA time zone such as Europe\/London \(got "Europe\/Londres"\)/,
      /calendar\.open: must be a time of day, HH:MM \(got "8:00"\)/,
      /calendar\.weekdays\[0\]: .*\(got "mondays"\).*did you mean "monday"\?/,
      /calendar\.closures\[0\]: must be a day, YYYY-MM-DD \(got "2025-02-29"\)/,
      /calendar: unknown key \(got "earlyClose"\).*did you mean "earlyCloses"\?/,
    ])
      assert.match(text, expected);
  });

  it("is refused when its hours do not fit together", () => {
    assert.match(faultsOf({ open: "17:00" }), /calendar\.close: is not after the open \(got "16:30"\).*take "24\/7"/);
    const early = faultsOf({
      closures: ["2025-12-25"],
      earlyCloses: { "2025-12-24": "17:00", "2025-12-25": "12:00" },
    });
    assert.match(
      early,
      /earlyCloses\.2025-12-24: is not within the hours \(got "17:00"\); allowed: after 08:00, not after 16:30/,
    );
    assert.match(early, /earlyCloses\.2025-12-25: is a closure as well/);
  });

  it("is the same as XNYS when it says the same", () => {
    const closures = ["2025-01-01", "2025-01-09", "2025-01-20", "2025-02-17", "2025-04-18"];
    const own = calendar(
      customCalendar({ name: "own", timeZone: "America/New_York", open: "09:30", close: "16:00", closures }),
    );
    const first = utc("2025-01-02");
    fc.assert(
      fc.property(
        fc.nat(100),
        fc.nat(30),
        fc.constantFrom("1 day", "1 hour", "10 minutes"),
        (day, length, granularity) => {
          const start = first + day * 86_400_000;
          const interval = { start, end: start + length * 86_400_000 };
          assert.deepEqual(own.expected(interval, granularity), calendar("XNYS").expected(interval, granularity));
        },
      ),
      { numRuns: 40 },
    );
  });
});
