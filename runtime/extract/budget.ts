import { secretsOfAuth } from "../dataset/auth.ts";
import type { Clock } from "../dataset/clock.ts";
import type { BudgetHeaders, BudgetRule, HttpSource, ResolvedSource } from "../dataset/source.ts";
import { type Book, MemoryBook } from "./budget-book.ts";
import { BudgetQueue } from "./budget-queue.ts";
import { atOnce, capacityOf, meterOf, nameOf } from "./budget-rule.ts";
import type { HttpAnswer } from "./request.ts";
import { waitOf } from "./waiting.ts";

export interface SpendOptions {
  /** The longest wait in milliseconds. @default 15 minutes */
  readonly patience?: number;
}

const PATIENCE = 15 * 60_000;

/** Requests under way at once, unless a source says otherwise. */
const CONCURRENCY = 32;

/** The turns of everything that asks one source with one key. */
export class Budget {
  readonly #clock: Clock;
  readonly #queue: BudgetQueue;
  readonly #headers = new Map<string, BudgetHeaders>();

  constructor(rules: readonly BudgetRule[], clock: Clock, book: Book = new MemoryBook()) {
    this.#clock = clock;
    this.#queue = new BudgetQueue(clock, book);
    this.include({ budget: rules });
  }

  /** Lets the rules of a further source hold too. */
  include({ budget, budgetHeaders, concurrency }: Pick<HttpSource, "budget" | "budgetHeaders" | "concurrency">): void {
    const now = this.#clock.now();
    for (const meter of [...budget.map((rule) => meterOf(rule, now)), ...(concurrency ? [atOnce(concurrency)] : [])])
      this.#queue.meters.set(nameOf(meter), meter);
    if (budgetHeaders) this.#headers.set(JSON.stringify(budgetHeaders), budgetHeaders);
  }

  /** The most requests that can usefully be under way at once. */
  get concurrency(): number {
    const meters = [...this.#queue.meters.values()];
    const said = meters.some(({ kind }) => kind === "at once");
    return Math.min(said ? Number.POSITIVE_INFINITY : CONCURRENCY, ...meters.map(capacityOf));
  }

  /**
   * Runs the request when every rule allows it, first come first served.
   * @param cost what it takes of the rules that count costs
   * @throws QuotaEnded at once when the wait would be too long, Refused when no wait would help, the signal's reason
   */
  async spend<T>(
    cost: number,
    request: () => Promise<T>,
    signal: AbortSignal,
    { patience = PATIENCE }: SpendOptions = {},
  ): Promise<T> {
    const id = await this.#queue.enter(Math.ceil(cost), signal, patience);
    try {
      return await request();
    } finally {
      this.#queue.leave({ id, at: this.#clock.now() });
    }
  }

  /** No request starts before this moment (Unix milliseconds): the source said that the budget is used up. */
  pauseUntil(moment: number): void {
    this.#queue.pauseUntil(moment);
  }

  /** Heeds what an answer says is left. @param cost of its request, as much as the next one is taken to need */
  observe(headers: HttpAnswer["headers"], cost = 1): void {
    const byCost = [...this.#queue.meters.values()].some(
      (meter) => meter.kind !== "at once" && meter.counts === "cost",
    );
    for (const { remaining, reset } of this.#headers.values()) {
      const left = Number.parseFloat(headers[remaining.toLowerCase()] ?? "");
      const wait = left < (byCost ? cost : 1) ? waitOf(headers, this.#clock.now(), reset) : undefined;
      if (wait !== undefined) this.pauseUntil(this.#clock.now() + wait);
    }
  }

  /** Gives back what is held. */
  close(): Promise<void> {
    return this.#queue.close();
  }
}

/** One budget per host and secrets, however many datasets ask. */
export class Budgets {
  readonly #clock: Clock;
  readonly #bookOf: (key: string) => Book;
  readonly #budgets = new Map<string, Budget>();

  /** @param bookOf where the ledger for a host and names of secrets is kept. @default in memory */
  constructor(clock: Clock, bookOf: (key: string) => Book = () => new MemoryBook()) {
    this.#clock = clock;
    this.#bookOf = bookOf;
  }

  /** The budget that the source shares with others; its rules hold from now on. */
  of(source: ResolvedSource): Budget {
    const key = [new URL(source.url).host, ...secretsOfAuth(source.auth).sort()].join(" ");
    const budget = this.#budgets.get(key) ?? new Budget([], this.#clock, this.#bookOf(key));
    this.#budgets.set(key, budget);
    budget.include(source);
    return budget;
  }

  /** Gives back what is held. */
  async close(): Promise<void> {
    await Promise.all([...this.#budgets.values()].map((budget) => budget.close()));
  }
}
