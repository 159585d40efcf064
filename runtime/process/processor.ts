import { availableParallelism } from "node:os";
import { fileURLToPath } from "node:url";
import { Piscina } from "piscina";
import type { Dataset } from "../dataset/definition.ts";
import { FolderStore } from "../store/folder.ts";
import type { Store } from "../store/store.ts";
import { definitionDigest } from "./definition-digest.ts";
import { PartitionProcessor, type ProcessedPartition } from "./process.ts";
import type { WorkerData } from "./worker.ts";

export interface ProcessorOptions {
  readonly dataset: Dataset;
  readonly store: Store;
  /** URL of a module that exports the dataset, for other threads. @default none: everything is done in this one */
  readonly definitions?: string | undefined;
}

interface Queued {
  readonly partition: string;
  readonly settle: (result: Promise<ProcessedPartition | undefined>) => void;
}

/** Partitions below which another thread is not worth its start. */
const FEW = 8;

/** The most threads beside this one. */
const THREADS = 4;

/** Partitions that a thread has at once: it need not wait for the disk, nor until this one hands over the next. */
const AT_ONCE = 2;

/** What a thread may hold, in MiB. */
const MEMORY = { maxYoungGenerationSizeMb: 24 };

/**
 * Processes partitions of a dataset, beside other work where there is a thread for it: those that are added begin at once in
 * other threads, and this one takes part when it waits for all of them.
 */
export class Processor {
  readonly #local: PartitionProcessor;
  readonly #pool: Piscina | undefined;
  readonly #queue: Queued[] = [];
  readonly #results = new Map<string, Promise<ProcessedPartition | undefined>>();
  readonly #begun = new Set<Promise<unknown>>();
  /** Partitions that the threads could take. */
  #places = 0;

  constructor({ dataset, store, definitions }: ProcessorOptions) {
    this.#local = new PartitionProcessor(dataset, store);
    // Another kind of store may not be the same one when it is opened again by its location.
    if (definitions === undefined || !(store instanceof FolderStore) || dataset.partitions.values.length < FEW) return;
    const threads = Math.min(THREADS, availableParallelism() - 1);
    if (threads === 0) return;
    this.#places = threads * AT_ONCE;
    this.#pool = startPool(threads, {
      ...{ definitions, dataset: dataset.name, location: store.location },
      digest: definitionDigest(dataset),
    });
  }

  /** The partition's raw is as complete as this run makes it. @returns its records, once somebody has had the time */
  add(partition: string): Promise<ProcessedPartition | undefined> {
    const known = this.#results.get(partition);
    if (known) return known;
    const { promise, resolve } = Promise.withResolvers<ProcessedPartition | undefined>();
    // Whoever waits for the result meets the error; until then it is nobody's.
    promise.catch(() => undefined);
    this.#results.set(partition, promise);
    this.#queue.push({ partition, settle: resolve });
    this.#serve();
    return promise;
  }

  /** Returns when all that was added is done; an aborted signal leaves what has not begun. */
  async finish(signal: AbortSignal): Promise<void> {
    for (let next = this.#next(signal); next; next = this.#next(signal))
      await this.#begin(next, this.#local.process(next.partition));
    await Promise.all(this.#begun);
    if (this.#queue.length > 0 && !signal.aborted) await this.finish(signal);
  }

  async close(): Promise<void> {
    this.#queue.length = 0;
    await this.#pool?.destroy();
  }

  #next(signal: AbortSignal): Queued | undefined {
    if (signal.aborted) this.#queue.length = 0;
    return this.#queue.shift();
  }

  #serve(): void {
    if (!this.#pool || this.#places === 0) return;
    const next = this.#queue.shift();
    if (!next) return;
    this.#places -= 1;
    this.#begin(next, this.#pool.run(next.partition)).then(() => {
      this.#places += 1;
      this.#serve();
    });
  }

  /** @returns when it is done, however it ended */
  #begin({ settle }: Queued, work: Promise<ProcessedPartition | undefined>): Promise<void> {
    settle(work);
    const done = work.then(
      () => undefined,
      () => undefined,
    );
    this.#begun.add(done);
    return done.finally(() => this.#begun.delete(done));
  }
}

const startPool = (threads: number, workerData: WorkerData): Piscina =>
  new Piscina({
    filename: fileURLToPath(new URL("./worker.ts", import.meta.url)),
    workerData,
    minThreads: 1,
    maxThreads: threads,
    concurrentTasksPerWorker: AT_ONCE,
    resourceLimits: MEMORY,
  });
