import type { RunError, RunSummary } from "../../dataset/run.ts";
import { formatCount } from "./format.ts";
import type { QuarantineReason, ReportInput } from "./input.ts";
import { type Content, html, type Markup } from "./markup.ts";

/** Errors, warnings and the reasons of the quarantine; nothing at all when there are none. */
export function problemsSection({ summaries, quarantine = [] }: ReportInput): Markup | undefined {
  const errors = summaries.flatMap((summary) => summary.errors.map((error) => problem(summary, error, "bad", "error")));
  const warnings = summaries.flatMap((summary) =>
    summary.warnings.map((warning) => problem(summary, warning, "warn", "warning")),
  );
  if (errors.length + warnings.length + quarantine.length === 0) return undefined;
  return html`<section aria-labelledby="problems">
<h2 id="problems">Needs attention</h2>
${errors.length + warnings.length > 0 && html`<ul class="card problems">${errors}${warnings}</ul>`}
${quarantine.length > 0 && quarantineTable(quarantine)}
</section>`;
}

function problem({ dataset }: RunSummary, error: RunError, tone: string, word: string): Content {
  return html`<li><span class="badge ${tone}">${word}</span><div><code>${dataset}</code>${error.partition && html` <code>${error.partition}</code>`} ${error.problem}${error.fix && html`<p class="fix">${error.fix}</p>`}</div></li>
`;
}

function quarantineTable(reasons: readonly QuarantineReason[]): Markup {
  return html`<div class="card scroll" role="region" aria-label="Records in quarantine" tabindex="0">
<table>
<caption>Records in quarantine: kept out of the tables, stored with their reason, and replayable</caption>
<thead><tr><th scope="col">Dataset</th><th scope="col">Partition</th><th scope="col" class="number">Records</th><th scope="col">Reason</th><th scope="col">Raw body of one of them</th></tr></thead>
<tbody>${reasons.map(
    ({ dataset, partition, records, reason, raw }) =>
      html`<tr><td><code>${dataset}</code></td><td><code>${partition}</code></td><td class="number">${formatCount(records)}</td><td>${reason}</td><td>${raw && html`<code class="path">${raw}</code>`}</td></tr>
`,
  )}</tbody>
</table>
</div>`;
}
