import pMap from "p-map";
import pRetry, { AbortError } from "p-retry";
import type { Clock } from "../dataset/clock.ts";
import type { Dataset } from "../dataset/definition.ts";
import { messageOf, UserError } from "../dataset/errors.ts";
import type { Interval } from "../dataset/interval.ts";
import { type RunError, toRunError } from "../dataset/run.ts";
import type { RequestContext } from "../dataset/source.ts";
import { toWindow } from "../dataset/window.ts";
import { addCoverage, readCoverage } from "../store/coverage.ts";
import type { Store } from "../store/store.ts";
import type { Budget } from "./budget.ts";
import { keepExchange } from "./exchange.ts";
import { halve, planWindows } from "./plan.ts";
import { buildRequest, type Fetch, type HttpAnswer, type HttpRequest, send } from "./request.ts";
import { judge, type Settled } from "./verdict.ts";

export interface ExtractProgress {
  /** Windows asked and still to ask. */
  readonly done: number;
  readonly total: number;
  readonly requests: number;
  readonly rawBytes: number;
}

export interface ExtractResult extends ExtractProgress {
  readonly problems: readonly RunError[];
  /** The one among them that only time mends: the source's budget is used up for longer than a run waits. */
  readonly quota?: RunError;
  /** Partitions that the source does not know. */
  readonly skipped: readonly string[];
  /** What is known complete after this, by partition. */
  readonly coverage: ReadonlyMap<string, readonly Interval[]>;
}

export interface ExtractOptions {
  readonly dataset: Dataset;
  readonly store: Store;
  readonly budget: Budget;
  readonly clock: Clock;
  readonly fetch: Fetch;
  readonly signal: AbortSignal;
  readonly run: string;
  /** Half-open: the first instant wanted, and the end of the last complete bucket. */
  readonly wanted: Interval;
  readonly secret: string | undefined;
  /** First wait before a retry, in milliseconds; it doubles each time. */
  readonly retryDelay: number;
  /** What of a partition need not be asked. @default its coverage */
  known?(partition: string): Promise<readonly Interval[]>;
  onProgress(progress: ExtractProgress): void;
}

const RETRIES = 4;

/** How long a source that says "too many" without a time is left alone at first, in milliseconds; doubled each time. */
const FIRST_QUIET = 1_000;

/** The longest wait, in milliseconds, that a source may ask of a run; for a longer one the run stops and goes on later. */
const PATIENCE = 15 * 60_000;

/** Nothing that another attempt or another partition could mend. */
class DatasetFailed extends Error {
  readonly fix: string | undefined;

  constructor(problem: string, fix?: string) {
    super(problem);
    this.fix = fix;
  }
}

class QuotaEnded extends DatasetFailed {}

/**
 * Asks the source for what is not covered yet: partitions side by side as far as the budget allows, the windows of one
 * in their order. A window counts as covered only after its raw is stored. A partition that fails leaves the others alone.
 * @throws the signal's reason; what was fetched until then stays
 */
export async function extract(options: ExtractOptions): Promise<ExtractResult> {
  return new Extraction(options).run();
}

class Extraction {
  readonly #options: ExtractOptions;
  readonly #problems: RunError[] = [];
  readonly #skipped: string[] = [];
  readonly #coverage = new Map<string, readonly Interval[]>();
  #quota: RunError | undefined;
  readonly #stop = new AbortController();
  readonly #signal: AbortSignal;
  #progress: ExtractProgress = { done: 0, total: 0, requests: 0, rawBytes: 0 };

  constructor(options: ExtractOptions) {
    this.#options = options;
    this.#signal = AbortSignal.any([options.signal, this.#stop.signal]);
  }

  async run(): Promise<ExtractResult> {
    const { dataset, budget, signal } = this.#options;
    const plans = await pMap(dataset.partitions.values, (partition) => this.#plan(partition), { concurrency: 32 });
    this.#report({ total: plans.reduce((sum, { windows }) => sum + windows.length, 0) });
    await pMap(
      plans.filter(({ windows }) => windows.length > 0),
      ({ partition, windows }) => this.#partition(partition, windows),
      { concurrency: budget.concurrency },
    );
    signal.throwIfAborted();
    return {
      ...this.#progress,
      problems: this.#problems,
      ...(this.#quota ? { quota: this.#quota } : {}),
      skipped: this.#skipped,
      coverage: this.#coverage,
    };
  }

  async #plan(partition: string): Promise<{ partition: string; windows: Interval[] }> {
    const { dataset, store, wanted, known } = this.#options;
    const coverage = await readCoverage(store, dataset.name, partition);
    this.#coverage.set(partition, coverage);
    const left = known ? await known(partition) : coverage;
    return { partition, windows: planWindows(wanted, left, dataset.source.windows) };
  }

  async #partition(partition: string, windows: readonly Interval[]): Promise<void> {
    const queue = [...windows];
    try {
      for (let window = queue.shift(); window && !this.#signal.aborted; window = queue.shift()) {
        const more = await this.#window(partition, window);
        if (more === "skip") {
          this.#skipped.push(partition);
          this.#report({ done: this.#progress.done + 1 + queue.length });
          return;
        }
        queue.unshift(...more);
        this.#report({ done: this.#progress.done + 1, total: this.#progress.total + more.length });
      }
    } catch (error) {
      if (this.#signal.aborted) return;
      if (error instanceof DatasetFailed) {
        const problem = { problem: error.message, ...(error.fix ? { fix: error.fix } : {}) };
        this.#problems.push(problem);
        if (error instanceof QuotaEnded) this.#quota = problem;
        this.#stop.abort(error);
      } else if (error instanceof UserError) {
        // A full disk, say: no other partition will fare better.
        this.#problems.push(toRunError(error));
        this.#stop.abort(error);
      } else this.#problems.push({ partition, problem: messageOf(error) });
    }
  }

  /** @returns the windows to ask instead, none when it is covered, or "skip" when the source does not know the partition */
  async #window(partition: string, window: Interval): Promise<Interval[] | "skip"> {
    const { dataset, store, run, clock } = this.#options;
    const { request, answer, verdict } = await this.#ask(partition, window);
    if (verdict.kind === "skipPartition") return "skip";
    if (verdict.kind === "splitWindow") {
      const halves = halve(window, dataset.source.windows);
      if (halves) return halves;
      throw new Error(`${new URL(request.url).host} refuses even a single bucket: answered ${answer.status}`);
    }
    const context = { dataset: dataset.name, partition, window, run, verdict: verdict.kind, at: clock.now() };
    await keepExchange(store, request, answer, context);
    this.#coverage.set(partition, await addCoverage(store, dataset.name, partition, window));
    this.#report({ rawBytes: this.#progress.rawBytes + answer.body.byteLength });
    return [];
  }

  async #ask(
    partition: string,
    window: Interval,
  ): Promise<{ request: HttpRequest; answer: HttpAnswer; verdict: Settled }> {
    const { dataset, secret, retryDelay } = this.#options;
    const { source } = dataset;
    const context: RequestContext = {
      partition: { [dataset.partitions.field]: partition },
      window: toWindow(window, source.windows),
    };
    const request = buildRequest(source, source.request(context), secret);
    return pRetry(() => this.#attempt(request), {
      retries: RETRIES,
      minTimeout: retryDelay,
      factor: 2,
      randomize: true,
      signal: this.#signal,
    });
  }

  async #attempt(request: HttpRequest): Promise<{ request: HttpRequest; answer: HttpAnswer; verdict: Settled }> {
    const { dataset, budget, fetch, clock } = this.#options;
    const host = new URL(request.url).host;
    for (let quiet = FIRST_QUIET; ; quiet *= 2) {
      this.#report({ requests: this.#progress.requests + 1 });
      const answer = await budget.spend(() => send(request, fetch, this.#signal), this.#signal);
      const verdict = judge(answer, dataset.source.responses, clock.now());
      if (verdict.kind === "retry") throw new Error(`${host} ${verdict.problem}`);
      if (verdict.kind === "fail")
        throw new AbortError(
          verdict.all ? this.#refused(host, verdict.problem) : new Error(`${host} ${verdict.problem}`),
        );
      if (verdict.kind !== "limited") return { request, answer, verdict };
      const wait = verdict.wait ?? quiet;
      const until = clock.now() + wait;
      if (wait > PATIENCE) throw new AbortError(usedUp(host, until));
      budget.pauseUntil(until);
    }
  }

  #refused(host: string, problem: string): DatasetFailed {
    const { auth } = this.#options.dataset.source;
    if (auth.kind === "none") return new DatasetFailed(`${host} ${problem}`);
    return new DatasetFailed(
      `${host} refused the token: ${problem}`,
      `set ${auth.secret} to a valid token, then run again`,
    );
  }

  #report(change: Partial<ExtractProgress>): void {
    this.#progress = { ...this.#progress, ...change };
    this.#options.onProgress(this.#progress);
  }
}

const usedUp = (host: string, until: number): QuotaEnded =>
  new QuotaEnded(
    `${host} answers nothing more until ${new Date(until).toISOString()}: its budget is used up`,
    "what was fetched is kept; run again after that time and it goes on there",
  );
