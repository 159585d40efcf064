import type { Dataset } from "../dataset/definition.ts";
import { type RunError, toRunError } from "../dataset/run.ts";
import type { ProcessedPartition } from "../process/process.ts";
import { Processor } from "../process/processor.ts";
import type { Store } from "../store/store.ts";

export interface ProcessStepOptions {
  readonly dataset: Dataset;
  readonly store: Store;
  /** Stops it between two partitions. */
  readonly signal: AbortSignal;
  /** Where partitions may have been added already; it is closed. @default a new one, in this thread */
  readonly processor?: Processor;
  /** @param rows of the partitions that are done */
  onProgress?(done: number, total: number, rows: number): void;
}

export interface Processed {
  readonly partitions: readonly ProcessedPartition[];
  readonly errors: readonly RunError[];
  readonly stopped: boolean;
}

/** Processes every partition. One that fails leaves the others alone. */
export async function processStep(options: ProcessStepOptions): Promise<Processed> {
  const { dataset, store, signal, onProgress, processor = new Processor({ dataset, store }) } = options;
  const { values } = dataset.partitions;
  const found = new Map<string, ProcessedPartition>();
  const failed = new Map<string, RunError>();
  let [done, rows] = [0, 0];
  for (const partition of values)
    processor
      .add(partition)
      .then(
        (result) => {
          if (result) found.set(partition, result);
          rows += result?.rows ?? 0;
        },
        (error) => {
          failed.set(partition, { partition, ...toRunError(error) });
        },
      )
      .then(() => {
        done += 1;
        onProgress?.(done, values.length, rows);
      });
  await processor.finish(signal);
  await processor.close();
  return {
    partitions: values.flatMap((partition) => found.get(partition) ?? []),
    errors: values.flatMap((partition) => failed.get(partition) ?? []),
    stopped: done < values.length,
  };
}
