import type { Schema } from "../../dataset/schema.ts";

export type RunOutcome = "done" | "failed" | "nothing to do" | "stopped";

/** A half-open span of time, `[first instant, first instant after it]`, as ISO 8601 texts. */
export type Span = readonly [start: string, end: string];

export interface RunError {
  readonly partition?: string;
  readonly problem: string;
  readonly fix?: string;
}

export interface PartitionCoverage {
  readonly partition: string;
  /** What is known complete, including what was asked and turned out to be empty. */
  readonly covered: readonly Span[];
  /** ISO date of the first record, null without records. */
  readonly first: string | null;
  /** ISO date of the last record, null without records. */
  readonly last: string | null;
  readonly rows: number;
  /** What the calendar expects and coverage lacks. */
  readonly gaps: readonly Span[];
  /** Dates of the calendar between first and last that are covered, but without a record. */
  readonly missing: readonly string[];
}

/** The numbers of one run of one dataset, as stored under `runs/` in the lake. */
export interface RunSummary {
  readonly run: string;
  readonly dataset: string;
  readonly title: string;
  readonly startedAt: string;
  readonly finishedAt: string;
  readonly seconds: number;
  readonly outcome: RunOutcome;
  readonly partitions: number;
  readonly requests: number;
  readonly rawBytes: number;
  /** Records of the dataset after the run. */
  readonly rows: number;
  readonly newRows: number;
  readonly first: string | null;
  readonly last: string | null;
  readonly gaps: number;
  readonly empty: number;
  readonly quarantined: number;
  readonly errors: readonly RunError[];
  readonly coverage: readonly PartitionCoverage[];
}

/** The prices of one partition, in any order. */
export interface PriceSeries {
  readonly dataset: string;
  readonly partition: string;
  /** Unix seconds. */
  readonly times: readonly number[];
  /** One closing price for each time. */
  readonly close: readonly number[];
}

/** What the page tells about a dataset besides its numbers. */
export interface DatasetFacts {
  readonly name: string;
  readonly title: string;
  readonly schema: Schema;
  /** Where the records come from and what to know about them, one sentence each. */
  readonly notes: readonly string[];
}

/** Somewhere on disk or in the cloud that a reader may want to open. */
export interface Place {
  readonly label: string;
  readonly path: string;
}

/** Records of one partition that failed the same check. */
export interface QuarantineReason {
  readonly dataset: string;
  readonly partition: string;
  readonly reason: string;
  readonly records: number;
  /** Key of the raw body that one of the records came from. */
  readonly raw?: string;
}

/** Everything that the report page shows. */
export interface ReportInput {
  /** ISO 8601 instant. */
  readonly generatedAt: string;
  readonly title: string;
  readonly summaries: readonly RunSummary[];
  readonly series: readonly PriceSeries[];
  readonly datasets: readonly DatasetFacts[];
  readonly places: readonly Place[];
  readonly quarantine?: readonly QuarantineReason[];
  /** Verdict of the policy pack over the program of the stack. */
  readonly policy?: { readonly passed: number; readonly failed: number };
  readonly monthlyCostUsd?: number;
}
