/** What fails in parts of a program that nobody awaits, and that it does not end. */
export interface Failures {
  /** Rejects with the first failure; never resolves. */
  readonly first: Promise<never>;
  /** Does something whose error Pulumi would not pass on with its message. */
  noticing<T>(act: () => T): T;
  /** @throws the first failure, when there is one. */
  check(): void;
  stop(): void;
}

/**
 * Starts to collect failures. Pulumi lets such a failure end the process, so for the time of the evaluation other listeners
 * stand back.
 * @param patience milliseconds after which it counts as a failure that the program still goes on
 */
export function watchFailures(patience: number): Failures {
  const others = process.listeners("unhandledRejection");
  const seen: unknown[] = [];
  let reject: (reason: unknown) => void = () => {};
  const first = new Promise<never>((_resolve, rejecter) => {
    reject = rejecter;
  });
  first.catch(() => {});
  const listener = (reason: unknown) => {
    seen.push(reason);
    reject(reason);
  };
  const timer = setTimeout(() => {
    listener(new Error(`the program did not come to rest within ${patience / 1000} s: it waits for what never comes`));
  }, patience);
  process.removeAllListeners("unhandledRejection");
  process.on("unhandledRejection", listener);
  return {
    first,
    noticing(act) {
      try {
        return act();
      } catch (error) {
        listener(error);
        throw error;
      }
    },
    check() {
      if (seen.length > 0) throw seen[0];
    },
    stop() {
      clearTimeout(timer);
      process.removeListener("unhandledRejection", listener);
      for (const other of others) process.on("unhandledRejection", other);
    },
  };
}
