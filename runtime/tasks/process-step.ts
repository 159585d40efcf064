import type { Dataset } from "../dataset/definition.ts";
import { type RunError, toRunError } from "../dataset/run.ts";
import { type ProcessedPartition, processPartition } from "../process/process.ts";
import type { Store } from "../store/store.ts";

export interface ProcessStepOptions {
  readonly dataset: Dataset;
  readonly store: Store;
  /** Stops it between two partitions. */
  readonly signal: AbortSignal;
  /** @param rows of the partitions that are done */
  onProgress?(done: number, total: number, rows: number): void;
}

export interface Processed {
  readonly partitions: readonly ProcessedPartition[];
  readonly errors: readonly RunError[];
  readonly stopped: boolean;
}

/** Processes every partition. One that fails leaves the others alone. */
export async function processStep({ dataset, store, signal, onProgress }: ProcessStepOptions): Promise<Processed> {
  const { values } = dataset.partitions;
  const partitions: ProcessedPartition[] = [];
  const errors: RunError[] = [];
  let rows = 0;
  for (const [i, partition] of values.entries()) {
    if (signal.aborted) return { partitions, errors, stopped: true };
    try {
      const result = await processPartition(dataset, partition, store);
      if (result) partitions.push(result);
      rows += result?.rows ?? 0;
    } catch (error) {
      errors.push({ partition, ...toRunError(error) });
    }
    onProgress?.(i + 1, values.length, rows);
  }
  return { partitions, errors, stopped: false };
}
