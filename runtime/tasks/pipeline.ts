import { randomBytes } from "node:crypto";
import type { Clock } from "../dataset/clock.ts";
import type { Dataset } from "../dataset/definition.ts";
import type { RunSummary } from "../dataset/run.ts";
import type { Budgets } from "../extract/budget.ts";
import type { Fetch } from "../extract/request.ts";
import type { Target } from "../load/target.ts";
import { writeJson } from "../store/documents.ts";
import { runKey } from "../store/layout.ts";
import type { Store } from "../store/store.ts";
import { extractStep } from "./extract-step.ts";
import { type Loaded, loadStep, newRowsOf } from "./load-step.ts";
import { type Processed, processStep } from "./process-step.ts";
import { summarise } from "./summary.ts";
import { wantedOf } from "./wanted.ts";

export interface PipelineProgress {
  readonly phase: "extract" | "process" | "load";
  readonly done: number;
  readonly total: number;
  readonly requests: number;
  readonly rawBytes: number;
  readonly rows: number;
}

export interface PipelineOptions {
  readonly dataset: Dataset;
  readonly store: Store;
  /** Where records go beside the lake. */
  readonly targets: readonly Target[];
  readonly budgets: Budgets;
  readonly clock: Clock;
  readonly fetch: Fetch;
  /** Stops the run at a safe point. */
  readonly signal: AbortSignal;
  /** The value of a secret, undefined when it is not set. */
  secret(name: string): string | undefined;
  /** Ask for nothing at or after this instant, Unix milliseconds. @default what the calendar says can be complete */
  readonly until?: number | undefined;
  /** First wait before a request is tried again, in milliseconds. @default 1000 */
  readonly retryDelay?: number;
  onProgress(progress: PipelineProgress): void;
}

const NOT_PROCESSED: Processed = { partitions: [], errors: [], stopped: true };
const NOT_LOADED: Loaded = { rows: {}, errors: [], stopped: true };

/**
 * One run in one process: extract, process and load for a dataset. It never throws for what a source, a user or a disk did;
 * the summary says it, and is kept in the lake as the record of the run.
 */
export async function runDataset(options: PipelineOptions): Promise<RunSummary> {
  const { dataset, store, targets, budgets, clock, signal, until } = options;
  const startedAt = clock.now();
  const run = newRunId(startedAt);
  const wanted = wantedOf(dataset, startedAt, until);
  let progress: PipelineProgress = { phase: "extract", done: 0, total: 0, requests: 0, rawBytes: 0, rows: 0 };
  const report = (change: Partial<PipelineProgress>): void => {
    progress = { ...progress, ...change };
    options.onProgress(progress);
  };

  const budget = budgets.of(dataset.source);
  const extracted = await extractStep({ ...options, budget, run, wanted, onProgress: report });
  const processed = signal.aborted
    ? NOT_PROCESSED
    : await processStep({
        dataset,
        store,
        signal,
        onProgress: (done, total, rows) => report({ phase: "process", done, total, rows }),
      });
  const loaded = signal.aborted
    ? NOT_LOADED
    : await loadStep({
        dataset,
        partitions: processed.partitions,
        targets,
        store,
        signal,
        onProgress: (done, total) => report({ phase: "load", done, total }),
      });
  const summary = await summarise({
    dataset,
    store,
    clock,
    run,
    startedAt,
    wanted,
    requests: extracted.requests,
    rawBytes: extracted.rawBytes,
    newRows: newRowsOf(loaded),
    errors: [...extracted.errors, ...processed.errors, ...loaded.errors],
    warnings: extracted.warnings,
    stopped: extracted.stopped || signal.aborted,
    coverage: extracted.coverage,
  });
  // A full disk must not hide what the run has to say.
  await writeJson(store, runKey(dataset.name, run), summary).catch(() => undefined);
  return summary;
}

/** Sorts by time. @param at Unix milliseconds */
export const newRunId = (at: number): string =>
  `${new Date(at).toISOString().replace(/\D/g, "").slice(0, 14)}-${randomBytes(4).toString("hex")}`;
