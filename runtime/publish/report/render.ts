import { contentSecurityPolicy, readAssets } from "./assets.ts";
import { chartsOf } from "./chart-data.ts";
import { chartSection } from "./chart-section.ts";
import { coverageSection } from "./coverage-section.ts";
import { datasetsSection, placesSection } from "./datasets-section.ts";
import { formatInstant } from "./format.ts";
import type { ReportInput } from "./input.ts";
import { embeddedJson, html, trusted } from "./markup.ts";
import { overview } from "./overview.ts";
import { problemsSection } from "./problems-section.ts";
import { runsSection } from "./runs-section.ts";

/**
 * The report page: one HTML file that needs no network, works from `file://`, and follows the reader's light or dark theme.
 * Every text of the input is escaped.
 */
export function renderReport(input: ReportInput): string {
  const assets = readAssets();
  const charts = chartsOf(input.datasets, input.series);
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${contentSecurityPolicy(assets)}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="generator" content="Tidegate">
<title>${input.title}</title>
${assets.styles.map((style) => html`<style>${trusted(style)}</style>`)}
</head>
<body>
<a class="skip" href="#content">Skip to the content</a>
<main id="content">
${overview(input)}
${problemsSection(input)}
${chartSection(charts)}
${coverageSection(input.summaries)}
${runsSection(input.summaries)}
${datasetsSection(input.datasets)}
${placesSection(input.places)}
</main>
<footer>Made by Tidegate on <time datetime="${input.generatedAt}">${formatInstant(input.generatedAt)}</time>. All times are UTC.</footer>
<script type="application/json" id="chart-data">${embeddedJson(charts)}</script>
${assets.scripts.map((script) => html`<script>${trusted(script)}</script>`)}
</body>
</html>
`.markup;
}
