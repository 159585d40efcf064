import type { RunSummary } from "../../dataset/run.ts";
import { formatBytes, formatCount, formatDollars, formatDuration, formatInstant, formatNumberOf } from "./format.ts";
import type { ReportInput } from "./input.ts";
import { type Content, html, type Markup } from "./markup.ts";

type Tone = "good" | "warn" | "bad";

interface Figure {
  readonly label: string;
  readonly value: string;
  readonly note?: string;
  readonly tone?: Tone;
}

/** The head of the page: what it is about, whether all is well, and the figures that a reader looks for first. */
export function overview(input: ReportInput): Markup {
  const { tone, text } = verdict(input.summaries);
  return html`<header class="masthead">
<p class="brand"><svg viewBox="0 0 24 24" width="22" height="22" aria-hidden="true"><path d="M5 21V7a7 7 0 0 1 14 0v14M2.5 12.5c2.4-2 4.4-2 6.3 0s4 2 6.4 0 4.200-2 6.300 0M2.500 17.500c2.400-2 4.400-2 6.300 0s4 2 6.400 0 4.200-2 6.300 0"/></svg>Tidegate</p>
<p class="made"><time datetime="${input.generatedAt}">${formatInstant(input.generatedAt)}</time></p>
<h1>${input.title}</h1>
<p class="verdict ${tone}">${text}</p>
</header>
<dl class="figures">${figures(input).map(figure)}</dl>`;
}

/** One sentence on the worst that happened. */
export function verdict(summaries: readonly RunSummary[]): { tone: Tone; text: string } {
  const named = (those: readonly RunSummary[]) => those.map(({ dataset }) => dataset).join(", ");
  const failed = summaries.filter(({ outcome }) => outcome === "failed");
  const stopped = summaries.filter(({ outcome }) => outcome === "stopped");
  const gaps = sum(summaries, "gaps");
  const quarantined = sum(summaries, "quarantined");
  if (summaries.length === 0) return { tone: "warn", text: "No dataset has run yet." };
  if (failed.length > 0)
    return {
      tone: "bad",
      text: `${failed.length} of ${formatNumberOf(summaries.length, "dataset")} failed: ${named(failed)}.`,
    };
  if (stopped.length > 0)
    return { tone: "warn", text: `Stopped before the end: ${named(stopped)}. The next run goes on there.` };
  if (gaps > 0 || quarantined > 0) {
    const parts = [
      ...(gaps > 0 ? [formatNumberOf(gaps, "gap")] : []),
      ...(quarantined > 0 ? [`${formatNumberOf(quarantined, "record")} in quarantine`] : []),
    ];
    return { tone: "warn", text: `The runs are through, with ${parts.join(" and ")}.` };
  }
  if (summaries.some(({ warnings }) => warnings.length > 0))
    return { tone: "warn", text: "The runs are through, with warnings." };
  const isIdle = summaries.every(({ outcome }) => outcome === "nothing to do");
  return {
    tone: "good",
    text: isIdle
      ? "Nothing was left to ask for. No gaps, nothing in quarantine."
      : "Everything asked for is here. No gaps, nothing in quarantine.",
  };
}

function figures({ summaries, policy, monthlyCostUsd }: ReportInput): Figure[] {
  const gaps = sum(summaries, "gaps");
  const quarantined = sum(summaries, "quarantined");
  const newRows = sum(summaries, "newRows");
  return [
    {
      label: "Records",
      value: formatCount(sum(summaries, "rows")),
      note: newRows > 0 ? `${formatCount(newRows)} new` : "none new",
    },
    {
      label: "Partitions",
      value: formatCount(sum(summaries, "partitions")),
      note: `in ${formatNumberOf(summaries.length, "dataset")}`,
    },
    {
      label: "Requests",
      value: formatCount(sum(summaries, "requests")),
      note: `${formatBytes(sum(summaries, "rawBytes"))}, ${formatDuration(wallClock(summaries))}`,
    },
    { label: "Gaps", value: formatCount(gaps), tone: gaps > 0 ? "warn" : "good" },
    { label: "Quarantined", value: formatCount(quarantined), tone: quarantined > 0 ? "warn" : "good" },
    ...(policy ? [policyFigure(policy)] : []),
    ...(monthlyCostUsd === undefined
      ? []
      : [{ label: "Cloud estimate", value: formatDollars(monthlyCostUsd), note: "a month" }]),
  ];
}

function policyFigure({ passed, failed }: { passed: number; failed: number }): Figure {
  const rules = formatNumberOf(passed + failed, "rule");
  return failed > 0
    ? { label: "Policy", value: `${formatCount(failed)} failed`, note: `of ${rules}`, tone: "bad" }
    : { label: "Policy", value: "Passed", note: `all of ${rules}`, tone: "good" };
}

function figure({ label, value, note, tone }: Figure): Content {
  return html`<div${tone && html` class="${tone}"`}><dt>${label}</dt><dd>${value}${note && html`<small>${note}</small>`}</dd></div>`;
}

function sum(
  summaries: readonly RunSummary[],
  key: "rows" | "newRows" | "partitions" | "requests" | "rawBytes" | "gaps" | "quarantined",
): number {
  return summaries.reduce((total, summary) => total + summary[key], 0);
}

/** Datasets run side by side, so their seconds do not add up. */
function wallClock(summaries: readonly RunSummary[]): number {
  const starts = summaries.map(({ startedAt }) => Date.parse(startedAt));
  const ends = summaries.map(({ finishedAt }) => Date.parse(finishedAt));
  return summaries.length === 0 ? 0 : (Math.max(...ends) - Math.min(...starts)) / 1000;
}
