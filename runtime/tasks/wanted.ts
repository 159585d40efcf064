import { calendar } from "../dataset/calendar/index.ts";
import type { Dataset } from "../dataset/definition.ts";
import { DAY, milliseconds } from "../dataset/duration.ts";
import type { Interval } from "../dataset/interval.ts";
import { startOfDate } from "../dataset/moment.ts";
import type { RunInput } from "./input.ts";

/** Everything of a dataset that can be complete. @param now Unix milliseconds @param until nothing at or after this instant */
export function wantedOf(
  { backfillFrom, calendar: said, source }: Dataset,
  now: number,
  until = Number.POSITIVE_INFINITY,
): Interval {
  const start = startOfDate(backfillFrom);
  return {
    start,
    end: Math.max(start, Math.min(calendar(said).lastCompleted(now, source.windows.granularity), until)),
  };
}

/**
 * What a run asks for: all that can be complete, or the part of it that its input names. Of a snapshot only the present bucket
 * can be asked, and only while the calendar expects data.
 */
export function askedOf(dataset: Dataset, now: number, input: RunInput, until?: number): Interval {
  if (!dataset.source.windows.snapshot) return limited(wantedOf(dataset, now, until), input);
  const { granularity } = dataset.source.windows;
  const bucket = milliseconds(granularity);
  const start = Math.floor(now / bucket) * bucket;
  const present = { start, end: start + bucket };
  const expected =
    start < (until ?? Number.POSITIVE_INFINITY) && calendar(dataset.calendar).expected(present, granularity).length > 0;
  return limited(expected ? present : { start, end: start }, input);
}

/** Days are whole, both of them included. An interval that has nothing in it ends where it starts. */
function limited({ start, end }: Interval, { from, to }: RunInput): Interval {
  const first = from === undefined ? start : Math.max(start, startOfDate(from));
  const last = to === undefined ? end : Math.min(end, startOfDate(to) + DAY);
  return { start: first, end: Math.max(first, last) };
}
