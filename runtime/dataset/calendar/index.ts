import type { CalendarName } from "../definition.ts";
import type { Calendar } from "./calendar.ts";
import { everyDay } from "./every-day.ts";
import { exchangeCalendar } from "./exchange.ts";
import xnys from "./xnys.json" with { type: "json" };

export type { Calendar } from "./calendar.ts";

const calendars: Readonly<Record<CalendarName, Calendar>> = {
  XNYS: exchangeCalendar("XNYS", xnys),
  "24/7": everyDay,
};

/**
 * The calendar of that name. `XNYS` is the New York Stock Exchange, from the table in `xnys.json` (its fields `source`,
 * `generated` and `through` say where it comes from and how far it goes; `tools/calendar/generate.py` renews it).
 */
export const calendar = (name: CalendarName): Calendar => calendars[name];
