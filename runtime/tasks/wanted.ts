import { calendar } from "../dataset/calendar/index.ts";
import type { Dataset } from "../dataset/definition.ts";
import type { Interval } from "../dataset/interval.ts";
import { startOfDate } from "../dataset/moment.ts";

/** Everything of a dataset that can be complete. @param now Unix milliseconds @param until nothing at or after this instant */
export function wantedOf(
  { backfillFrom, calendar: name }: Dataset,
  now: number,
  until = Number.POSITIVE_INFINITY,
): Interval {
  const start = startOfDate(backfillFrom);
  return { start, end: Math.max(start, Math.min(calendar(name).lastCompleted(now), until)) };
}
