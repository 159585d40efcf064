import { formatBytes, formatNumberOf } from "../../publish/report/format.ts";
import type { ProgressStep } from "./progress.ts";

/** `1,200 rows`, `12 requests`, `3.4 MB raw`. */
export function numbers({ requests, rawBytes, rows }: ProgressStep): string[] {
  return [formatNumberOf(rows, "row"), formatNumberOf(requests, "request"), `${formatBytes(rawBytes)} raw`];
}

/** Whole percent of the phase; 100 only when all is done, and when there is nothing to do. */
export function percentOf({ done, total }: Pick<ProgressStep, "done" | "total">): number {
  return total > 0 ? Math.floor((Math.min(done, total) / total) * 100) : 100;
}
