import { calendar } from "./calendar/index.ts";
import type { Dataset } from "./definition.ts";
import { milliseconds } from "./duration.ts";
import type { Interval } from "./interval.ts";

/** Starts of the buckets in an interval that should have data by the dataset's calendar, in order; Unix milliseconds. */
export const expectedBuckets = (dataset: Dataset, interval: Interval): number[] =>
  calendar(dataset.calendar).expected(interval, dataset.source.windows.granularity);

/** The width of a bucket, in milliseconds. */
export const bucketOf = ({ source }: Dataset): number => milliseconds(source.windows.granularity);
