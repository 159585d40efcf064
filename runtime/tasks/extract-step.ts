import type { Clock } from "../dataset/clock.ts";
import type { Dataset } from "../dataset/definition.ts";
import { milliseconds } from "../dataset/duration.ts";
import type { Interval } from "../dataset/interval.ts";
import { type RunError, toRunError } from "../dataset/run.ts";
import type { Budget } from "../extract/budget.ts";
import { type ExtractProgress, extract } from "../extract/extract.ts";
import type { Fetch } from "../extract/request.ts";
import type { Store } from "../store/store.ts";

export interface ExtractStepOptions {
  readonly dataset: Dataset;
  readonly store: Store;
  readonly budget: Budget;
  readonly clock: Clock;
  readonly fetch: Fetch;
  /** Stops it at a safe point. */
  readonly signal: AbortSignal;
  /** The value of a secret, undefined when it is not set. */
  secret(name: string): string | undefined;
  readonly run: string;
  readonly wanted: Interval;
  /** What of a partition need not be asked. @default its coverage */
  known?(partition: string): Promise<readonly Interval[]>;
  /** First wait before a request is tried again, in milliseconds. @default 1000 */
  readonly retryDelay?: number | undefined;
  onProgress?(progress: ExtractProgress): void;
}

/** What a step of extraction did and met. */
export interface Extracted {
  readonly requests: number;
  readonly rawBytes: number;
  readonly errors: readonly RunError[];
  /** The one among the errors that only time mends. */
  readonly quota?: RunError;
  readonly warnings: readonly RunError[];
  /** By the signal or by the dataset's deadline. */
  readonly stopped: boolean;
  /** What is known complete after it, by partition; not of all when it was stopped. */
  readonly coverage: ReadonlyMap<string, readonly Interval[]>;
}

/** Node fires longer timers at once. */
const LONGEST_TIMER = 2 ** 31 - 1;

/** Extracts until the dataset's deadline. It never throws for what a source, a user or a disk did. */
export async function extractStep(options: ExtractStepOptions): Promise<Extracted> {
  const { dataset, signal, retryDelay = 1_000, onProgress } = options;
  let progress: ExtractProgress = { done: 0, total: 0, requests: 0, rawBytes: 0 };
  const ended = (found: Partial<Extracted>): Extracted => ({
    requests: progress.requests,
    rawBytes: progress.rawBytes,
    errors: [],
    warnings: [],
    stopped: false,
    coverage: new Map(),
    ...found,
  });
  const secret = readSecret(options);
  if ("missing" in secret) return ended({ errors: [secret.missing] });
  const deadline = AbortSignal.timeout(Math.min(milliseconds(dataset.deadline), LONGEST_TIMER));
  try {
    const result = await extract({
      ...options,
      signal: AbortSignal.any([signal, deadline]),
      secret: secret.value,
      retryDelay,
      onProgress: (latest) => {
        progress = latest;
        onProgress?.(latest);
      },
    });
    const warnings = result.skipped.map((partition) => ({ partition, problem: "the source does not know it" }));
    const { problems: errors, quota, coverage } = result;
    return ended({ errors, ...(quota ? { quota } : {}), warnings, coverage });
  } catch (error) {
    if (!signal.aborted && !deadline.aborted) return ended({ errors: [toRunError(error)] });
    const late = {
      problem: `stopped at its deadline of ${dataset.deadline}`,
      fix: "run again: it goes on where it stopped",
    };
    return ended({ stopped: true, warnings: deadline.aborted ? [late] : [] });
  }
}

function readSecret({
  dataset,
  secret,
}: ExtractStepOptions): { readonly value: string | undefined } | { readonly missing: RunError } {
  const { auth } = dataset.source;
  if (auth.kind === "none") return { value: undefined };
  // Files and secret managers like to end a value with a newline, which no header may contain.
  const value = secret(auth.secret)?.trim();
  if (value) return { value };
  return {
    missing: {
      problem: `needs a token: ${auth.secret} is not set`,
      fix: `export ${auth.secret}=<your token>, then run again`,
    },
  };
}
