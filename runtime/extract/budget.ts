import type { Clock } from "../dataset/clock.ts";
import { milliseconds } from "../dataset/duration.ts";
import type { BudgetRule, ResolvedSource } from "../dataset/source.ts";

/** Says when the next request may start. A request counts as made at the latest moment the source may have counted it. */
interface Meter {
  /** Milliseconds until a request may start; Infinity when first one that is under way must end. */
  wait(now: number): number;
  started(): void;
  ended(now: number): void;
}

/**
 * A token bucket that no delay of the network can overdraw: a request takes its place when it starts, and its place begins
 * to be refilled only when its answer is there, for the source counted it at some unknown moment between the two.
 */
class Bucket implements Meter {
  readonly #capacity: number;
  readonly #interval: number;
  #level = 0;
  #at = 0;
  #underway = 0;

  constructor(requests: number, per: number, burst: number) {
    this.#capacity = burst;
    this.#interval = per / requests;
  }

  wait(now: number): number {
    this.#drain(now);
    const excess = this.#level + this.#underway + 1 - this.#capacity;
    if (excess <= 0) return 0;
    // By whole numbers: rounding could make `excess` more than `#level`, and nobody would be under way to wake the waiter.
    return this.#underway < this.#capacity ? excess * this.#interval : Number.POSITIVE_INFINITY;
  }

  started(): void {
    this.#underway += 1;
  }

  ended(now: number): void {
    this.#drain(now);
    this.#underway -= 1;
    this.#level += 1;
  }

  #drain(now: number): void {
    this.#level = Math.max(0, this.#level - (now - this.#at) / this.#interval);
    this.#at = now;
  }
}

/** At most `requests` in any stretch of the length `per`, again counted from the answers. */
class Stretch implements Meter {
  readonly #requests: number;
  readonly #per: number;
  #ended: number[] = [];
  #underway = 0;

  constructor(requests: number, per: number) {
    this.#requests = requests;
    this.#per = per;
  }

  wait(now: number): number {
    this.#ended = this.#ended.filter((at) => at > now - this.#per);
    const excess = this.#ended.length + this.#underway + 1 - this.#requests;
    if (excess <= 0) return 0;
    const leaves = this.#ended[excess - 1];
    return leaves === undefined ? Number.POSITIVE_INFINITY : leaves + this.#per - now;
  }

  started(): void {
    this.#underway += 1;
  }

  ended(now: number): void {
    this.#underway -= 1;
    this.#ended.push(now);
  }
}

/** The turns of everything that asks one source with one key. */
export class Budget {
  /** The most requests that can usefully be under way at once. */
  readonly concurrency: number;
  readonly #clock: Clock;
  readonly #meters: Meter[];
  #pausedUntil = 0;
  #turn: Promise<unknown> = Promise.resolve();
  #wake: () => void = () => {};

  constructor(rules: readonly BudgetRule[], clock: Clock) {
    this.#clock = clock;
    this.#meters = rules.map(({ requests, per, burst }) =>
      burst === undefined ? new Stretch(requests, milliseconds(per)) : new Bucket(requests, milliseconds(per), burst),
    );
    this.concurrency = Math.min(32, ...rules.map(({ requests, burst }) => burst ?? requests));
  }

  /** Runs the request when every rule allows it, first come first served. @throws the signal's reason */
  async spend<T>(request: () => Promise<T>, signal: AbortSignal): Promise<T> {
    const mine = this.#turn.then(() => this.#admit(signal));
    this.#turn = mine.catch(() => undefined);
    await mine;
    try {
      return await request();
    } finally {
      for (const meter of this.#meters) meter.ended(this.#clock.now());
      this.#wake();
    }
  }

  /** No request starts before this moment (Unix milliseconds): the source said that the budget is used up. */
  pauseUntil(moment: number): void {
    this.#pausedUntil = Math.max(this.#pausedUntil, moment);
  }

  async #admit(signal: AbortSignal): Promise<void> {
    for (;;) {
      signal.throwIfAborted();
      const now = this.#clock.now();
      const wait = Math.max(this.#pausedUntil - now, ...this.#meters.map((meter) => meter.wait(now)));
      if (wait <= 0) break;
      if (wait === Number.POSITIVE_INFINITY) await this.#nextAnswer(signal);
      else await this.#clock.sleep(Math.ceil(wait), signal);
    }
    for (const meter of this.#meters) meter.started();
  }

  #nextAnswer(signal: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const abort = (): void => reject(signal.reason);
      signal.addEventListener("abort", abort, { once: true });
      this.#wake = () => {
        signal.removeEventListener("abort", abort);
        resolve();
      };
    });
  }
}

/** One budget per host and secret, however many datasets ask. */
export class Budgets {
  readonly #clock: Clock;
  readonly #budgets = new Map<string, Budget>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  of(source: ResolvedSource): Budget {
    const secret = source.auth.kind === "none" ? "" : source.auth.secret;
    const name = `${new URL(source.url).host} ${secret}`;
    const known = this.#budgets.get(name);
    if (known) return known;
    const made = new Budget(source.budget, this.#clock);
    this.#budgets.set(name, made);
    return made;
  }
}
