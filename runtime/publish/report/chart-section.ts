import type { DatasetChart } from "./chart-data.ts";
import { formatCount } from "./format.ts";
import { html, type Markup } from "./markup.ts";

const ranges = [
  { label: "6 months", days: 183 },
  { label: "1 year", days: 366 },
  { label: "5 years", days: 1_827 },
] as const;

/** The price chart's frame and controls; the lines are drawn in the browser. */
export function chartSection(charts: readonly DatasetChart[]): Markup | undefined {
  if (charts.length === 0) return undefined;
  return html`<section aria-labelledby="prices" id="chart" hidden>
<div class="head">
<h2 id="prices">Closing prices</h2>
<fieldset class="choice"><legend class="hidden">Dataset</legend>${charts.map(
    ({ dataset, title }, index) =>
      html`<label title="${title}"><input type="radio" name="dataset" value="${index}"${index === 0 && html` checked`}><span>${dataset}</span></label>`,
  )}</fieldset>
</div>
<div class="card chart">
<div class="controls">
<div class="group" role="group" aria-label="Time shown">${ranges.map(({ label, days }) => html`<button type="button" data-days="${days}">${label}</button>`)}<button type="button" data-days="">All</button></div>
<div class="group"><button type="button" id="log" aria-pressed="false">Log scale</button></div>
<output class="at" id="at"></output>
</div>
<div id="plot" class="plot" tabindex="0" role="application" aria-roledescription="chart" aria-describedby="chart-help"></div>
<div class="lines" id="lines" role="group" aria-label="Lines of the chart"></div>
<p class="hint" id="chart-help">Drag to zoom, double-click to see everything. With the keyboard: arrows move the cursor, <kbd>+</kbd> and <kbd>−</kbd> zoom, <kbd>0</kbd> shows everything.${charts.map(limits)}</p>
<p class="hidden" id="spoken" aria-live="polite"></p>
</div>
</section>
<noscript><p class="card">The price chart needs JavaScript; everything else on this page does not.</p></noscript>`;
}

function limits({ dataset, lines, partitions, thinning }: DatasetChart, index: number): Markup {
  return html`<span data-limits="${index}" hidden>${partitions > lines.length && ` The chart holds the first ${lines.length} of the ${formatCount(partitions)} partitions of ${dataset}.`}${thinning > 1 && ` It draws every ${ordinal(thinning)} time.`}</span>`;
}

function ordinal(number: number): string {
  const suffixes: Record<string, string> = { one: "st", two: "nd", few: "rd", other: "th" };
  return `${formatCount(number)}${suffixes[new Intl.PluralRules("en-US", { type: "ordinal" }).select(number)]}`;
}
