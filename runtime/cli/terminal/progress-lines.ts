import { formatCount, formatDuration } from "../../publish/report/format.ts";
import { numbers, type Progress, type ProgressStep, percentOf } from "./progress-step.ts";
import { printable } from "./style.ts";

interface Running {
  readonly startedAt: number;
  last?: { readonly step: ProgressStep; readonly tenth: number };
}

/** Progress as plain lines: at the start, at each new phase, at each further tenth of a phase, and at the end. */
export function createLines(stream: NodeJS.WritableStream, now: () => number): Progress {
  const running = new Map<string, Running>();
  const line = (text: string) => stream.write(`${printable(text)}\n`);
  return {
    start(dataset, title, total) {
      running.set(dataset, { startedAt: now() });
      line(`${dataset}: ${title}${total > 0 ? `, ${formatCount(total)} to do` : ""}`);
    },
    step(dataset, step) {
      const state = running.get(dataset);
      if (!state) return;
      const tenth = tenthOf(step);
      const isNews = state.last?.step.phase !== step.phase || tenth > state.last.tenth;
      state.last = { step, tenth: isNews ? tenth : (state.last?.tenth ?? tenth) };
      if (isNews) line(`${dataset}: ${step.phase} ${share(step)}, ${numbers(step).join(", ")}`);
    },
    note: line,
    finish(dataset, outcome) {
      const state = running.get(dataset);
      if (!state) return;
      running.delete(dataset);
      const seconds = formatDuration((now() - state.startedAt) / 1000);
      line([`${dataset}: ${outcome}`, ...(state.last ? numbers(state.last.step) : []), seconds].join(", "));
    },
    stop() {
      running.clear();
    },
  };
}

function tenthOf(step: ProgressStep): number {
  return Math.floor(percentOf(step) / 10);
}

function share(step: ProgressStep): string {
  return `${percentOf(step)} % (${formatCount(step.done)} of ${formatCount(step.total)})`;
}
