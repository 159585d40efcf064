import assert from "node:assert/strict";
import fc from "fast-check";
import { startsPerMonth } from "../../offline/cost/starts.ts";

const DAYS_PER_MONTH = 1461 / 48;

describe("startsPerMonth", () => {
  const table: readonly (readonly [expression: string, starts: number])[] = [
    ["cron(15 0 * * ? *)", DAYS_PER_MONTH],
    ["cron(0 18 ? * MON-FRI *)", (1461 * 5) / 7 / 48],
    ["cron(0 18 ? * 2-6 *)", (1461 * 5) / 7 / 48],
    ["cron(0/15 * * * ? *)", DAYS_PER_MONTH * 96],
    ["cron(0 9-17/2 * * ? *)", DAYS_PER_MONTH * 5],
    ["cron(5,35 22-1 * * ? *)", DAYS_PER_MONTH * 8],
    ["cron(0 0 1,15 * ? *)", 2],
    ["cron(0 0 31 * ? *)", 7 / 12],
    ["cron(0 0 L * ? *)", 1],
    ["cron(0 0 15W * ? *)", 1],
    ["cron(0 0 1 JAN,JUL ? *)", 2 / 12],
    ["cron(0 0 ? * 6L *)", 1],
    ["cron(0 0 ? * MON#1 *)", 1],
    ["cron(0 0 29 2 ? *)", 1 / 48],
    ["rate(1 hour)", 730],
    ["rate(5 minutes)", 8760],
    ["rate(2 days)", 730 / 48],
    ["at(2030-01-01T00:00:00)", 0],
  ];
  for (const [expression, starts] of table) {
    it(`${expression}: ${starts.toFixed(2)}`, () => {
      // A weekday's share of four years differs from a seventh by less than a day.
      assert(
        Math.abs((startsPerMonth(expression) ?? Number.NaN) - starts) < 5 / 48,
        String(startsPerMonth(expression)),
      );
    });
  }

  it("has no answer for what is no schedule", () => {
    for (const text of ["", "15 0 * * ? *", "rate(0 minutes)", "rate(5 weeks)", "cron(0 0)"]) {
      assert.equal(startsPerMonth(text), undefined, text);
    }
  });

  it("counts lists of hours and minutes as their product, whatever the values", () => {
    const hours = fc.uniqueArray(fc.integer({ min: 0, max: 23 }), { minLength: 1 });
    const minutes = fc.uniqueArray(fc.integer({ min: 0, max: 59 }), { minLength: 1 });
    fc.assert(
      fc.property(hours, minutes, (hour, minute) => {
        const starts = startsPerMonth(`cron(${minute.join(",")} ${hour.join(",")} * * ? *)`);
        assert.equal(starts, (hour.length * minute.length * 1461) / 48);
      }),
    );
  });
});
