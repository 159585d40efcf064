/** What fails in parts of a program that nobody awaits. */
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
 * Starts to collect failures. Pulumi lets such a failure end the process, so for the
 * time of the evaluation other listeners stand back.
 */
export function watchFailures(): Failures {
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
      process.removeListener("unhandledRejection", listener);
      for (const other of others) process.on("unhandledRejection", other);
    },
  };
}
