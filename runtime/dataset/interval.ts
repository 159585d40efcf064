/** A half-open interval of time: `start` belongs to it, `end` does not. Unix milliseconds. */
export interface Interval {
  readonly start: number;
  readonly end: number;
}

/** The fewest intervals, in order, that cover exactly what the given ones cover together. Empty ones vanish. */
export function union(intervals: readonly Interval[]): Interval[] {
  const merged: { start: number; end: number }[] = [];
  for (const { start, end } of intervals.filter((i) => i.end > i.start).sort((a, b) => a.start - b.start)) {
    const last = merged.at(-1);
    if (last && start <= last.end) last.end = Math.max(last.end, end);
    else merged.push({ start, end });
  }
  return merged;
}

/** What of `from` the others leave uncovered, in order. */
export function subtract(from: Interval, others: readonly Interval[]): Interval[] {
  const left: Interval[] = [];
  let start = from.start;
  for (const other of union(others)) {
    if (other.end <= start) continue;
    if (other.start >= from.end) break;
    if (other.start > start) left.push({ start, end: other.start });
    start = other.end;
  }
  if (start < from.end) left.push({ start, end: from.end });
  return left;
}

/** Consecutive pieces of at most `step` milliseconds. */
export function split(interval: Interval, step: number): Interval[] {
  const pieces: Interval[] = [];
  for (let start = interval.start; start < interval.end; start += step)
    pieces.push({ start, end: Math.min(start + step, interval.end) });
  return pieces;
}

/** Whether one of the intervals, which must be a `union`, contains the instant. */
export function contains(intervals: readonly Interval[], instant: number): boolean {
  let low = 0;
  let high = intervals.length - 1;
  while (low <= high) {
    const middle = (low + high) >> 1;
    const { start, end } = intervals[middle] as Interval;
    if (instant < start) high = middle - 1;
    else if (instant >= end) low = middle + 1;
    else return true;
  }
  return false;
}
