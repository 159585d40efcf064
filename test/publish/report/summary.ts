import type { RunSummary } from "../../../runtime/dataset/run.ts";

/** A finished run of daily prices, with what a test cares about changed. */
export function summary(changes: Partial<RunSummary> = {}): RunSummary {
  return {
    run: "20250301T140500Z-1",
    dataset: "daily_prices",
    title: "Daily prices of US stocks",
    startedAt: "2025-03-01T14:05:00Z",
    finishedAt: "2025-03-01T14:05:03Z",
    seconds: 3.21,
    outcome: "done",
    partitions: 5,
    requests: 25,
    rawBytes: 2_345_678,
    rows: 12_154,
    newRows: 12_154,
    first: "2000-03-01",
    last: "2013-03-01",
    gaps: 0,
    empty: 2,
    quarantined: 0,
    errors: [],
    warnings: [],
    coverage: [],
    ...changes,
  };
}
