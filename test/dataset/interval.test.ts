import assert from "node:assert/strict";
import fc from "fast-check";
import { contains, type Interval, split, subtract, union } from "../../runtime/dataset/interval.ts";

const END = 60;

/** Which of the instants 0 to 59 the intervals hold. */
const bits = (intervals: readonly Interval[]): boolean[] =>
  Array.from({ length: END }, (_, at) => intervals.some(({ start, end }) => start <= at && at < end));

const interval = fc.record({ start: fc.nat(END), end: fc.nat(END) });
const intervals = fc.array(interval, { maxLength: 12 });

/** In order, apart from each other, none empty. */
const isTidy = (found: readonly Interval[]): boolean =>
  found.every(({ start, end }, i) => start < end && (i === 0 || start > (found[i - 1] as Interval).end));

describe("intervals", () => {
  it("unite to the fewest that hold the same instants", () => {
    fc.assert(
      fc.property(intervals, (given) => {
        const found = union(given);
        assert(isTidy(found));
        assert.deepEqual(bits(found), bits(given));
      }),
    );
  });

  it("leave what the others do not hold", () => {
    fc.assert(
      fc.property(interval, intervals, (from, others) => {
        const found = subtract(from, others);
        assert(isTidy(found));
        const [whole, taken] = [bits([from]), bits(others)];
        assert.deepEqual(
          bits(found),
          whole.map((held, at) => held && !taken[at]),
        );
      }),
    );
  });

  it("are split into consecutive pieces, all but the last as long as may be", () => {
    fc.assert(
      fc.property(interval, fc.integer({ min: 1, max: 70 }), (given, step) => {
        const pieces = split(given, step);
        assert.deepEqual(bits(pieces), bits([given]));
        for (const [i, { start, end }] of pieces.entries()) {
          assert(i === pieces.length - 1 ? end - start <= step && end > start : end - start === step);
          assert.equal(start, i === 0 ? given.start : pieces[i - 1]?.end);
        }
      }),
    );
  });

  it("know which instants they hold", () => {
    fc.assert(
      fc.property(intervals, (given) => {
        const united = union(given);
        assert.deepEqual(
          Array.from({ length: END }, (_, at) => contains(united, at)),
          bits(given),
        );
      }),
    );
  });

  it("are left as they were given", () => {
    const given = [
      { start: 5, end: 9 },
      { start: 1, end: 6 },
    ];
    const before = structuredClone(given);
    union(given);
    subtract({ start: 0, end: 10 }, given);
    assert.deepEqual(given, before);
  });
});
