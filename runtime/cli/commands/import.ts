import { systemClock } from "../../dataset/clock.ts";
import type { Dataset } from "../../dataset/definition.ts";
import { UserError } from "../../dataset/errors.ts";
import { iexFromEnvironment } from "../../environment.ts";
import { formatBytes, formatNumberOf } from "../../publish/report/format.ts";
import { readJson } from "../../store/documents.ts";
import { DEFINITIONS } from "../../store/layout.ts";
import type { Store } from "../../store/store.ts";
import { newRunId } from "../../tasks/pipeline.ts";
import { loadDatasets, selectDatasets } from "../datasets.ts";
import { iexLake } from "../import/iex-lake.ts";
import { type Imported, importLake } from "../import/import-lake.ts";
import { intradayLake } from "../import/intraday-lake.ts";
import type { OldLayout } from "../import/old-layout.ts";
import { openLake, openPlace } from "../lake.ts";
import { claimOrigin } from "../origin.ts";
import { rowsTable } from "../terminal/table.ts";
import { UsageError } from "../usage.ts";

export interface ImportOptions {
  readonly dataset?: string;
  readonly data: string;
  readonly datasets?: string;
  readonly json?: true;
}

/** `tidegate import-iex`: takes over the raw of an IEX lake. It is only read; importing twice changes nothing. */
export async function importIex(given: string | undefined, options: ImportOptions): Promise<number> {
  const place = given ?? iexFromEnvironment().lake;
  if (!place)
    throw new UsageError("nothing to import:", [
      { path: "place", problem: "is missing", fix: "name a folder or s3://bucket/prefix, or set IEX_S3_BUCKET" },
    ]);
  return importFrom(place, iexLake, "raw/chart/<key>/<YYYYMMDDhhmmss>.json or .csv", options);
}

/** `tidegate import-intraday`: takes over raw of the layout `raw/<date>/<ticker>`. */
export const importIntraday = (place: string, options: ImportOptions): Promise<number> =>
  importFrom(place, intradayLake, "raw/<date>/<ticker>", options);

async function importFrom(place: string, layout: OldLayout, spelt: string, options: ImportOptions): Promise<number> {
  const all = await loadDatasets(options.datasets);
  const [dataset] = selectDatasets(all, [options.dataset ?? layout.dataset]);
  if (!dataset) return 1;
  const from = await openPlace(place);
  const to = await openLake(options);
  const defined = await definitionsOf(from);
  await claimOrigin(to, [dataset], "live");
  const run = newRunId(Date.now());
  const imported = await importLake({ from, to, dataset, layout, clock: systemClock, run });
  if (imported.partitions.size + imported.refused.length === 0)
    throw new UserError("there is nothing to import:", [
      { path: place, problem: `has no ${spelt}`, fix: "name the folder above raw/" },
    ]);
  tell(imported, dataset, defined, options);
  return 0;
}

function tell(imported: Imported, dataset: Dataset, defined: readonly string[], options: ImportOptions): void {
  const { partitions, bytes, refused, others } = imported;
  const listed = new Set(dataset.partitions.values);
  const unlisted = [...new Set([...defined, ...partitions.keys()])].filter((key) => !listed.has(key));
  if (options.json) {
    const summary = {
      dataset: dataset.name,
      partitions: Object.fromEntries(partitions),
      bytes,
      refused,
      others,
      unlisted,
    };
    process.stdout.write(`${JSON.stringify(summary, null, 2)}\n`);
    return;
  }
  const bodies = [...partitions.values()].reduce((sum, count) => sum + count, 0);
  const lines = [
    `${dataset.name}: ${formatNumberOf(bodies, "body")} of ${formatNumberOf(partitions.size, "key")}, ${formatBytes(bytes)}`,
    ...(others ? [`${formatNumberOf(others, "object")} beside them are no raw and were left alone`] : []),
    ...(refused.length ? ["", `not imported, for they are no data:`, refusedTable(refused)] : []),
    "",
    "Next:",
    ...(unlisted.length
      ? [`  add to the partitions of ${dataset.name}: ${unlisted.map((key) => JSON.stringify(key)).join(", ")}`]
      : []),
    `  tidegate process ${dataset.name}`,
  ];
  process.stdout.write(`${lines.join("\n")}\n`);
}

const refusedTable = (refused: Imported["refused"]): string =>
  rowsTable(
    ["key", "reason"],
    refused.map(({ key, reason }) => [key, reason]),
    { stream: process.stdout },
  );

/** The keys that the old service was told to bring in; none when it left no definitions.json. */
async function definitionsOf(from: Store): Promise<string[]> {
  const found = await readJson<unknown>(from, DEFINITIONS).catch(() => undefined);
  const items = Array.isArray(found?.value) ? found.value : [];
  return items.map((item: { key?: unknown }) => item?.key).filter((key) => typeof key === "string");
}
