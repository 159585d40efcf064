import type { Interval } from "../../dataset/interval.ts";
import type { PartitionCoverage, RunSummary } from "../../dataset/run.ts";
import { type CoverageState, coverageDomain, layLane, type Piece } from "./coverage.ts";
import { formatCount, formatDate, formatNumberOf } from "./format.ts";
import { type Content, html, type Markup } from "./markup.ts";
import { timeTicks } from "./time-axis.ts";

const words: Record<CoverageState, string> = {
  covered: "covered",
  empty: "covered, but empty",
  gap: "gap",
  pending: "not yet",
};
const states = Object.keys(words) as CoverageState[];
const mostTicks = 8;
/** From this many partitions on a reader gets a filter, and the rows are lower. */
export const manyPartitions = 20;

/** For every partition, what is known complete: picture and table in one. */
export function coverageSection(summaries: readonly RunSummary[]): Markup | undefined {
  const pictures = summaries.map(picture).filter((each) => each !== undefined);
  if (pictures.length === 0) return undefined;
  return html`<section aria-labelledby="coverage">
<div class="head">
<h2 id="coverage">Coverage</h2>
<ul class="legend">${states.map((state) => html`<li><svg width="18" height="10" aria-hidden="true"><rect class="${state}" width="100%" height="100%" rx="2"/></svg>${words[state]}</li>`)}</ul>
</div>
<svg class="hidden" width="0" height="0" aria-hidden="true"><defs><pattern id="hatch" width="5" height="5" patternUnits="userSpaceOnUse" patternTransform="rotate(45)"><rect class="hatch-ground" width="5" height="5"/><rect class="hatch-line" width="1.6" height="5"/></pattern></defs></svg>
${pictures}
<div class="tip" id="tip" role="tooltip" hidden></div>
</section>`;
}

function picture({ dataset, title, coverage }: RunSummary): Markup | undefined {
  const domain = coverageDomain(coverage);
  if (!domain) return undefined;
  const isMany = coverage.length >= manyPartitions;
  const count = formatNumberOf(coverage.length, "partition");
  return html`<div class="card coverage"${isMany && html` data-many`}>
<div class="head"><h3>${title} <small>${count}, ${formatDate(isoOf(domain.start))} to ${lastDay(domain)}</small></h3>
${isMany && html`<div class="filter"><label>Partition <input type="search" autocomplete="off" spellcheck="false"></label><label><input type="checkbox"> Only gaps and empty days</label><output></output></div>`}</div>
<div class="scroll lanes" role="region" aria-label="Coverage of ${dataset}" tabindex="0">
<table>
<caption class="hidden">Coverage of ${dataset}: for each partition what is covered, empty, missing or not fetched yet</caption>
<thead><tr><th scope="col">Partition</th><th scope="col" class="lane">${axis(domain)}<span class="hidden">Coverage</span></th><th scope="col" class="number">Rows</th><th scope="col" class="number">First</th><th scope="col" class="number">Last</th><th scope="col" class="number">Gap spans</th><th scope="col" class="number">Empty</th></tr></thead>
<tbody>${coverage.map((partition) => lane(partition, domain))}</tbody>
</table>
</div>
</div>`;
}

function axis(domain: Interval): Markup {
  return html`<svg width="100%" height="16" aria-hidden="true">${timeTicks(domain, mostTicks).map(({ x, label }) => {
    const anchor = x < 0.03 ? "start" : x > 0.97 ? "end" : "middle";
    return html`<text x="${percent(x)}" y="12" text-anchor="${anchor}">${label}</text>`;
  })}</svg>`;
}

function lane(partition: PartitionCoverage, domain: Interval): Content {
  const { partition: name, rows, first, last, gaps, missing } = partition;
  const isFlawed = gaps.length > 0 || missing.length > 0;
  const spoken = `${name}: ${formatNumberOf(partition.covered.length, "covered span")}, ${formatNumberOf(gaps.length, "gap")}, ${formatNumberOf(missing.length, "empty day")}`;
  return html`<tr data-partition="${name}"${isFlawed && html` data-flawed`}><th scope="row">${name}</th><td class="lane"><svg width="100%" height="14" role="img" aria-label="${spoken}">${layLane(partition, domain).map(piece)}</svg></td><td class="number">${formatCount(rows)}</td><td class="number">${formatDate(first)}</td><td class="number">${formatDate(last)}</td><td class="number">${attention(gaps.length)}</td><td class="number">${attention(missing.length)}</td></tr>
`;
}

function piece({ state, x, width, spans }: Piece): Content {
  const height = state === "gap" ? 14 : 8;
  return html`<rect class="${state}" x="${percent(x)}" width="${percent(width)}" y="${(14 - height) / 2}" height="${height}" data-tip="${describe(state, spans)}"/>`;
}

/** `gap, 2008-01-02 to 2008-01-04 (3 days)`. */
export function describe(state: CoverageState, spans: readonly Interval[]): string {
  const whole = { start: spans[0]?.start ?? 0, end: spans.at(-1)?.end ?? 0 };
  const days = Math.round(spans.reduce((total, { start, end }) => total + (end - start), 0) / 86_400_000);
  const from = formatDate(isoOf(whole.start));
  const period = from === lastDay(whole) ? from : `${from} to ${lastDay(whole)}`;
  const amount =
    spans.length > 1
      ? `${formatCount(spans.length)} times, ${formatNumberOf(days, "day")}`
      : formatNumberOf(days, "day");
  return `${words[state]}, ${period} (${amount})`;
}

function attention(count: number): Content {
  return count > 0 ? html`<strong class="warn">${formatCount(count)}</strong>` : "0";
}

function lastDay({ end }: Interval): string {
  return formatDate(isoOf(end - 1));
}

function isoOf(milliseconds: number): string {
  return new Date(milliseconds).toISOString();
}

function percent(fraction: number): string {
  return `${Number((fraction * 100).toFixed(3))}%`;
}
