import { createHash } from "node:crypto";
import type { Clock } from "../dataset/clock.ts";
import { jsonBytes } from "../store/documents.ts";
import { budgetKey } from "../store/layout.ts";
import { ConditionFailed, type Store } from "../store/store.ts";
import { Budgets } from "./budget.ts";
import type { Book } from "./budget-book.ts";
import { type Ledger, newLedger } from "./budget-ledger.ts";

/**
 * Budgets that all who use the same store go by, whatever machine they run on: a token bucket of a source is one, however many
 * tasks drink of it. Slots are given out for a few requests at a time. Whoever dies takes its slots along for two minutes.
 * The clocks of the machines must agree as far as the shortest rule can bridge.
 */
export const sharedBudgets = (store: SwapStore, clock: Clock): Budgets =>
  new Budgets(clock, (key) => {
    const digest = createHash("sha256").update(key).digest("hex").slice(0, 32);
    return new StoreBook(store, budgetKey(digest), clock);
  });

/** What is needed of a store. */
export type SwapStore = Pick<Store, "get" | "put">;

interface Page {
  readonly ledger: Ledger;
  /** Undefined when there is none yet. */
  readonly etag: string | undefined;
}

/** The most attempts at one change. As many lost races in a row are none: the store does not do what it says. */
const ATTEMPTS = 100;

/** Trips to the store that a loser waits at most; the less, the more often it has lost, so that nobody is always last. */
const LONGEST_BACKOFF = 4;

const never = new AbortController().signal;

/** A ledger in a store, changed by compare-and-swap. */
class StoreBook implements Book {
  readonly shared = true;
  readonly #store: SwapStore;
  readonly #key: string;
  readonly #clock: Clock;
  /** As it was left here, while nobody else seems to write: it need not be read again. */
  #left: Page | undefined;

  constructor(store: SwapStore, key: string, clock: Clock) {
    this.#store = store;
    this.#key = key;
    this.#clock = clock;
  }

  async update<T extends { readonly changed: boolean }>(change: (ledger: Ledger) => T): Promise<T> {
    let page = this.#left;
    this.#left = undefined;
    for (let attempt = 1; attempt <= ATTEMPTS; attempt += 1) {
      const begun = this.#clock.now();
      const { ledger, etag } = page ?? (await this.#read());
      const outcome = change(ledger);
      // What was left here may be old: that there is nothing to do must be seen in the store itself.
      if (!outcome.changed && !page) return outcome;
      const written = outcome.changed ? await this.#write(ledger, etag) : undefined;
      if (written) {
        if (attempt === 1) this.#left = written;
        return outcome;
      }
      if (outcome.changed) await this.#clock.sleep(this.#backoff(begun, attempt), never);
      page = undefined;
    }
    throw new Error(`${this.#key} could not be changed: somebody else was first ${ATTEMPTS} times`);
  }

  /** @param begun when the attempt was begun, which tells how far away the store is */
  #backoff(begun: number, attempt: number): number {
    return (Math.random() * (this.#clock.now() - begun) * LONGEST_BACKOFF) / attempt;
  }

  async #read(): Promise<Page> {
    const found = await this.#store.get(this.#key);
    return found
      ? { ledger: JSON.parse(new TextDecoder().decode(found.body)) as Ledger, etag: found.etag }
      : { ledger: newLedger(), etag: undefined };
  }

  /** @returns undefined when somebody else was first */
  async #write(ledger: Ledger, etag: string | undefined): Promise<Page | undefined> {
    try {
      const condition = etag === undefined ? ({ absent: true } as const) : { etag };
      const written = await this.#store.put(this.#key, jsonBytes(ledger), {
        condition,
        contentType: "application/json",
      });
      return { ledger, etag: written };
    } catch (error) {
      if (error instanceof ConditionFailed) return undefined;
      throw error;
    }
  }
}
