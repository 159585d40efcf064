import type { Calendar } from "./calendar.ts";
import { type CustomCalendar, fromCustom } from "./custom.ts";
import { everyDay } from "./every-day.ts";
import { exchangeCalendar } from "./exchange.ts";
import xnys from "./xnys.json" with { type: "json" };

export type { Calendar } from "./calendar.ts";

export const CALENDARS = ["XNYS", "24/7"] as const;

/** Which buckets should have data: the sessions of the New York Stock Exchange, or every one. */
export type CalendarName = (typeof CALENDARS)[number];

const calendars: Readonly<Record<CalendarName, Calendar>> = {
  XNYS: exchangeCalendar("XNYS", xnys),
  "24/7": everyDay,
};

const own = new WeakMap<CustomCalendar, Calendar>();

/**
 * The calendar that a dataset says. `XNYS` is the New York Stock Exchange, from the table in `xnys.json` (its fields
 * `source`, `generated` and `through` say where it comes from and how far it goes; `tools/calendar/generate.py` renews it).
 */
export function calendar(said: CalendarName | CustomCalendar): Calendar {
  if (typeof said === "string") return calendars[said];
  const made = own.get(said) ?? fromCustom(said);
  own.set(said, made);
  return made;
}
