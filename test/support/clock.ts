import { setImmediate as settled } from "node:timers/promises";
import type { Clock } from "../../runtime/dataset/clock.ts";

export { JumpingClock } from "../../runtime/replay/clock.ts";

interface Sleeper {
  readonly at: number;
  readonly wake: () => void;
}

/** A world in which time passes only while everybody in it sleeps, then straight to the first who wakes. */
export class SimulatedClock implements Clock {
  readonly #sleepers: Sleeper[] = [];
  #now: number;

  constructor(start = 1_000_000) {
    this.#now = start;
  }

  now(): number {
    return this.#now;
  }

  sleep(milliseconds: number, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      signal?.throwIfAborted();
      const abort = (): void => {
        this.#sleepers.splice(this.#sleepers.indexOf(sleeper), 1);
        reject(signal?.reason);
      };
      const wake = (): void => {
        signal?.removeEventListener("abort", abort);
        resolve();
      };
      const sleeper: Sleeper = { at: this.#now + milliseconds, wake };
      const following = this.#sleepers.findIndex(({ at }) => at > sleeper.at);
      this.#sleepers.splice(following < 0 ? this.#sleepers.length : following, 0, sleeper);
      signal?.addEventListener("abort", abort, { once: true });
    });
  }

  /** Lets time pass until the work is done. @throws when everybody waits for something that no time brings */
  async run<T>(work: Promise<T>): Promise<T> {
    let done = false;
    const ended = (): void => {
      done = true;
    };
    work.then(ended, ended);
    for (;;) {
      await settled();
      if (done) return work;
      const first = this.#sleepers.shift();
      if (!first) throw new Error("nobody will ever wake");
      this.#now = Math.max(this.#now, first.at);
      first.wake();
    }
  }
}
