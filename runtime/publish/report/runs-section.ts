import type { RunSummary } from "../../dataset/run.ts";
import { formatBytes, formatCount, formatDate, formatSeconds } from "./format.ts";
import { type Content, html, type Markup } from "./markup.ts";

const columns = [
  "Partitions",
  "Requests",
  "Raw bytes",
  "Rows",
  "New",
  "First",
  "Last",
  "Gaps",
  "Empty",
  "Quarantined",
  "Seconds",
] as const;

const outcomeTones: Record<RunSummary["outcome"], string> = {
  done: "good",
  "nothing to do": "good",
  stopped: "warn",
  failed: "bad",
};

/** The numbers of the last run of each dataset. */
export function runsSection(summaries: readonly RunSummary[]): Markup | undefined {
  if (summaries.length === 0) return undefined;
  return html`<section aria-labelledby="runs">
<h2 id="runs">Runs</h2>
<div class="card scroll" role="region" aria-labelledby="runs" tabindex="0">
<table class="numbers">
<caption class="hidden">The numbers of the last run of each dataset</caption>
<thead><tr><th scope="col">Dataset</th><th scope="col">Outcome</th>${columns.map((name) => html`<th scope="col" class="number">${name}</th>`)}</tr></thead>
<tbody>${summaries.map(row)}</tbody>
</table>
</div>
</section>`;
}

function row(summary: RunSummary): Content {
  const cells = [
    formatCount(summary.partitions),
    formatCount(summary.requests),
    formatBytes(summary.rawBytes),
    formatCount(summary.rows),
    formatCount(summary.newRows),
    formatDate(summary.first),
    formatDate(summary.last),
    formatCount(summary.gaps),
    formatCount(summary.empty),
    formatCount(summary.quarantined),
    formatSeconds(summary.seconds),
  ];
  return html`<tr><th scope="row"><code>${summary.dataset}</code></th><td><span class="badge ${outcomeTones[summary.outcome]}">${summary.outcome}</span></td>${cells.map((cell) => html`<td class="number">${cell}</td>`)}</tr>
`;
}
