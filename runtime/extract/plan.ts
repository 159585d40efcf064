import { milliseconds } from "../dataset/duration.ts";
import { type Interval, split, subtract } from "../dataset/interval.ts";
import type { Windows } from "../dataset/source.ts";

/**
 * The windows of a partition that are still to be asked, oldest first.
 * @param wanted from the dataset's first day to the end of the last complete bucket
 */
export function planWindows(wanted: Interval, coverage: readonly Interval[], windows: Windows): Interval[] {
  const step = milliseconds(windows.step);
  return subtract(wanted, coverage).flatMap((missing) => split(missing, step));
}

/** Two halves on bucket borders, or undefined when the window is a single bucket. */
export function halve({ start, end }: Interval, windows: Windows): [Interval, Interval] | undefined {
  const granularity = milliseconds(windows.granularity);
  const buckets = Math.round((end - start) / granularity);
  if (buckets < 2) return undefined;
  const middle = start + Math.ceil(buckets / 2) * granularity;
  return [
    { start, end: middle },
    { start: middle, end },
  ];
}
