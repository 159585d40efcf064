import type { Clock } from "../dataset/clock.ts";

/** A clock on which every sleep is over at once, with the time passed: give its `now` to the servers as well. */
export class JumpingClock implements Clock {
  /** What was slept, in milliseconds. */
  readonly slept: number[] = [];
  readonly now = (): number => this.#now;
  #now: number;

  /** @param start Unix milliseconds */
  constructor(start: number) {
    this.#now = start;
  }

  async sleep(milliseconds: number, signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    this.slept.push(milliseconds);
    this.#now += milliseconds;
  }
}
