import { Temporal } from "temporal-polyfill";
import type { CalendarName } from "../definition.ts";
import { DAY } from "../duration.ts";
import type { Calendar } from "./calendar.ts";
import { dateOf, dayBuckets, dayOf, isWeekday, midnights } from "./days.ts";

/** Dates of each year as `MM-DD`, separated by spaces. */
type DatesByYear = Readonly<Record<string, string>>;

/** The exceptions of an exchange that is open Monday to Friday. */
export interface ExchangeTable {
  readonly timeZone: string;
  /** First date the table covers. */
  readonly from: string;
  /** Last date the table covers. */
  readonly through: string;
  /** Local time `HH:MM` at which a session ends. */
  readonly close: string;
  readonly closures: DatesByYear;
  /** Sessions that end at another time, by that local time. */
  readonly earlyCloses: Readonly<Record<string, DatesByYear>>;
}

const days = (dates: DatesByYear): number[] =>
  Object.entries(dates).flatMap(([year, list]) => list.split(" ").map((date) => dayOf(`${year}-${date}`)));

/** The calendar of an exchange from the table of its exceptions. */
export function exchangeCalendar(name: CalendarName, table: ExchangeTable): Calendar {
  const closures = new Set(days(table.closures));
  const earlyCloses = new Map(
    Object.entries(table.earlyCloses).flatMap(([time, dates]) => days(dates).map((day) => [day, time] as const)),
  );

  const isOpen = (day: number): boolean => isWeekday(day) && !closures.has(day);

  const closeOf = (day: number): number =>
    Temporal.PlainDate.from(dateOf(day)).toZonedDateTime({
      timeZone: table.timeZone,
      plainTime: earlyCloses.get(day) ?? table.close,
    }).epochMilliseconds;

  return {
    name,
    knownFrom: table.from,
    knownThrough: table.through,
    isSession: (date) => isOpen(dayOf(date)),
    sessions: (first, last) =>
      Array.from(midnights({ start: dayOf(first), end: dayOf(last) + DAY }))
        .filter(isOpen)
        .map(dateOf),
    close(date) {
      const day = dayOf(date);
      if (!isOpen(day)) throw new RangeError(`${date} is not a session of ${name}`);
      return closeOf(day);
    },
    expected: (interval, granularity) => dayBuckets(interval, granularity).filter(isOpen),
    lastCompleted(now) {
      const local = Temporal.Instant.fromEpochMilliseconds(Math.floor(now)).toZonedDateTimeISO(table.timeZone);
      let day = dayOf(local.toPlainDate().toString());
      while (!isOpen(day) || closeOf(day) > now) day -= DAY;
      return day + DAY;
    },
  };
}
