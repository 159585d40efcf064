import { DAY } from "../duration.ts";
import type { Calendar } from "./calendar.ts";
import { dateOf, dayBuckets, dayOf, midnight, midnights } from "./days.ts";

/** Markets that never close: every UTC day is a session and ends at midnight UTC. */
export const everyDay: Calendar = {
  name: "24/7",
  knownFrom: null,
  knownThrough: null,
  isSession: (date) => Number.isFinite(dayOf(date)),
  sessions: (first, last) => Array.from(midnights({ start: dayOf(first), end: dayOf(last) + DAY }), dateOf),
  close: (date) => dayOf(date) + DAY,
  expected: dayBuckets,
  lastCompleted: (now) => midnight(now),
};
