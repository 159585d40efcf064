import { randomBytes } from "node:crypto";
import type { Clock } from "../dataset/clock.ts";
import type { Dataset } from "../dataset/definition.ts";
import type { RunSummary } from "../dataset/run.ts";
import type { Budgets } from "../extract/budget.ts";
import type { Fetch } from "../extract/request.ts";
import type { Target } from "../load/target.ts";
import { Processor } from "../process/processor.ts";
import { writeJson } from "../store/documents.ts";
import { runKey } from "../store/layout.ts";
import type { Store } from "../store/store.ts";
import { extractStep } from "./extract-step.ts";
import type { RunInput } from "./input.ts";
import { type Loaded, loadStep, newRowsOf } from "./load-step.ts";
import { type Processed, processStep } from "./process-step.ts";
import { resolvePartitions, withPartitions } from "./resolve.ts";
import { summarise } from "./summary.ts";
import { askedOf, wantedOf } from "./wanted.ts";

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
  /** Asks for a part of it, or for what is covered already. @default everything that is missing */
  readonly input?: RunInput;
  /** URL of a module that exports the dataset: then its partitions are processed in other threads while others are asked. */
  readonly definitions?: string | undefined;
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
  const { store, targets, budgets, clock, signal, until, input = {} } = options;
  const dataset = await datasetOf(options);
  const startedAt = clock.now();
  const run = newRunId(startedAt);
  const wanted = wantedOf(dataset, startedAt, until);
  let progress: PipelineProgress = { phase: "extract", done: 0, total: 0, requests: 0, rawBytes: 0, rows: 0 };
  const report = (change: Partial<PipelineProgress>): void => {
    progress = { ...progress, ...change };
    options.onProgress(progress);
  };

  const budget = budgets.of(dataset.source);
  const processor = new Processor({ dataset, store, definitions: options.definitions });
  const extracted = await extractStep({
    ...options,
    ...{ dataset: chosen(dataset, input), budget, run },
    wanted: askedOf(dataset, startedAt, input, until),
    complete: wanted.end,
    named: input.partitions !== undefined,
    ...(input.again ? { known: async () => [] } : {}),
    ...(options.definitions ? { onPartition: (partition: string) => void processor.add(partition) } : {}),
    onProgress: report,
  });
  const processed = signal.aborted
    ? NOT_PROCESSED
    : await processStep({
        dataset,
        store,
        signal,
        processor,
        onProgress: (done, total, rows) => report({ phase: "process", done, total, rows }),
      });
  await processor.close();
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
    ...(extracted.resumeAt === undefined ? {} : { resumeAt: new Date(extracted.resumeAt).toISOString() }),
    states: extracted.states,
    processed: processed.partitions,
  });
  // A full disk must not hide what the run has to say.
  await writeJson(store, runKey(dataset.name, run), summary).catch(() => undefined);
  return summary;
}

/** With its partitions; what is named of one on demand belongs to it, whether it was asked for before or not. */
async function datasetOf({ dataset, store, input }: PipelineOptions): Promise<Dataset> {
  const resolved = await resolvePartitions(dataset, store);
  return resolved.partitions.origin?.kind === "requested"
    ? withPartitions(resolved, input?.partitions ?? [])
    : resolved;
}

function chosen(dataset: Dataset, { partitions }: RunInput): Dataset {
  if (!partitions) return dataset;
  const values = dataset.partitions.values.filter((value) => partitions.includes(value));
  return { ...dataset, partitions: { ...dataset.partitions, values } };
}

/** Sorts by time. @param at Unix milliseconds */
export const newRunId = (at: number): string =>
  `${new Date(at).toISOString().replace(/\D/g, "").slice(0, 14)}-${randomBytes(4).toString("hex")}`;
