import assert from "node:assert/strict";
import fc from "fast-check";
import { DAY, type Duration } from "../../runtime/dataset/duration.ts";
import { type Interval, subtract, union } from "../../runtime/dataset/interval.ts";
import { halve, planWindows } from "../../runtime/extract/plan.ts";

const days = fc
  .record({ start: fc.nat(80), end: fc.nat(80) })
  .map(({ start, end }) => ({ start: start * DAY, end: end * DAY }));
const windows = (step: number) => ({ step: `${step} days` as Duration, granularity: "1 day" as const });

describe("the plan of a partition", () => {
  it("asks for exactly what is wanted and not covered, oldest first, never for more than a step", () => {
    fc.assert(
      fc.property(days, fc.array(days, { maxLength: 8 }), fc.integer({ min: 1, max: 30 }), (wanted, covered, step) => {
        const planned = planWindows(wanted, covered, windows(step));
        assert.deepEqual(union(planned), subtract(wanted, covered));
        for (const [i, { start, end }] of planned.entries()) {
          assert(end - start <= step * DAY && end > start);
          assert(i === 0 || start >= (planned[i - 1] as Interval).end);
        }
      }),
    );
  });

  it("halves a window on a bucket's border until it is a single bucket", () => {
    fc.assert(
      fc.property(fc.nat(50), fc.integer({ min: 2, max: 400 }), (from, count) => {
        const whole = { start: from * DAY, end: (from + count) * DAY };
        const halves = halve(whole, windows(400));
        assert(halves);
        const [left, right] = halves;
        assert.deepEqual([left.start, left.end, right.end], [whole.start, right.start, whole.end]);
        assert.equal(left.end % DAY, 0);
        assert(Math.abs(left.end - left.start - (right.end - right.start)) <= DAY);
        assert(right.end > right.start);
      }),
    );
    assert.equal(halve({ start: 0, end: DAY }, windows(1)), undefined);
  });
});
