import { MultiBar, type SingleBar } from "cli-progress";
import type { RunSummary } from "../../dataset/run.ts";
import { formatDuration } from "../../publish/report/format.ts";
import { numbers, type Progress, type ProgressStep, percentOf } from "./progress-step.ts";
import { type Format, paint, printable } from "./style.ts";
import { terminalWidth, wrap } from "./width.ts";

interface Payload {
  readonly dataset: string;
  readonly startedAt: number;
  readonly step?: ProgressStep;
  readonly end?: { readonly outcome: RunSummary["outcome"]; readonly seconds: number };
}

const clearToEndOfLine = "\u001b[K";
const barWidth = { least: 8, most: 28 };
const outcomeFormats: Record<RunSummary["outcome"], Format> = {
  done: "green",
  "nothing to do": "green",
  stopped: "yellow",
  failed: "red",
};

/** Progress as one live bar a dataset, with notes above the bars. */
export function createBars(stream: NodeJS.WritableStream, now: () => number): Progress {
  const bars = new Map<string, { readonly bar: SingleBar; payload: Payload }>();
  const line = (payload: Payload, width: number) => {
    const nameWidth = Math.max(...[...bars.keys()].map((name) => name.length));
    return barLine(stream, payload, { nameWidth, width, now });
  };
  const board = new MultiBar({
    stream,
    format: (_options, { maxWidth }, payload: Payload) => line(payload, maxWidth),
    hideCursor: true,
    gracefulExit: false,
    forceRedraw: true,
    clearOnComplete: true,
  });
  const note = (text: string) => {
    const lines = wrap(printable(text), terminalWidth(stream) - 1);
    if (bars.size === 0) stream.write(`${lines.join("\n")}\n`);
    else for (const each of lines) board.log(`${each}${clearToEndOfLine}\n`);
  };
  return {
    start(dataset, title, total) {
      note(`${dataset}: ${title}`);
      const payload = { dataset: printable(dataset), startedAt: now() };
      bars.set(dataset, { bar: board.create(total, 0, { ...payload }), payload });
    },
    step(dataset, step) {
      const entry = bars.get(dataset);
      if (!entry) return;
      entry.payload = { ...entry.payload, step };
      entry.bar.setTotal(step.total);
      entry.bar.update(step.done, entry.payload);
    },
    note,
    finish(dataset, outcome) {
      const entry = bars.get(dataset);
      if (!entry) return;
      entry.payload = { ...entry.payload, end: { outcome, seconds: (now() - entry.payload.startedAt) / 1000 } };
      entry.bar.update(entry.payload);
    },
    stop() {
      if (bars.size === 0) return;
      // The library drops pending notes when it stops, and cuts the last picture without regard to colours: so update first, paint last.
      board.update();
      board.stop();
      for (const { payload } of bars.values()) stream.write(`${line(payload, terminalWidth(stream))}\n`);
      bars.clear();
    },
  };
}

interface Frame {
  readonly nameWidth: number;
  readonly width: number;
  readonly now: () => number;
}

/** One bar in less than `width` characters: the bar shrinks first, then what does not fit is left out from the right. */
export function barLine(stream: NodeJS.WritableStream, payload: Payload, { nameWidth, width, now }: Frame): string {
  const { step, end, startedAt } = payload;
  const isComplete = end?.outcome === "done" || end?.outcome === "nothing to do";
  const percent = isComplete ? 100 : step ? percentOf(step) : 0;
  const state = (end?.outcome ?? step?.phase ?? "starts").padEnd("nothing to do".length);
  const seconds = formatDuration(end ? end.seconds : Math.floor((now() - startedAt) / 1000));
  const texts = [
    `${percent} %`.padStart(5),
    state,
    seconds.padStart(5),
    ...(step ? numbers(step).map((text) => text.padStart(12)) : []),
  ];

  const name = payload.dataset.padEnd(nameWidth);
  const room = () => width - 1 - [name, "", ...texts].join("  ").length;
  while (texts.length > 1 && room() < barWidth.least) texts.pop();
  if (room() < barWidth.least) return [name, ...texts].join("  ").slice(0, Math.max(0, width - 1));
  const length = Math.min(barWidth.most, room());
  const filled = Math.round((length * percent) / 100);
  const bar = `${paint(stream, "cyan", "━".repeat(filled))}${paint(stream, "dim", "─".repeat(length - filled))}`;
  const [share, outcome, ...rest] = texts;
  const painted = outcome && end ? paint(stream, outcomeFormats[end.outcome], outcome) : outcome;
  return [paint(stream, "bold", name), bar, share, painted, ...rest]
    .filter((text) => text !== undefined)
    .join("  ")
    .trimEnd();
}
