import type { RunOutcome } from "../../publish/report/input.ts";
import { createBars } from "./progress-bars.ts";
import { createLines } from "./progress-lines.ts";

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
  start(dataset: string, title: string, total: number): void;
  step(dataset: string, step: ProgressStep): void;
  /** A line that stays. */
  note(text: string): void;
  finish(dataset: string, outcome: RunOutcome): void;
  /** Gives the terminal back. Must be called in the end, also after an error: a bar keeps the process alive and the cursor hidden. */
  stop(): void;
}

export interface ProgressOptions {
  /** Live bars, for a terminal; else plain lines without control characters. */
  readonly interactive: boolean;
  /** Unix milliseconds. @default Date.now */
  readonly now?: () => number;
}

export function createProgress(
  stream: NodeJS.WritableStream,
  { interactive, now = Date.now }: ProgressOptions,
): Progress {
  return interactive ? createBars(stream, now) : createLines(stream, now);
}
