import type { Clock } from "../../dataset/clock.ts";
import type { Dataset } from "../../dataset/definition.ts";
import type { Fetch } from "../../extract/request.ts";
import type { Target } from "../../load/target.ts";
import type { Store } from "../../store/store.ts";

/** What every step of a run in the cloud works with. */
export interface StepContext {
  readonly dataset: Dataset;
  readonly run: string;
  readonly store: Store;
  readonly targets: readonly Target[];
  readonly clock: Clock;
  readonly fetch: Fetch;
  /** Stops a step at a safe point. */
  readonly signal: AbortSignal;
  secret(name: string): string | undefined;
}

/** Exit codes of a task. 75 is EX_TEMPFAIL of sysexits.h: what was done is kept, run the step again. */
export const EXIT = { done: 0, failed: 1, stopped: 75 } as const;

export type Exit = (typeof EXIT)[keyof typeof EXIT];

export interface StepResult {
  readonly exit: Exit;
  /** For the log. */
  readonly numbers: object;
}

export const exitOf = ({
  stopped,
  errors,
}: {
  readonly stopped: boolean;
  readonly errors: readonly unknown[];
}): Exit => (stopped ? EXIT.stopped : errors.length ? EXIT.failed : EXIT.done);
