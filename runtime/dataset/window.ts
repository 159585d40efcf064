import { milliseconds } from "./duration.ts";
import type { Interval } from "./interval.ts";
import { Moment } from "./moment.ts";
import type { Window, Windows } from "./source.ts";

/** The window as a definition's `request` sees it. */
export function toWindow({ start, end }: Interval, windows: Windows): Window {
  const granularity = milliseconds(windows.granularity);
  return {
    start: new Moment(start),
    end: new Moment(end),
    first: new Moment(start),
    last: new Moment(end - granularity),
  };
}
