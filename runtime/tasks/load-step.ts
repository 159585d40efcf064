import type { Dataset } from "../dataset/definition.ts";
import { type RunError, toRunError } from "../dataset/run.ts";
import { type Loadable, load } from "../load/load.ts";
import type { Target, TargetName } from "../load/target.ts";
import type { Store } from "../store/store.ts";

export interface LoadStepOptions {
  readonly dataset: Dataset;
  readonly partitions: readonly Loadable[];
  readonly targets: readonly Target[];
  readonly store: Store;
  /** Stops it between two targets; a target may also stop by itself, which has no effect then. */
  readonly signal: AbortSignal;
  onProgress?(done: number, total: number): void;
}

export interface Loaded {
  /** Rows that were loaded, by target. */
  readonly rows: Readonly<Partial<Record<TargetName, number>>>;
  readonly errors: readonly RunError[];
  readonly stopped: boolean;
}

/** Brings the targets up to the lake. One that fails leaves the others alone. */
export async function loadStep(options: LoadStepOptions): Promise<Loaded> {
  const { dataset, partitions, targets, store, signal, onProgress } = options;
  const rows: Partial<Record<TargetName, number>> = {};
  const errors: RunError[] = [];
  for (const [i, target] of targets.entries()) {
    if (signal.aborted) return { rows, errors, stopped: true };
    onProgress?.(i, targets.length);
    try {
      rows[target.name] = await load(dataset, partitions, target, store);
    } catch (error) {
      if (signal.aborted) return { rows, errors, stopped: true };
      const { problem, ...rest } = toRunError(error);
      errors.push({ problem: `${target.name}: ${problem}`, ...rest });
    }
  }
  onProgress?.(targets.length, targets.length);
  return { rows, errors, stopped: false };
}

/** Rows of a partition count once however many targets they went to. */
export const newRowsOf = ({ rows }: Pick<Loaded, "rows">): number => Math.max(0, ...Object.values(rows));
