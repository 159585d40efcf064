import { Temporal } from "temporal-polyfill";
import { DAY, milliseconds } from "../duration.ts";
import type { Interval } from "../interval.ts";
import type { Calendar } from "./calendar.ts";
import { dateOf, dayOf, floorTo, midnight, midnights, type Weekday, weekdayOf } from "./days.ts";

/** When a market is open: the same hours on the same weekdays, but for exceptions. Days are midnights UTC of their date. */
export interface SessionRules {
  readonly name: string;
  readonly timeZone: string;
  readonly weekdays: readonly Weekday[];
  /** Local times `HH:MM`; `24:00` for the end of the day. */
  readonly open: string;
  readonly close: string;
  readonly closures: ReadonlySet<number>;
  /** Sessions that end at another time. */
  readonly earlyCloses: ReadonlyMap<number, string>;
  readonly knownFrom: string | null;
  readonly knownThrough: string | null;
}

/** The calendar of a market that has one session on each of its days. */
export function sessionCalendar(rules: SessionRules): Calendar {
  const weekdays = new Set(rules.weekdays);
  const isOpen = (day: number): boolean => weekdays.has(weekdayOf(day)) && !rules.closures.has(day);
  const known = new Map<number, Interval>();

  const hours = (day: number): Interval => {
    const before = known.get(day);
    if (before) return before;
    const close = rules.earlyCloses.get(day) ?? rules.close;
    const found = { start: instantOf(day, rules.open, rules), end: instantOf(day, close, rules) };
    known.set(day, found);
    return found;
  };

  const hoursOf = (date: string): Interval => {
    const day = dayOf(date);
    if (!isOpen(day)) throw new RangeError(`${date} is not a session of ${rules.name}`);
    return hours(day);
  };

  /** The day of the last session that has begun, or that has ended. */
  const lastSession = (now: number, edge: "start" | "end"): number => {
    let day = midnight(now) + DAY;
    while (!isOpen(day) || hours(day)[edge] > now) day -= DAY;
    return day;
  };

  function* shortBuckets({ start, end }: Interval, length: number): Generator<number> {
    let next = start;
    // A session may lie on the UTC day beside its own date.
    for (const day of midnights({ start: midnight(start) - DAY, end: end + DAY + length })) {
      if (!isOpen(day)) continue;
      const session = hours(day);
      for (let at = floorTo(session.start, length); at < session.end; at += length)
        if (at >= next && at < end) {
          yield at;
          next = at + length;
        }
    }
  }

  function* longBuckets({ start, end }: Interval, length: number): Generator<number> {
    for (let at = Math.ceil(start / length) * length; at < end; at += length)
      for (let day = at; day < at + length; day += DAY)
        if (isOpen(day)) {
          yield at;
          break;
        }
  }

  return {
    name: rules.name,
    knownFrom: rules.knownFrom,
    knownThrough: rules.knownThrough,
    isSession: (date) => isOpen(dayOf(date)),
    sessions: (first, last) =>
      Array.from(midnights({ start: dayOf(first), end: dayOf(last) + DAY }))
        .filter(isOpen)
        .map(dateOf),
    open: (date) => hoursOf(date).start,
    close: (date) => hoursOf(date).end,
    expected(interval, granularity) {
      const length = milliseconds(granularity);
      return [...(length % DAY === 0 ? longBuckets(interval, length) : shortBuckets(interval, length))];
    },
    lastCompleted(now, granularity = "1 day") {
      const length = milliseconds(granularity);
      const ended = lastSession(now, "end");
      if (length % DAY === 0) return floorTo(ended + DAY, length);
      const underway = hours(lastSession(now, "start"));
      const whole = floorTo(now, length);
      if (underway.end > now && whole > underway.start) return whole;
      return floorTo(hours(ended).end - 1, length) + length;
    },
  };
}

const MIDNIGHT_AFTER = "24:00";

function instantOf(day: number, time: string, { timeZone }: SessionRules): number {
  const [date, plainTime] = time === MIDNIGHT_AFTER ? [dateOf(day + DAY), "00:00"] : [dateOf(day), time];
  return Temporal.PlainDate.from(date).toZonedDateTime({ timeZone, plainTime }).epochMilliseconds;
}
