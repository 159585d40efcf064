import { z } from "zod";
import type { Fault } from "../errors.ts";
import { startOfDate } from "../moment.ts";
import { isZone } from "../schedule-faults.ts";
import type { CustomCalendar } from "./custom.ts";
import { WEEKDAYS } from "./days.ts";

const date = z.string().refine((text) => !Number.isNaN(startOfDate(text)), "must be a day, YYYY-MM-DD");
const time = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/, "must be a time of day, HH:MM");
const end = z.string().regex(/^(([01]\d|2[0-3]):[0-5]\d|24:00)$/, "must be a time of day, HH:MM, or 24:00");

/** What a calendar of one's own must look like. */
export const customShape = z.strictObject({
  kind: z.literal("sessions"),
  name: z.string().min(1),
  timeZone: z.string().refine(isZone, "must be an IANA time zone such as Europe/London"),
  weekdays: z.array(z.enum(WEEKDAYS)).min(1),
  open: time,
  close: end,
  closures: z.array(date),
  earlyCloses: z.record(date, end),
});

/** What is wrong between the fields of one whose shape is right. */
export function customFaults({ open, close, closures, earlyCloses }: CustomCalendar): Fault[] {
  const faults: Fault[] = [];
  if (close <= open)
    faults.push({
      path: "calendar.close",
      problem: "is not after the open",
      value: close,
      allowed: `after ${open}, on the same day`,
      fix: 'for a market that is open over midnight take "24/7"',
    });
  for (const [day, time] of Object.entries(earlyCloses)) {
    if (time <= open || time > close)
      faults.push({
        path: `calendar.earlyCloses.${day}`,
        problem: "is not within the hours",
        value: time,
        allowed: `after ${open}, not after ${close}`,
      });
    if (closures.includes(day))
      faults.push({ path: `calendar.earlyCloses.${day}`, problem: "is a closure as well", value: day });
  }
  return faults;
}
