import pMap from "p-map";
import type { Clock } from "../dataset/clock.ts";
import type { Dataset } from "../dataset/definition.ts";
import type { Interval } from "../dataset/interval.ts";
import { acquire, type Holding, LeaseLost, type Leases, newHolder } from "../store/lease.ts";
import type { PartitionState } from "../store/state.ts";
import { readStates, writeIndex } from "../store/state-index.ts";
import type { Store } from "../store/store.ts";
import type { Budget } from "./budget.ts";
import { HttpClient } from "./client.ts";
import { Findings } from "./findings.ts";
import { type Ask, begin, plan, type Todo } from "./plan.ts";
import { type ExtractProgress, Progress } from "./progress.ts";
import type { Fetch } from "./request.ts";
import { type ExtractResult, resultOf } from "./result.ts";
import { bringIn } from "./unit.ts";
import { type Unit, unitsOf } from "./units.ts";

export type { ExtractProgress } from "./progress.ts";
export type { ExtractResult } from "./result.ts";

export interface ExtractOptions {
  /** Its partitions are known, and its `source` is the one that is asked. */
  readonly dataset: Dataset;
  readonly store: Store;
  readonly budget: Budget;
  readonly clock: Clock;
  readonly fetch: Fetch;
  readonly signal: AbortSignal;
  readonly run: string;
  /** Half-open: the first instant wanted, and the end of the last complete bucket. */
  readonly wanted: Interval;
  /** The end of all that can be complete, however little of it is wanted. @default that of `wanted` */
  readonly complete?: number;
  /** Whether a person has named the partitions: then also those are asked that the source did not know, or that have ended. @default false */
  readonly named?: boolean;
  /** The value of a secret; all that the source needs are there. */
  secret(name: string): string;
  /** First wait before a retry, in milliseconds; it doubles each time. */
  readonly retryDelay: number;
  /** What of a partition need not be asked. @default its coverage */
  known?(partition: string): Promise<readonly Interval[]>;
  /** Who holds the leases. @default this process, as a new holder */
  readonly holder?: string;
  onProgress(progress: ExtractProgress): void;
  /** Called when this run is done with a partition, whatever became of it. */
  onPartition?(partition: string): void;
}

/** Reads of what need not be asked that are under way at once. */
const READS = 32;

/** Partitions of one batch that are taken at the same time. */
const TAKEN = 16;

/** How often it is looked whether a lease needs to be renewed, in milliseconds. */
const RENEWAL = 5_000;

/**
 * Asks the source for what is not covered yet: partitions side by side as far as the budget allows, the windows of one in
 * their order. A window counts as covered only after its raw is stored. A partition that fails leaves the others alone; one
 * that another run holds is left to it.
 * @throws the signal's reason; what was fetched until then stays
 */
export async function extract(options: ExtractOptions): Promise<ExtractResult> {
  return new Extraction(options).run();
}

class Extraction {
  readonly #options: ExtractOptions;
  readonly #ask: Ask;
  readonly #leases: Leases;
  readonly #findings: Findings;
  readonly #progress: Progress;
  readonly #known = new Map<string, readonly Interval[]>();
  readonly #held = new Set<Holding>();
  /** Last states of the partitions that were held. */
  readonly #written = new Map<string, PartitionState>();
  readonly #signal: AbortSignal;

  constructor(options: ExtractOptions) {
    const { dataset, store, clock, wanted, complete = wanted.end, named = false, holder = newHolder() } = options;
    this.#options = options;
    this.#ask = { wanted, complete: Math.max(complete, wanted.end), named, now: clock.now() };
    this.#leases = { store, dataset: dataset.name, clock, holder };
    this.#findings = new Findings(dataset.source.url);
    this.#progress = new Progress(options.onProgress);
    this.#signal = AbortSignal.any([options.signal, this.#findings.stop]);
  }

  async run(): Promise<ExtractResult> {
    const { dataset, store, budget, signal, secret, fetch, clock } = this.#options;
    const { source, partitions } = dataset;
    const states = await readStates(store, dataset.name, partitions.values);
    const units = unitsOf(await this.#todos(states), source.batch);
    this.#progress.more(units.reduce((sum, { windows }) => sum + windows, 0));
    // When nothing more can be asked, what was asked already is still taken in: the source has counted it.
    const client = new HttpClient({ source, secret, fetch, clock, budget, store, cut: signal });
    const renewal = setInterval(() => this.#renew(), RENEWAL);
    try {
      await pMap(units, (unit) => this.#unit(unit, client), {
        concurrency: Math.min(budget.concurrency, source.concurrency ?? Number.POSITIVE_INFINITY),
      });
    } finally {
      clearInterval(renewal);
      client.close();
    }
    // Without it the next plan reads more, no less is known.
    await writeIndex(store, dataset.name, this.#written, partitions.values.length).catch(() => undefined);
    signal.throwIfAborted();
    const known = new Map([...states, ...this.#written]);
    return resultOf(this.#progress.now, this.#findings, known);
  }

  /** What is to be asked of each partition, as far as it can be told before it is held. */
  async #todos(states: ReadonlyMap<string, Omit<PartitionState, "page">>): Promise<Map<string, Todo>> {
    const { known } = this.#options;
    const { windows } = this.#options.dataset.source;
    if (known)
      await pMap(states.keys(), async (partition) => this.#known.set(partition, await known(partition)), {
        concurrency: READS,
      });
    const todos = new Map<string, Todo>();
    for (const [partition, state] of states) {
      const todo = plan(begin(state, windows, this.#ask), windows, this.#ask, this.#known.get(partition));
      if (todo.windows.length > 0) todos.set(partition, todo);
    }
    return todos;
  }

  async #unit({ partitions, windows }: Unit, client: HttpClient): Promise<void> {
    if (this.#signal.aborted) return;
    const held: Holding[] = [];
    try {
      await pMap(
        partitions,
        async (partition) => {
          const holding = await this.#take(partition);
          if (holding) held.push(holding);
        },
        { concurrency: TAKEN },
      );
      await this.#bringIn(held, windows, client);
    } catch (error) {
      this.#findings.problem(partitions, error);
    } finally {
      await Promise.all(held.map((holding) => this.#giveBack(holding)));
    }
  }

  async #take(partition: string): Promise<Holding | undefined> {
    const { windows } = this.#options.dataset.source;
    const taken = await acquire(this.#leases, partition, (state) => {
      const begun = begin(state, windows, this.#ask);
      return this.#plan(partition, begun, false).windows.length > 0 ? begun : undefined;
    });
    if (taken.kind === "busy") this.#findings.busy.push(partition);
    else if (taken.kind === "idle") this.#written.set(partition, taken.state);
    else {
      this.#held.add(taken.holding);
      return taken.holding;
    }
    return undefined;
  }

  #plan(partition: string, state: PartitionState, changed: boolean): Todo {
    const known = changed ? undefined : this.#known.get(partition);
    return plan(state, this.#options.dataset.source.windows, this.#ask, known);
  }

  #bringIn(held: readonly Holding[], expected: number, client: HttpClient): Promise<void> {
    const { dataset, store, run, clock, budget, retryDelay } = this.#options;
    const signal = this.#signal;
    const asking = { client, budget, clock, signal, retryDelay, onRequest: () => this.#progress.request() };
    return bringIn(held, expected, {
      tools: {
        ...{ dataset, store, run, clock, asking, complete: this.#ask.complete },
        onKept: (bytes) => this.#progress.kept(bytes),
      },
      clock,
      signal,
      todoOf: ({ partition, state }, changed) => this.#plan(partition, state, changed),
      onMore: (windows) => this.#progress.more(windows),
      onDone: (windows) => this.#progress.done(windows),
      onProblem: (team, error) => this.#findings.problem(team.asked, error),
    });
  }

  async #giveBack(holding: Holding): Promise<void> {
    this.#held.delete(holding);
    try {
      await holding.release();
      this.#written.set(holding.partition, { ...holding.state, lease: { token: holding.token } });
    } catch (error) {
      if (error instanceof LeaseLost) this.#findings.busy.push(holding.partition);
      else this.#findings.problem([holding.partition], error);
    }
    this.#options.onPartition?.(holding.partition);
  }

  /** Beside the work, which may wait long for its budget. Who loses a lease learns it at the next request. */
  #renew(): void {
    for (const holding of this.#held) holding.keep().catch(() => undefined);
  }
}
