import { DAY, milliseconds } from "../duration.ts";
import type { Calendar } from "./calendar.ts";
import { dateOf, dayOf, floorTo, midnights, multiples } from "./days.ts";

/** Markets that never close: every UTC day is a session, from midnight to midnight, and every bucket has data. */
export const everyDay: Calendar = {
  name: "24/7",
  knownFrom: null,
  knownThrough: null,
  isSession: (date) => Number.isFinite(dayOf(date)),
  sessions: (first, last) => Array.from(midnights({ start: dayOf(first), end: dayOf(last) + DAY }), dateOf),
  open: dayOf,
  close: (date) => dayOf(date) + DAY,
  expected: (interval, granularity) => [...multiples(interval, milliseconds(granularity))],
  lastCompleted: (now, granularity = "1 day") => floorTo(now, milliseconds(granularity)),
};
