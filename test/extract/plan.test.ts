import assert from "node:assert/strict";
import fc from "fast-check";
import { DAY, type Duration } from "../../runtime/dataset/duration.ts";
import { type Interval, subtract, union } from "../../runtime/dataset/interval.ts";
import type { Windows } from "../../runtime/dataset/source.ts";
import { type Ask, begin, halve, plan } from "../../runtime/extract/plan.ts";
import { advance, type PartitionState, UNKNOWN } from "../../runtime/store/state.ts";

const interval = fc
  .tuple(fc.nat(80), fc.integer({ min: 1, max: 40 }))
  .map(([start, length]) => ({ start: start * DAY, end: (start + length) * DAY }));
const intervals = fc.array(interval, { maxLength: 6 }).map(union);
const step = fc.integer({ min: 1, max: 30 });
const windows = (days: number, more: Partial<Windows> = {}): Windows => ({
  ...{ step: `${days} days` as Duration, granularity: "1 day" },
  ...more,
});
const ask = (wanted: Interval, more: Partial<Ask> = {}): Ask => ({
  ...{ wanted, complete: wanted.end, named: false, now: 0 },
  ...more,
});
const covered = (coverage: readonly Interval[], more: Partial<PartitionState> = {}): PartitionState => ({
  ...UNKNOWN,
  coverage,
  ...more,
});

describe("the plan of a partition", () => {
  it("asks for exactly what is wanted and not covered, or to be asked again, oldest first, never for more than a step", () => {
    fc.assert(
      fc.property(interval, intervals, intervals, step, (wanted, coverage, again, days) => {
        const { windows: planned } = plan(covered(coverage, { again }), windows(days), ask(wanted));
        assert.deepEqual(union(planned), union([...subtract(wanted, coverage), ...again]));
        for (const [i, { start, end }] of planned.entries()) {
          assert(end - start <= days * DAY && end > start);
          assert(i === 0 || start >= (planned[i - 1] as Interval).end);
        }
      }),
    );
  });

  it("goes on with a window whose pages are not all there, as it was, in its place", () => {
    fc.assert(
      fc.property(interval, intervals, interval, step, step, (wanted, coverage, window, days, now) => {
        const page = { window, number: 3, offset: 20, token: "t" };
        const state = covered(coverage, { page });
        const missing = subtract(wanted, coverage);
        const open = missing.some(({ start, end }) => start <= window.start && window.end <= end);
        const { page: resumed, windows: planned } = plan(state, windows(Math.min(days, now)), ask(wanted));
        assert.equal(resumed, open ? page : undefined);
        assert.deepEqual(union(planned), missing);
        if (open) assert(planned.includes(window));
        for (const [i, { start }] of planned.entries()) assert(i === 0 || start >= (planned[i - 1] as Interval).end);
      }),
    );
  });

  it("ends: what was asked is not asked again", () => {
    fc.assert(
      fc.property(interval, intervals, intervals, step, fc.option(step), (wanted, coverage, again, days, late) => {
        const how = windows(days, late ? { lookback: `${late} days` as Duration } : {});
        let state = begin(covered(coverage, { again }), how, ask(wanted));
        for (const window of plan(state, how, ask(wanted)).windows)
          state = advance(state, { window, next: undefined, restates: undefined });
        assert.deepEqual(plan(begin(state, how, ask(wanted)), how, ask(wanted)).windows, []);
      }),
    );
  });

  it("looks for late corrections once for each new end, as far back as it is told and no further", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 60 }),
        fc.array(fc.integer({ min: 0, max: 5 })),
        step,
        (first, ends, late) => {
          const how = windows(1_000, { lookback: `${late} days` as Duration });
          let state = UNKNOWN;
          let end = first;
          let known = 0;
          for (const more of [0, ...ends]) {
            end += more;
            const wanted = ask({ start: 0, end: end * DAY });
            state = begin(state, how, wanted);
            const { windows: planned } = plan(state, how, wanted);
            const from = known === 0 ? 0 : Math.max(0, known - late);
            assert.deepEqual(planned, end > known ? [{ start: from * DAY, end: end * DAY }] : []);
            for (const window of planned) state = advance(state, { window, next: undefined, restates: undefined });
            known = end;
          }
        },
      ),
    );
  });

  it("still has the late corrections before it when a run that looks for them is cut short", () => {
    const how = windows(2, { lookback: "4 days" });
    const known = covered([{ start: 0, end: 10 * DAY }], { lookedBackTo: 10 * DAY });
    const first = ask({ start: 0, end: 11 * DAY });
    let state = begin(known, how, first);
    const [window] = plan(state, how, first).windows;
    state = advance(state, { window: window as Interval, next: undefined, restates: undefined });
    assert.deepEqual(plan(begin(state, how, first), how, first).windows, [
      { start: 8 * DAY, end: 10 * DAY },
      { start: 10 * DAY, end: 11 * DAY },
    ]);
  });

  it("leaves a partition alone for seven days that the source does not know, and one that has ended for ever, unless it is named", () => {
    const wanted = { start: 0, end: 5 * DAY };
    const days = (now: number, state: Partial<PartitionState>, named = false): number =>
      plan(covered([], state), windows(1), ask(wanted, { now: now * DAY, named })).windows.length;
    const skipped = { at: 100 * DAY };
    assert.deepEqual([days(100, { skipped }), days(106.9, { skipped }), days(107, { skipped })], [0, 0, 5]);
    assert.equal(days(101, { skipped }, true), 5);
    const ended = { at: 100 * DAY, from: 3 * DAY };
    assert.deepEqual([days(100, { ended }), days(9_999, { ended }), days(101, { ended }, true)], [0, 0, 5]);
  });

  it("takes a history as known up to what could be complete when it was asked", () => {
    const how = windows(10, { restatedBy: () => false });
    const limited = ask({ start: 0, end: 2 * DAY }, { complete: 9 * DAY });
    assert.equal(begin(UNKNOWN, how, limited).asOf, 9 * DAY);
    assert.equal(begin({ ...UNKNOWN, asOf: DAY }, how, limited).asOf, 9 * DAY);
    assert.equal(begin(covered([{ start: 0, end: 2 * DAY }], { asOf: DAY }), how, limited).asOf, DAY);
    assert.equal(begin(covered([{ start: 0, end: 2 * DAY }]), how, limited).asOf, 2 * DAY);
    assert.equal(begin(UNKNOWN, windows(10), limited).asOf, undefined);
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
