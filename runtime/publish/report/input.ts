import type { RunSummary } from "../../dataset/run.ts";
import type { Schema } from "../../dataset/schema.ts";

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
