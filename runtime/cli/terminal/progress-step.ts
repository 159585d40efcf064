import type { RunSummary } from "../../dataset/run.ts";
import { formatBytes, formatNumberOf } from "../../publish/report/format.ts";

export type Phase = "extract" | "process" | "load" | "publish";

/** How far a dataset is. `done` and `total` count the same thing, whatever the phase works through. */
export interface ProgressStep {
  readonly phase: Phase;
  readonly done: number;
  readonly total: number;
  readonly requests: number;
  readonly rawBytes: number;
  readonly rows: number;
}

/** Shows how datasets get on. Every dataset is started before it steps. */
export interface Progress {
  /** @param total how much there is to do in the first phase, 0 when that is not known yet */
  start(dataset: string, title: string, total: number): void;
  step(dataset: string, step: ProgressStep): void;
  /** A line that stays. */
  note(text: string): void;
  finish(dataset: string, outcome: RunSummary["outcome"]): void;
  /** Gives the terminal back. Must be called in the end, also after an error: a bar keeps the process alive and the cursor hidden. */
  stop(): void;
}

/** `1,200 rows`, `12 requests`, `3.4 MB raw`. */
export function numbers({ requests, rawBytes, rows }: ProgressStep): string[] {
  return [formatNumberOf(rows, "row"), formatNumberOf(requests, "request"), `${formatBytes(rawBytes)} raw`];
}

/** Whole percent of the phase; 100 only when all is done, and when there is nothing to do. */
export function percentOf({ done, total }: Pick<ProgressStep, "done" | "total">): number {
  return total > 0 ? Math.floor((Math.min(done, total) / total) * 100) : 100;
}
