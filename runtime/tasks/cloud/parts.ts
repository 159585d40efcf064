import type { RunError } from "../../dataset/run.ts";
import type { TargetName } from "../../load/target.ts";
import type { ProcessedPartition } from "../../process/process.ts";
import { readJson, writeJson } from "../../store/documents.ts";
import { runPartKey } from "../../store/layout.ts";
import type { RunInput } from "../input.ts";
import type { StepContext } from "./step.ts";

/** Part of a dataset that one task extracts. */
export interface Batch {
  /** From 0. */
  readonly batch: number;
  readonly partitions: readonly string[];
}

export interface Plan {
  readonly version: 1;
  readonly dataset: string;
  readonly run: string;
  readonly input: RunInput;
  /** ISO 8601; the start of the run. */
  readonly plannedAt: string;
  /** What is asked: half-open, ISO 8601. */
  readonly wanted: { readonly start: string; readonly end: string };
  /** Also what is covered already. */
  readonly again: boolean;
  /** The most batches that may be extracted at once. */
  readonly concurrency: number;
  readonly batches: readonly Batch[];
}

/** What a step met at its last attempt. */
interface Part {
  readonly version: 1;
  readonly errors: readonly RunError[];
  /** Before its end. */
  readonly stopped: boolean;
}

export interface ExtractPart extends Part {
  readonly batch: number;
  /** Of all attempts that could say how they ended. */
  readonly requests: number;
  readonly rawBytes: number;
  readonly warnings: readonly RunError[];
  /** When it can go on, ISO 8601, where a budget that is used up stopped it. */
  readonly resumeAt?: string;
}

export interface ProcessPart extends Part {
  readonly partitions: readonly ProcessedPartition[];
}

export interface LoadPart extends Part {
  /** Rows that all attempts loaded, by target. */
  readonly rows: Readonly<Partial<Record<TargetName, number>>>;
}

/** What a step leaves under the run's folder, by the name of the object. */
interface Parts {
  readonly plan: Plan;
  readonly process: ProcessPart;
  readonly load: LoadPart;
  readonly [extract: `extract-${number}`]: ExtractPart;
}

type Place = Pick<StepContext, "dataset" | "run" | "store">;

export async function readPart<N extends keyof Parts>(
  { dataset, run, store }: Place,
  name: N,
): Promise<Parts[N] | undefined> {
  return (await readJson<Parts[N]>(store, runPartKey(dataset.name, run, name)))?.value;
}

export async function writePart<N extends keyof Parts>(
  { dataset, run, store }: Place,
  name: N,
  part: Parts[N],
): Promise<void> {
  await writeJson(store, runPartKey(dataset.name, run, name), part);
}
