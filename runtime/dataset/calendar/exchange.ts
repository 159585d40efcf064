import type { Calendar } from "./calendar.ts";
import { dayOf } from "./days.ts";
import { sessionCalendar } from "./sessions.ts";

/** Dates of each year as `MM-DD`, separated by spaces. */
type DatesByYear = Readonly<Record<string, string>>;

/** The exceptions of an exchange that is open Monday to Friday. */
export interface ExchangeTable {
  readonly timeZone: string;
  /** First date the table covers. */
  readonly from: string;
  /** Last date the table covers. */
  readonly through: string;
  /** Local times `HH:MM` at which a session begins and ends. */
  readonly open: string;
  readonly close: string;
  readonly closures: DatesByYear;
  /** Sessions that end at another time, by that local time. */
  readonly earlyCloses: Readonly<Record<string, DatesByYear>>;
}

const days = (dates: DatesByYear): number[] =>
  Object.entries(dates).flatMap(([year, list]) => list.split(" ").map((date) => dayOf(`${year}-${date}`)));

/** The calendar of an exchange from the table of its exceptions. */
export const exchangeCalendar = (name: string, table: ExchangeTable): Calendar =>
  sessionCalendar({
    name,
    timeZone: table.timeZone,
    weekdays: ["monday", "tuesday", "wednesday", "thursday", "friday"],
    open: table.open,
    close: table.close,
    closures: new Set(days(table.closures)),
    earlyCloses: new Map(
      Object.entries(table.earlyCloses).flatMap(([time, dates]) => days(dates).map((day) => [day, time] as const)),
    ),
    knownFrom: table.from,
    knownThrough: table.through,
  });
