import type { Calendar } from "./calendar.ts";
import { dayOf, type Weekday } from "./days.ts";
import { sessionCalendar } from "./sessions.ts";

/** A market's own hours, as a definition holds them and definitions.json shows them. */
export interface CustomCalendar {
  readonly kind: "sessions";
  readonly name: string;
  /** IANA name, such as `Europe/London`. */
  readonly timeZone: string;
  readonly weekdays: readonly Weekday[];
  /** Local times `HH:MM`. */
  readonly open: string;
  /** `24:00` for the end of the day. */
  readonly close: string;
  /** Dates `YYYY-MM-DD` without a session. */
  readonly closures: readonly string[];
  /** The local time at which the session of a date ends, where that is not `close`. */
  readonly earlyCloses: Readonly<Record<string, string>>;
}

export type CustomCalendarOptions = Pick<CustomCalendar, "name" | "timeZone" | "open" | "close"> & {
  /** @default Monday to Friday */
  readonly weekdays?: readonly Weekday[];
  /** @default none */
  readonly closures?: readonly string[];
  /** @default none */
  readonly earlyCloses?: Readonly<Record<string, string>>;
};

/**
 * The calendar of a market that has one session on each of its days.
 * @example
 * customCalendar({ name: "XLON", timeZone: "Europe/London", open: "08:00", close: "16:30", closures: ["2025-12-25"],
 *   earlyCloses: { "2025-12-24": "12:30" } })
 */
export const customCalendar = (options: CustomCalendarOptions): CustomCalendar => ({
  kind: "sessions",
  weekdays: ["monday", "tuesday", "wednesday", "thursday", "friday"],
  closures: [],
  earlyCloses: {},
  ...options,
});

/** The calendar that such a value stands for. */
export const fromCustom = ({ closures, earlyCloses, ...hours }: CustomCalendar): Calendar =>
  sessionCalendar({
    ...hours,
    closures: new Set(closures.map(dayOf)),
    earlyCloses: new Map(Object.entries(earlyCloses).map(([date, time]) => [dayOf(date), time])),
    knownFrom: null,
    knownThrough: null,
  });
