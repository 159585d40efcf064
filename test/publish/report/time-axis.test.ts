import assert from "node:assert/strict";
import fc from "fast-check";
import { timeTicks } from "../../../runtime/publish/report/time-axis.ts";

function labels(start: string, end: string, most = 8): string[] {
  return timeTicks({ start: Date.parse(start), end: Date.parse(end) }, most).map(({ label }) => label);
}

describe("the ticks of a time axis", () => {
  it("are round years over many years", () => {
    assert.deepEqual(labels("2000-03-01", "2013-03-02"), ["2002", "2004", "2006", "2008", "2010", "2012"]);
  });

  it("are months with the year where it changes over some years", () => {
    assert.deepEqual(labels("2022-02-01", "2024-03-01"), [
      "Apr 2022",
      "Jul",
      "Oct",
      "2023",
      "Apr",
      "Jul",
      "Oct",
      "2024",
    ]);
  });

  it("are days over some weeks", () => {
    assert.deepEqual(labels("2024-02-27", "2024-03-03"), ["Feb 27", "Feb 28", "Feb 29", "Mar 1", "Mar 2"]);
  });

  it("stand where their date is", () => {
    const ticks = timeTicks({ start: Date.parse("2000-01-01"), end: Date.parse("2004-01-01") }, 4);
    assert.deepEqual(ticks[0], { x: 0, label: "2000" });
    assert.deepEqual(ticks[1], { x: 366 / 1461, label: "2001" });
  });

  it("are at most as many as asked, in order, inside the axis, and enough to read it", () => {
    const instant = fc.integer({ min: Date.parse("1700-01-01"), max: Date.parse("2300-01-01") });
    fc.assert(
      fc.property(instant, fc.integer({ min: 3 * 86_400_000, max: 86_400_000 * 60_000 }), (start, length) => {
        const ticks = timeTicks({ start, end: start + length }, 8);
        assert.ok(ticks.length >= 1 && ticks.length <= 8, `${ticks.length} ticks`);
        for (const [index, { x }] of ticks.entries()) assert.ok(x >= 0 && x < 1 && x < (ticks[index + 1]?.x ?? 1));
      }),
    );
  });
});
