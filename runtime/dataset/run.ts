import { describeFault, messageOf, UserError } from "./errors.ts";

/** One execution of the steps for a dataset, as it is kept in `runs/` and shown to people. */
export interface RunSummary {
  readonly run: string;
  readonly dataset: string;
  readonly title: string;
  /** ISO 8601 */
  readonly startedAt: string;
  readonly finishedAt: string;
  readonly seconds: number;
  readonly outcome: "done" | "failed" | "nothing to do" | "stopped";
  /** When it can go on, ISO 8601, where a budget that is used up stopped it. */
  readonly resumeAt?: string;
  /** How many partitions the dataset has. */
  readonly partitions: number;
  readonly requests: number;
  readonly rawBytes: number;
  /** Rows of the dataset after the run. */
  readonly rows: number;
  /** Rows that this run loaded, the rows of a partition counting once however many targets it went to. */
  readonly newRows: number;
  /** Date of the first and last record. */
  readonly first: string | null;
  readonly last: string | null;
  /** Buckets that the calendar expects and coverage lacks. */
  readonly gaps: number;
  /** Days on which an expected bucket between the first and last record was asked for and has none. */
  readonly empty: number;
  readonly quarantined: number;
  readonly errors: readonly RunError[];
  readonly warnings: readonly RunError[];
  readonly coverage: readonly PartitionCoverage[];
}

/** What went wrong with a partition, or with the whole dataset when none is named. */
export interface RunError {
  readonly partition?: string;
  readonly problem: string;
  readonly fix?: string;
}

export interface PartitionCoverage {
  readonly partition: string;
  /** Half-open, ISO 8601. */
  readonly covered: readonly (readonly [string, string])[];
  readonly first: string | null;
  readonly last: string | null;
  /** When the bucket of the last record ends, ISO 8601; absent without records. */
  readonly until?: string;
  readonly rows: number;
  readonly quarantined: number;
  /** Half-open, ISO 8601. */
  readonly gaps: readonly (readonly [string, string])[];
  /** Dates of expected buckets between first and last that are covered and have no record, each once. */
  readonly missing: readonly string[];
  /** Of a snapshot: expected buckets that passed without being asked, which nothing brings back. Half-open, ISO 8601. */
  readonly missed?: readonly (readonly [string, string])[];
  /** From here on nothing is expected, for the source said that the partition has ended. */
  readonly ended?: { readonly from: string; readonly message?: string };
  /** The source does not know it, and is not asked again for a while. */
  readonly skipped?: { readonly at: string; readonly message?: string };
}

/** Anything that was thrown, as a run keeps it. */
export function toRunError(error: unknown): RunError {
  if (!(error instanceof UserError)) return { problem: messageOf(error) };
  const [summary = ""] = error.message.split("\n");
  const fix = error.faults.map((fault) => fault.fix ?? describeFault(fault)).join("; ");
  return fix ? { problem: summary, fix } : { problem: summary };
}
