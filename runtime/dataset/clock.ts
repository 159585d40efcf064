import { setTimeout as delay } from "node:timers/promises";

/** Time as the runtime sees it; tests give their own. */
export interface Clock {
  /** Unix milliseconds. */
  now(): number;
  /** @throws the signal's reason when it is aborted meanwhile */
  sleep(milliseconds: number, signal: AbortSignal): Promise<void>;
}

export const systemClock: Clock = {
  now: () => Date.now(),
  async sleep(milliseconds, signal) {
    signal.throwIfAborted();
    // Longer delays than 2^31 - 1 ms overflow Node's timers and would fire at once.
    await delay(Math.min(milliseconds, 2_147_483_647), undefined, { signal }).catch((error) => {
      signal.throwIfAborted();
      throw error;
    });
  },
};
