import { DAY } from "../duration.ts";
import type { Interval } from "../interval.ts";
import { Moment, startOfDate } from "../moment.ts";

/** Unix milliseconds of a date's midnight UTC. @throws RangeError when the text is not a date */
export function dayOf(date: string): number {
  const day = startOfDate(date);
  if (Number.isNaN(day)) throw new RangeError(`not a date: ${JSON.stringify(date)}, give YYYY-MM-DD`);
  return day;
}

export const dateOf = (day: number): string => new Moment(day).date;

/** The last multiple of the step that is not after the instant. */
export const floorTo = (instant: number, step: number): number => Math.floor(instant / step) * step;

/** Midnight UTC of the day that contains the instant. */
export const midnight = (instant: number): number => floorTo(instant, DAY);

/** The multiples of a step inside of a half-open interval, in order. */
export function* multiples({ start, end }: Interval, step: number): Generator<number> {
  for (let at = Math.ceil(start / step) * step; at < end; at += step) yield at;
}

/** The midnights UTC inside of a half-open interval, in order. */
export const midnights = (interval: Interval): Generator<number> => multiples(interval, DAY);

/** The days of a week in the order in which 1970 began: its first day was a Thursday. */
export const WEEKDAYS = ["thursday", "friday", "saturday", "sunday", "monday", "tuesday", "wednesday"] as const;

export type Weekday = (typeof WEEKDAYS)[number];

export const weekdayOf = (day: number): Weekday => WEEKDAYS[(((day / DAY) % 7) + 7) % 7] as Weekday;
