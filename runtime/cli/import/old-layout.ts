import type { Interval } from "../../dataset/interval.ts";
import { startOfDate } from "../../dataset/moment.ts";
import type { SourceRow } from "../../dataset/source.ts";

/** Where a raw file of another system belongs. */
export interface Place {
  readonly partition: string;
  /** When it was fetched, as its name says, Unix milliseconds. */
  readonly at: number;
}

/** How another system laid out what it fetched, and what its files prove. */
export interface OldLayout {
  /** The dataset that reads its files. */
  readonly dataset: string;
  /** @param key relative to the old prefix @returns undefined for a key that is no raw file of this layout */
  placeOf(key: string): Place | undefined;
  /** What the rows of a file show to be complete, from the first bucket to the last; undefined without rows. */
  windowOf(rows: readonly SourceRow[]): Interval | undefined;
}

/** The smallest interval with all of the instants and the bucket that begins at the last one. NaN counts for nothing. */
export function spanOf(instants: Iterable<number>, bucket: number): Interval | undefined {
  let [start, last] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const instant of instants) {
    if (Number.isNaN(instant)) continue;
    start = Math.min(start, instant);
    last = Math.max(last, instant);
  }
  return last < start ? undefined : { start, end: last + bucket };
}

/** Unix milliseconds of `YYYYMMDD`, with or without hyphens, taken as UTC; NaN for no date. */
export const startOfOldDate = (text: string): number =>
  startOfDate(/^\d{8}$/.test(text) ? text.replace(/^(\d{4})(\d{2})(\d{2})$/, "$1-$2-$3") : text);
