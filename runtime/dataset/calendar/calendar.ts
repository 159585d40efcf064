import type { CalendarName } from "../definition.ts";
import type { Duration } from "../duration.ts";
import type { Interval } from "../interval.ts";

/**
 * Which buckets of time should have data. Dates are `YYYY-MM-DD`; instants are Unix milliseconds; a day's bucket starts at
 * midnight UTC of its date, wherever the exchange is. Every method throws RangeError for a text that is not a date.
 */
export interface Calendar {
  readonly name: CalendarName;
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
  /** When the session of the date ends: half days have their own time. @throws RangeError when the date is no session */
  close(date: string): number;
  /**
   * Starts of the buckets that should have data and that start inside of the half-open interval, in order.
   * @param granularity the width of a bucket @throws RangeError when it is not one day: calendars know nothing finer yet
   */
  expected(interval: Interval, granularity: Duration): number[];
  /**
   * Where data that can be complete ends: midnight UTC after the last session that has ended at `now` (one that ends at
   * this very instant has ended). A source publishes later than that; how much later is the source's affair.
   */
  lastCompleted(now: number): number;
}
