import type { Duration } from "../duration.ts";
import type { Interval } from "../interval.ts";

/**
 * Which buckets of time should have data. Dates are `YYYY-MM-DD`, those of the calendar's own zone; instants are Unix
 * milliseconds. Buckets begin at the multiples of their length since 1970, as windows do: those of a day at midnight UTC of
 * their date, wherever the exchange is. Every method throws RangeError for a text that is not a date.
 */
export interface Calendar {
  readonly name: string;
  /**
   * The first and the last date for which closures are known; null when there is nothing to know. Outside of them every
   * weekday counts as a session, so holidays look like gaps there.
   */
  readonly knownFrom: string | null;
  readonly knownThrough: string | null;
  /** Whether data is to be expected for the date. */
  isSession(date: string): boolean;
  /** The sessions of both dates and between them, in order. Empty when `last` is before `first`. */
  sessions(first: string, last: string): string[];
  /** When the session of the date begins. @throws RangeError when the date is no session */
  open(date: string): number;
  /** When the session of the date ends: half days have their own time. @throws RangeError when the date is no session */
  close(date: string): number;
  /**
   * Starts of the buckets that should have data and that start inside of the half-open interval, in order: of days those
   * with a session, of shorter ones those in which it is open for a part at least.
   * @param granularity the width of a bucket
   */
  expected(interval: Interval, granularity: Duration): number[];
  /**
   * Where data that can be complete ends: after the last bucket whose part of a session has ended at `now` (one that ends at
   * this very instant has ended). For a day that is midnight UTC after the session's date. A source publishes later than
   * that; how much later is the source's affair.
   */
  lastCompleted(now: number, granularity?: Duration): number;
}
