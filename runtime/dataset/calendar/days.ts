import { DAY, type Duration, milliseconds } from "../duration.ts";
import type { Interval } from "../interval.ts";
import { Moment, startOfDate } from "../moment.ts";

/** Unix milliseconds of a date's midnight UTC. @throws RangeError when the text is not a date */
export function dayOf(date: string): number {
  const day = startOfDate(date);
  if (Number.isNaN(day)) throw new RangeError(`not a date: ${JSON.stringify(date)}, give YYYY-MM-DD`);
  return day;
}

export const dateOf = (day: number): string => new Moment(day).date;

/** Midnight UTC of the day that contains the instant. */
export const midnight = (instant: number): number => Math.floor(instant / DAY) * DAY;

/** The midnights UTC inside of a half-open interval, in order. */
export function* midnights({ start, end }: Interval): Generator<number> {
  for (let day = Math.ceil(start / DAY) * DAY; day < end; day += DAY) yield day;
}

/** Starts of the day buckets inside of an interval, in order. @throws RangeError when the granularity is not one day */
export function dayBuckets(interval: Interval, granularity: Duration): number[] {
  if (milliseconds(granularity) !== DAY)
    throw new RangeError(`no calendar for buckets of ${granularity}, only of 1 day`);
  return [...midnights(interval)];
}

/** Monday to Friday. The first day of Unix time was a Thursday. */
export function isWeekday(day: number): boolean {
  const sinceMonday = (((day / DAY + 3) % 7) + 7) % 7;
  return sinceMonday < 5;
}
