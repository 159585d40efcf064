import { randomBytes } from "node:crypto";
import { calendar } from "../dataset/calendar/index.ts";
import type { Clock } from "../dataset/clock.ts";
import type { Dataset } from "../dataset/definition.ts";
import { milliseconds } from "../dataset/duration.ts";
import type { Interval } from "../dataset/interval.ts";
import { startOfDate } from "../dataset/moment.ts";
import { type PartitionCoverage, type RunError, type RunSummary, toRunError } from "../dataset/run.ts";
import type { Budgets } from "../extract/budget.ts";
import { type ExtractProgress, type ExtractResult, extract } from "../extract/extract.ts";
import type { Fetch } from "../extract/request.ts";
import { load } from "../load/load.ts";
import type { Target } from "../load/target.ts";
import { type ProcessedPartition, processPartition } from "../process/process.ts";
import { readCoverage } from "../store/coverage.ts";
import { writeJson } from "../store/documents.ts";
import { runKey } from "../store/layout.ts";
import type { Store } from "../store/store.ts";
import { countGaps, coverageOf } from "./coverage-report.ts";

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
  /** Where records go beside the lake; a cloud task of extract and process has none. */
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

/**
 * One run: extract, process and load for a dataset. It never throws for what a source, a user or a disk did; the summary
 * says it, and is kept in the lake as the record of the run.
 */
export async function runDataset(options: PipelineOptions): Promise<RunSummary> {
  const run = new Run(options);
  const summary = await run.execute();
  // A full disk must not hide what the run has to say.
  await writeJson(options.store, runKey(options.dataset.name, summary.run), summary).catch(() => undefined);
  return summary;
}

/** Node fires longer timers at once. */
const LONGEST_TIMER = 2 ** 31 - 1;

const NOTHING: ExtractResult = {
  done: 0,
  total: 0,
  requests: 0,
  rawBytes: 0,
  problems: [],
  skipped: [],
  coverage: new Map(),
};

class Run {
  readonly #options: PipelineOptions;
  readonly #started: number;
  readonly #id: string;
  readonly #wanted: Interval;
  readonly #errors: RunError[] = [];
  readonly #warnings: RunError[] = [];
  #progress: PipelineProgress = { phase: "extract", done: 0, total: 0, requests: 0, rawBytes: 0, rows: 0 };
  #stopped = false;

  constructor(options: PipelineOptions) {
    this.#options = options;
    this.#started = options.clock.now();
    this.#id = `${new Date(this.#started).toISOString().replace(/\D/g, "").slice(0, 14)}-${randomBytes(4).toString("hex")}`;
    const { backfillFrom, calendar: name } = options.dataset;
    const complete = calendar(name).lastCompleted(this.#started);
    const start = startOfDate(backfillFrom);
    this.#wanted = { start, end: Math.max(start, Math.min(complete, options.until ?? complete)) };
  }

  async execute(): Promise<RunSummary> {
    const extracted = await this.#extract();
    const processed = this.#options.signal.aborted ? [] : await this.#process();
    const loaded = this.#options.signal.aborted ? 0 : await this.#load(processed);
    return this.#summarise(extracted, loaded);
  }

  async #extract(): Promise<ExtractResult> {
    const { dataset, store, budgets, clock, fetch, signal, retryDelay = 1_000 } = this.#options;
    const secret = this.#secret();
    if (secret === "missing") return NOTHING;
    const deadline = AbortSignal.timeout(Math.min(milliseconds(dataset.deadline), LONGEST_TIMER));
    let latest: ExtractProgress = NOTHING;
    try {
      const result = await extract({
        dataset,
        store,
        budget: budgets.of(dataset.source),
        clock,
        fetch,
        signal: AbortSignal.any([signal, deadline]),
        run: this.#id,
        wanted: this.#wanted,
        secret: secret.value,
        retryDelay,
        onProgress: (progress) => {
          latest = progress;
          this.#report(progress);
        },
      });
      this.#errors.push(...result.problems);
      this.#warnings.push(
        ...result.skipped.map((partition) => ({ partition, problem: "the source does not know it" })),
      );
      return result;
    } catch (error) {
      if (signal.aborted || deadline.aborted) this.#stopped = true;
      else this.#errors.push(toRunError(error));
      if (deadline.aborted)
        this.#warnings.push({
          problem: `stopped at its deadline of ${dataset.deadline}`,
          fix: "run again: it goes on where it stopped",
        });
      return { ...NOTHING, ...latest };
    }
  }

  #secret(): { readonly value: string | undefined } | "missing" {
    const { auth } = this.#options.dataset.source;
    if (auth.kind === "none") return { value: undefined };
    // Files and secret managers like to end a value with a newline, which no header may contain.
    const value = this.#options.secret(auth.secret)?.trim();
    if (value) return { value };
    this.#errors.push({
      problem: `needs a token: ${auth.secret} is not set`,
      fix: `export ${auth.secret}=<your token>, then run again`,
    });
    return "missing";
  }

  async #process(): Promise<ProcessedPartition[]> {
    const { dataset, store } = this.#options;
    const { values } = dataset.partitions;
    const processed: ProcessedPartition[] = [];
    for (const [i, partition] of values.entries()) {
      try {
        const result = await processPartition(dataset, partition, store);
        if (result) processed.push(result);
      } catch (error) {
        this.#errors.push({ partition, ...toRunError(error) });
      }
      this.#report({ phase: "process", done: i + 1, total: values.length, rows: sum(processed, ({ rows }) => rows) });
    }
    return processed;
  }

  async #load(processed: readonly ProcessedPartition[]): Promise<number> {
    const { dataset, store, targets } = this.#options;
    const loaded = [0];
    for (const [i, target] of targets.entries()) {
      this.#report({ phase: "load", done: i, total: targets.length });
      try {
        loaded.push(await load(dataset, processed, target, store));
      } catch (error) {
        const { problem, ...rest } = toRunError(error);
        this.#errors.push({ problem: `${target.name}: ${problem}`, ...rest });
      }
    }
    this.#report({ phase: "load", done: targets.length, total: targets.length });
    return Math.max(...loaded);
  }

  async #summarise(extracted: ExtractResult, newRows: number): Promise<RunSummary> {
    const { dataset, clock } = this.#options;
    const coverage = await this.#coverage(extracted);
    const finished = clock.now();
    const dates = coverage.flatMap(({ first, last }) => (first && last ? [first, last] : [])).sort();
    const last = dates.at(-1) ?? null;
    this.#judgeFreshness(last);
    return {
      run: this.#id,
      dataset: dataset.name,
      title: dataset.title,
      startedAt: new Date(this.#started).toISOString(),
      finishedAt: new Date(finished).toISOString(),
      seconds: Math.round((finished - this.#started) / 10) / 100,
      outcome: this.#outcome(extracted, newRows),
      partitions: dataset.partitions.values.length,
      requests: extracted.requests,
      rawBytes: extracted.rawBytes,
      rows: sum(coverage, ({ rows }) => rows),
      newRows,
      first: dates[0] ?? null,
      last,
      gaps: sum(coverage, (partition) => countGaps(dataset, partition)),
      empty: sum(coverage, ({ missing }) => missing.length),
      quarantined: sum(coverage, ({ quarantined }) => quarantined),
      errors: this.#errors,
      warnings: this.#warnings,
      coverage,
    };
  }

  async #coverage(extracted: ExtractResult): Promise<PartitionCoverage[]> {
    const { dataset, store } = this.#options;
    const found: PartitionCoverage[] = [];
    for (const partition of dataset.partitions.values) {
      try {
        const covered = extracted.coverage.get(partition) ?? (await readCoverage(store, dataset.name, partition));
        found.push(await coverageOf(dataset, partition, covered, this.#wanted, store));
      } catch (error) {
        this.#errors.push({ partition, ...toRunError(error) });
      }
    }
    return found;
  }

  #judgeFreshness(last: string | null): void {
    const { dataset } = this.#options;
    for (const check of dataset.checks)
      if (check.kind === "freshness" && last !== null) {
        const end = startOfDate(last) + milliseconds(dataset.source.windows.granularity);
        if (this.#wanted.end - end > check.limit)
          this.#warnings.push({ problem: `is late: the newest record is of ${last}, it should be ${check.name}` });
      }
  }

  #outcome(extracted: ExtractResult, newRows: number): RunSummary["outcome"] {
    if (this.#errors.length) return "failed";
    if (this.#stopped || this.#options.signal.aborted) return "stopped";
    return extracted.requests === 0 && newRows === 0 ? "nothing to do" : "done";
  }

  #report(change: Partial<PipelineProgress>): void {
    this.#progress = { ...this.#progress, ...change };
    this.#options.onProgress(this.#progress);
  }
}

const sum = <T>(items: readonly T[], of: (item: T) => number): number =>
  items.reduce((total, item) => total + of(item), 0);
