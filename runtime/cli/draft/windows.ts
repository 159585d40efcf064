import { dateOf, midnight, weekdayOf } from "../../dataset/calendar/days.ts";
import { DAY, type Duration } from "../../dataset/duration.ts";
import type { ProposedColumn } from "./columns.ts";

/** How the draft cuts time. */
export interface ProposedWindows {
  readonly granularity: Duration;
  readonly step: Duration;
  /** TypeScript. */
  readonly calendar: string;
  /** Date of the first row. */
  readonly first: string | undefined;
  readonly doubts: {
    readonly granularity: readonly string[];
    readonly step: readonly string[];
    readonly calendar: readonly string[];
  };
}

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const REGULAR: readonly (readonly [Duration, number])[] = [
  ["1 day", DAY],
  ["6 hours", 6 * HOUR],
  ["4 hours", 4 * HOUR],
  ["1 hour", HOUR],
  ["30 minutes", 30 * MINUTE],
  ["15 minutes", 15 * MINUTE],
  ["5 minutes", 5 * MINUTE],
  ["1 minute", MINUTE],
];
/** Distinct times from which a rhythm can be seen. */
const ENOUGH = 5;

const timesOf = (cursor: ProposedColumn): number[] =>
  [...new Set(cursor.values.map((value) => instantOf(cursor, String(value))))].sort((a, b) => a - b);

/** Whether rows come at any time, not at the start of a bucket. */
export const isIrregular = (cursor: ProposedColumn): boolean =>
  cursor.kind !== "date" && !timesOf(cursor).every((at) => at % MINUTE === 0);

/** @param span milliseconds that the sample was asked for */
export function proposeWindows(cursor: ProposedColumn, span: number | undefined): ProposedWindows {
  const times = timesOf(cursor);
  const isDates = cursor.kind === "date";
  const [granularity] = (isDates ? REGULAR.slice(0, 1) : REGULAR).find(
    ([, length]) => times.length > 1 && times.every((at) => at % length === 0),
  ) ?? ["1 day" as const];
  const irregular = isIrregular(cursor);
  const weekdays =
    times.length >= ENOUGH && times.every((at) => !["saturday", "sunday"].includes(weekdayOf(midnight(at))));
  const days = Math.max(1, Math.round((span ?? 30 * DAY) / DAY));
  return {
    granularity,
    step: `${days} ${days === 1 ? "day" : "days"}`,
    calendar: weekdays && !irregular ? '"XNYS"' : '"24/7"',
    first: times[0] === undefined ? undefined : dateOf(times[0]),
    doubts: {
      granularity: irregular
        ? ["rows come at any time: then it is only how finely windows may be cut"]
        : times.length < ENOUGH && !isDates
          ? ["proposed from few rows"]
          : [],
      step: ["how much may one request ask for?"],
      calendar: [
        weekdays && !irregular
          ? "no weekend in the sample: is it the New York Stock Exchange, or customCalendar({ … })?"
          : "does every bucket have data? If not, gaps are told by what was asked alone",
      ],
    },
  };
}

function instantOf({ kind, unit }: ProposedColumn, value: string): number {
  if (unit === "seconds") return Number(value) * 1_000;
  if (unit === "milliseconds") return Number(value);
  return Date.parse(kind === "date" ? value.slice(0, 10) : value);
}
