import type { Dataset } from "../dataset/definition.ts";
import { writeJson } from "../store/documents.ts";
import { DEFINITIONS } from "../store/layout.ts";
import type { Store } from "../store/store.ts";

/** What definitions.json says of every dataset, for people and for tools that know nothing of Tidegate. */
export const describe = (dataset: Dataset): object => ({
  name: dataset.name,
  title: dataset.title,
  ...(dataset.description ? { description: dataset.description } : {}),
  source: dataset.source.url,
  ...(dataset.retired ? { retired: dataset.retired } : {}),
  partitions: { [dataset.partitions.field]: partitionsOf(dataset) },
  columns: Object.entries(dataset.schema).map(([name, column]) => ({ name, ...column })),
  key: dataset.key,
  cursor: dataset.cursor,
  frequency: dataset.source.windows.granularity,
  calendar: dataset.calendar,
  backfillFrom: dataset.backfillFrom,
  schedule: dataset.schedule ?? null,
  after: dataset.after,
  tables: { warehouse: dataset.load.warehouse?.table ?? null, database: dataset.load.database?.table ?? null },
  folders: {
    raw: `raw/${dataset.name}/`,
    processed: `processed/${dataset.name}/`,
    quarantine: `quarantine/${dataset.name}/`,
  },
});

/** A list, or where it comes from, which does not change when what is there does. */
function partitionsOf({ partitions: { origin, values } }: Dataset): unknown {
  if (!origin) return values;
  return origin.kind === "requested" ? "on demand" : { dataset: origin.dataset, column: origin.column };
}

/** Writes `definitions.json`; the same datasets always give the same file. */
export async function publishDefinitions(datasets: readonly Dataset[], store: Store): Promise<void> {
  const sorted = [...datasets].sort((a, b) => (a.name < b.name ? -1 : 1));
  await writeJson(store, DEFINITIONS, { version: 1, datasets: sorted.map(describe) });
}
