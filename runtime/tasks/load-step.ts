import type { Dataset } from "../dataset/definition.ts";
import { type RunError, toRunError } from "../dataset/run.ts";
import { type Loadable, load } from "../load/load.ts";
import { findLoadable } from "../load/loadable.ts";
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

/** Another run that writes the same files is met so often in a row at most. */
const RACES = 3;

/** Brings the targets up to the lake. One that fails leaves the others alone. */
export async function loadStep(options: LoadStepOptions): Promise<Loaded> {
  const { targets, signal, onProgress } = options;
  const rows: Partial<Record<TargetName, number>> = {};
  const errors: RunError[] = [];
  for (const [i, target] of targets.entries()) {
    if (signal.aborted) return { rows, errors, stopped: true };
    onProgress?.(i, targets.length);
    try {
      rows[target.name] = await loadInto(target, options);
    } catch (error) {
      if (signal.aborted) return { rows, errors, stopped: true };
      const { problem, ...rest } = toRunError(error);
      errors.push({ problem: `${target.name}: ${problem}`, ...rest });
    }
  }
  onProgress?.(targets.length, targets.length);
  return { rows, errors, stopped: false };
}

/** A load takes whole files or nothing. What another run wrote since they were processed is looked at, and loaded instead. */
async function loadInto(target: Target, { dataset, partitions, store, signal }: LoadStepOptions): Promise<number> {
  let files = partitions;
  for (let race = 1; ; race += 1)
    try {
      return await load(dataset, files, target, store);
    } catch (error) {
      const now = await asTheyAre(dataset, files, store).catch(() => files);
      const changed = now.some(({ digest }, i) => digest !== files[i]?.digest);
      if (!changed || race === RACES || signal.aborted) throw error;
      files = now;
    }
}

async function asTheyAre(dataset: Dataset, files: readonly Loadable[], store: Store): Promise<readonly Loadable[]> {
  const found = new Map((await findLoadable(dataset, files, store)).map((one) => [one.partition, one]));
  return files.map((file) => found.get(file.partition) ?? file);
}

/** Rows of a partition count once however many targets they went to. */
export const newRowsOf = ({ rows }: Pick<Loaded, "rows">): number => Math.max(0, ...Object.values(rows));
