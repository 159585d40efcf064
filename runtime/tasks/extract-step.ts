import type { Clock } from "../dataset/clock.ts";
import { type Dataset, secretsOf } from "../dataset/definition.ts";
import { milliseconds } from "../dataset/duration.ts";
import type { Interval } from "../dataset/interval.ts";
import { type RunError, toRunError } from "../dataset/run.ts";
import type { Budget } from "../extract/budget.ts";
import { type ExtractProgress, type ExtractResult, extract } from "../extract/extract.ts";
import type { Fetch } from "../extract/request.ts";
import type { Store } from "../store/store.ts";

export interface ExtractStepOptions {
  /** Its partitions are known. */
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
  /** The end of all that can be complete, however little of it is wanted. */
  readonly complete?: number;
  /** Whether a person has named the partitions. */
  readonly named?: boolean;
  /** What of a partition need not be asked. @default its coverage */
  known?(partition: string): Promise<readonly Interval[]>;
  /** First wait before a request is tried again, in milliseconds. @default 1000 */
  readonly retryDelay?: number | undefined;
  onProgress?(progress: ExtractProgress): void;
  /** Called when it is done with a partition, whatever became of it. */
  onPartition?(partition: string): void;
}

/** What a step of extraction did and met. */
export interface Extracted {
  readonly requests: number;
  readonly rawBytes: number;
  readonly errors: readonly RunError[];
  readonly warnings: readonly RunError[];
  /** By the signal, by the dataset's deadline, by a budget that is used up, or because another run holds a part of it. */
  readonly stopped: boolean;
  /** When the budget is there again, Unix milliseconds. */
  readonly resumeAt?: number;
  /** What is known of each partition after it; not of all when it was stopped. */
  readonly states: ExtractResult["states"];
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
    states: new Map(),
    ...found,
  });
  const secrets = readSecrets(options);
  if ("missing" in secrets) return ended({ errors: [secrets.missing] });
  const deadline = AbortSignal.timeout(Math.min(milliseconds(dataset.deadline), LONGEST_TIMER));
  try {
    const result = await extract({
      ...options,
      signal: AbortSignal.any([signal, deadline]),
      secret: (name) => secrets.values.get(name) ?? "",
      retryDelay,
      onProgress: (latest) => {
        progress = latest;
        onProgress?.(latest);
      },
    });
    return ended(outcomeOf(result));
  } catch (error) {
    if (!signal.aborted && !deadline.aborted) return ended({ errors: [toRunError(error)] });
    const late = {
      problem: `stopped at its deadline of ${dataset.deadline}`,
      fix: "run again: it goes on where it stopped",
    };
    return ended({ stopped: true, warnings: deadline.aborted ? [late] : [] });
  }
}

function outcomeOf({ problems, quota, skipped, busy, states }: ExtractResult): Partial<Extracted> {
  const left = busy.map((partition) => ({ partition, problem: "is being brought in by another run" }));
  const pause = quota && { problem: quota.problem, ...(quota.fix ? { fix: quota.fix } : {}) };
  return {
    errors: problems,
    warnings: [...skipped, ...left, ...(pause ? [pause] : [])],
    stopped: quota !== undefined || busy.length > 0,
    ...(quota ? { resumeAt: quota.until } : {}),
    states,
  };
}

function readSecrets({
  dataset,
  secret,
}: ExtractStepOptions): { readonly values: ReadonlyMap<string, string> } | { readonly missing: RunError } {
  // Files and secret managers like to end a value with a newline, which no header may contain.
  const values = new Map(secretsOf(dataset).map((name) => [name, secret(name)?.trim() ?? ""]));
  const missing = [...values].flatMap(([name, value]) => (value ? [] : [name]));
  if (missing.length === 0) return { values };
  const [only] = missing;
  return {
    missing:
      missing.length === 1
        ? {
            problem: `needs a token: ${only} is not set`,
            fix: `export ${only}=<your token>, then run again`,
          }
        : {
            problem: `needs secrets: ${missing.join(", ")} are not set`,
            fix: `export ${missing.map((name) => `${name}=<value>`).join(" ")}, then run again`,
          },
  };
}
