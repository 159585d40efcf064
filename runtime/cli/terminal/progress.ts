import { createBars } from "./progress-bars.ts";
import { createLines } from "./progress-lines.ts";
import type { Progress } from "./progress-step.ts";

export type { Phase, Progress, ProgressStep } from "./progress-step.ts";

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
