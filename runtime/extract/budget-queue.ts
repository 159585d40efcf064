import { randomUUID } from "node:crypto";
import type { Clock } from "../dataset/clock.ts";
import { messageOf } from "../dataset/errors.ts";
import type { Book } from "./budget-book.ts";
import { type Meter, memoryOf } from "./budget-rule.ts";
import { type Ended, serve, type Waiting } from "./budget-turns.ts";
import { NoAnswer } from "./failure.ts";

/**
 * How long a slot of a shared budget is held, in milliseconds. After that its request has reached the source or never will:
 * a client gives up a source of which it hears nothing for a minute.
 */
const LEASE = 120_000;

/** The reason for which a rest ends early; to make one each time would be dear. */
const WOKEN = new Error("woken");

interface Queued extends Waiting {
  admit(at: number): void;
  fail(error: Error): void;
}

/** Those who wait for a budget, and what of it is held here. */
export class BudgetQueue {
  /** The rules to go by, by name; more may come at any time. */
  readonly meters = new Map<string, Meter>();
  readonly #clock: Clock;
  readonly #book: Book;
  readonly #holder = randomUUID();
  #queue: Queued[] = [];
  #ended: Ended[] = [];
  #lastId = 0;
  #pausedUntil = 0;
  #pauseUntold = false;
  /** When those who wait may be served: at once as long as that is not known. */
  #next = 0;
  /** Only an answer can help those who wait, one of ours or of another holder. */
  #blocked = false;
  #closing = false;
  #serving: Promise<void> | undefined;
  #wake: () => void = () => {};

  constructor(clock: Clock, book: Book) {
    this.#clock = clock;
    this.#book = book;
  }

  /** No slot is used before this moment, Unix milliseconds; others who share the book are told at once. */
  pauseUntil(moment: number): void {
    if (moment <= this.#pausedUntil) return;
    this.#pausedUntil = moment;
    if (!this.#book.shared) return;
    this.#pauseUntold = true;
    this.#serve();
  }

  /**
   * Waits for a slot and for its moment.
   * @returns the slot's number @throws QuotaEnded, Refused, NoAnswer when the book cannot be reached, the signal's reason
   */
  async enter(cost: number, signal: AbortSignal, patience: number): Promise<number> {
    for (;;) {
      const { id, at } = await this.#enqueue(cost, signal, patience);
      let usable = false;
      try {
        usable = await this.#moment(at, signal);
      } finally {
        if (!usable) this.leave({ id, at: undefined });
      }
      if (usable) return id;
    }
  }

  /** Says at once what is over. */
  async close(): Promise<void> {
    this.#closing = true;
    this.#serve();
    await this.#serving;
    this.#closing = false;
  }

  /** Waits for the moment of a slot. @returns false when it must not be used: there is a pause now, or it is too old */
  async #moment(at: number, signal: AbortSignal): Promise<boolean> {
    for (;;) {
      signal.throwIfAborted();
      const now = this.#clock.now();
      if (this.#pausedUntil > Math.max(at, now) || (this.#book.shared && now > at + LEASE / 2)) return false;
      if (at <= now) return true;
      await this.#clock.sleep(Math.ceil(at - now), signal);
    }
  }

  #enqueue(cost: number, signal: AbortSignal, patience: number): Promise<{ id: number; at: number }> {
    return new Promise((resolve, reject) => {
      signal.throwIfAborted();
      this.#lastId += 1;
      const id = this.#lastId;
      const leave = (): void => {
        signal.removeEventListener("abort", abort);
        this.#queue = this.#queue.filter((other) => other !== queued);
      };
      const abort = (): void => {
        leave();
        reject(signal.reason);
        this.#next = 0;
        // It may be given a slot at this very moment.
        this.leave({ id, at: undefined });
      };
      const queued: Queued = {
        id,
        cost,
        patience,
        admit(at) {
          leave();
          resolve({ id, at });
        },
        fail(error) {
          leave();
          reject(error);
        },
      };
      signal.addEventListener("abort", abort, { once: true });
      this.#queue.push(queued);
      if (this.#queue.length === 1) this.#next = 0;
      this.#serve();
    });
  }

  /** Gives a slot back. */
  leave(ended: Ended): void {
    this.#ended.push(ended);
    this.#serve();
  }

  #serve(): void {
    this.#wake();
    this.#serving ??= this.#turns();
  }

  /** Serves until nobody waits and nothing is left to say. */
  async #turns(): Promise<void> {
    // Whoever comes while this begins is served with those who came first.
    await undefined;
    while (this.#queue.length || this.#ended.length || this.#pauseUntold) {
      const due = this.#due();
      if (due > this.#clock.now()) await this.#rest(due);
      else if (!(await this.#turn()) && !this.#queue.length) break;
    }
    this.#serving = undefined;
  }

  /** When the book is to be opened again. */
  #due(): number {
    if (this.#pauseUntold) return 0;
    const served = this.#queue.length ? this.#next : Number.POSITIVE_INFINITY;
    const [first] = this.#ended;
    if (!first) return served;
    // Others wait for it, too: but a few are said at once.
    const later = this.#book.shared && !this.#closing && !this.#blocked;
    return later ? Math.min(served, (first.at ?? 0) + this.#pace(5, 1_000)) : 0;
  }

  /** @returns false when the book could not be written */
  async #turn(): Promise<boolean> {
    const [waiting, ended] = [[...this.#queue], [...this.#ended]];
    const { shared } = this.#book;
    this.#pauseUntold = false;
    try {
      const served = await this.#book.update((ledger) =>
        serve(ledger, {
          holder: this.#holder,
          meters: [...this.meters.values()],
          waiting,
          ended,
          pausedUntil: this.#pausedUntil,
          now: this.#clock.now(),
          ahead: shared ? this.#pace(3, 2_000) : 0,
          lease: shared ? LEASE : Number.POSITIVE_INFINITY,
        }),
      );
      this.#ended = this.#ended.filter((one) => !ended.includes(one));
      this.#pausedUntil = Math.max(this.#pausedUntil, served.pausedUntil);
      this.#blocked = served.next === Number.POSITIVE_INFINITY;
      this.#next = this.#nextTry(served.next);
      for (const { waiting: one, at } of served.admitted) one.admit(at);
      for (const { waiting: one, error } of served.failed) one.fail(error);
      return true;
    } catch (error) {
      for (const one of waiting) {
        one.fail(new NoAnswer(`the shared budget cannot be reached: ${messageOf(error)}`, { cause: error }));
        this.#ended.push({ id: one.id, at: undefined });
      }
      return false;
    }
  }

  #nextTry(next: number | undefined): number {
    if (next === undefined) return 0;
    if (!this.#book.shared) return next;
    // Not all holders at the same moment.
    if (this.#blocked) return this.#clock.now() + this.#pace(5, 1_000) * (0.5 + Math.random());
    return next - this.#pace(3, 2_000) * (0.5 + Math.random() / 2);
  }

  /** A part of the time that the budget can bridge, in milliseconds, at most so many. */
  #pace(part: number, most: number): number {
    const bridged = [...this.meters.values()].filter(({ kind }) => kind !== "at once").map(memoryOf);
    return Math.min(most, Math.min(...bridged) / part);
  }

  async #rest(until: number): Promise<void> {
    const controller = new AbortController();
    const woken = new Promise<void>((resolve) => {
      this.#wake = () => {
        controller.abort(WOKEN);
        resolve();
      };
    });
    const wait = until - this.#clock.now();
    if (wait === Number.POSITIVE_INFINITY) await woken;
    else await this.#clock.sleep(Math.ceil(wait), controller.signal).catch(() => undefined);
    this.#wake = () => {};
  }
}
