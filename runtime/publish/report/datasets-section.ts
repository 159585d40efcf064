import type { Column } from "../../dataset/schema.ts";
import { formatNumberOf } from "./format.ts";
import type { DatasetFacts, Place } from "./input.ts";
import { type Content, html, type Markup } from "./markup.ts";

/** Where the records come from and what their columns mean. */
export function datasetsSection(datasets: readonly DatasetFacts[]): Markup | undefined {
  if (datasets.length === 0) return undefined;
  return html`<section aria-labelledby="datasets">
<h2 id="datasets">Datasets</h2>
<div class="datasets">${datasets.map(dataset)}</div>
</section>`;
}

/** Where everything is. */
export function placesSection(places: readonly Place[]): Markup | undefined {
  if (places.length === 0) return undefined;
  return html`<section aria-labelledby="places">
<h2 id="places">Where everything is</h2>
<dl class="card places">${places.map(
    ({ label, path }) => html`<div><dt>${label}</dt><dd><code class="path">${path}</code></dd></div>
`,
  )}</dl>
</section>`;
}

/** A column's type as a person writes it: `decimal(38, 18)`. */
export function typeName(column: Column): string {
  return column.kind === "decimal" ? `decimal(${column.precision}, ${column.scale})` : column.kind;
}

function dataset({ name, title, schema, notes }: DatasetFacts): Content {
  const columns = Object.entries(schema);
  return html`<article class="card">
<h3>${title}</h3>
<p class="name"><code>${name}</code></p>
${notes.length > 0 && html`<ul class="notes">${notes.map((note) => html`<li>${note}</li>`)}</ul>`}
<details>
<summary>${formatNumberOf(columns.length, "column")}</summary>
<div class="scroll" role="region" aria-label="Columns of ${name}" tabindex="0">
<table>
<caption class="hidden">Columns of ${name}</caption>
<thead><tr><th scope="col">Column</th><th scope="col">Type</th><th scope="col">Unit</th><th scope="col">Description</th></tr></thead>
<tbody>${columns.map(
    ([key, column]) =>
      html`<tr><th scope="row"><code>${key}</code></th><td>${typeName(column)}${column.nullable && html` <small>or null</small>`}</td><td>${column.unit}</td><td>${column.description}</td></tr>
`,
  )}</tbody>
</table>
</div>
</details>
</article>`;
}
