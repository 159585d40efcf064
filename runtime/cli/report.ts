import { writeFile } from "node:fs/promises";
import type { Dataset } from "../dataset/definition.ts";
import type { RunSummary } from "../dataset/run.ts";
import { quote } from "../load/columns.ts";
import type { DuckDb } from "../load/duckdb.ts";
import { renderReport } from "../publish/report/index.ts";
import type { PriceSeries, QuarantineReason, ReportInput } from "../publish/report/input.ts";
import { quarantineKey } from "../store/layout.ts";
import type { Store } from "../store/store.ts";
import { type LocalPlatform, localPlaces } from "./local.ts";

export interface ReportOptions {
  readonly folder: string;
  readonly datasets: readonly Dataset[];
  readonly summaries: readonly RunSummary[];
  readonly platform: LocalPlatform;
  /** Sentences about where a dataset's records come from. */
  notes(dataset: Dataset): string[];
  readonly policy?: NonNullable<ReportInput["policy"]> | undefined;
  readonly monthlyCostUsd?: number | undefined;
}

/** Writes the report page of a session. @returns its path */
export async function writeReport(options: ReportOptions): Promise<string> {
  const { folder, datasets, summaries, platform, policy, monthlyCostUsd } = options;
  const places = localPlaces(folder);
  const input: ReportInput = {
    generatedAt: new Date().toISOString(),
    title: "Market data report",
    summaries,
    series: (await Promise.all(datasets.map((dataset) => readSeries(dataset, platform.warehouse)))).flat(),
    datasets: datasets.map((dataset) => ({
      name: dataset.name,
      title: dataset.title,
      schema: dataset.schema,
      notes: options.notes(dataset),
    })),
    places: [
      { label: "Lake (raw, processed, state, runs)", path: places.lake },
      { label: "Warehouse (DuckDB)", path: places.warehouse },
      { label: "Database (PGlite)", path: places.database },
    ],
    quarantine: (await Promise.all(summaries.map((summary) => readReasons(summary, platform.store)))).flat(),
    ...(policy ? { policy } : {}),
    ...(monthlyCostUsd === undefined ? {} : { monthlyCostUsd }),
  };
  await writeFile(places.report, renderReport(input));
  return places.report;
}

/** Closing prices as the warehouse has them; none for a dataset without a column `close` or a table. */
async function readSeries(dataset: Dataset, warehouse: DuckDb): Promise<PriceSeries[]> {
  const table = dataset.load.warehouse?.table;
  if (!table || !dataset.schema.close) return [];
  const [exists] = await warehouse.query("select 1 from information_schema.tables where table_name = $1", [table]);
  if (!exists) return [];
  const field = quote(dataset.partitions.field);
  const rows = await warehouse.query(
    `select ${field} as partition, list(epoch(${quote(dataset.cursor)}) order by ${quote(dataset.cursor)}) as times,
      list(close::double order by ${quote(dataset.cursor)}) as close from ${quote(table)} where close is not null group by 1 order by 1`,
  );
  return rows.map(({ partition, times, close }) => ({
    dataset: dataset.name,
    partition: partition as string,
    times: (times as unknown[]).map(Number),
    close: (close as unknown[]).map(Number),
  }));
}

async function readReasons({ dataset, coverage }: RunSummary, store: Store): Promise<QuarantineReason[]> {
  const reasons = new Map<string, QuarantineReason>();
  for (const { partition, quarantined } of coverage) {
    const object = quarantined ? await store.get(quarantineKey(dataset, partition)) : undefined;
    for (const line of new TextDecoder().decode(object?.body).split("\n").filter(Boolean)) {
      const { reason, raw } = JSON.parse(line) as { reason: string; raw: string };
      const name = `${partition}\n${reason}`;
      reasons.set(name, { dataset, partition, reason, raw, records: (reasons.get(name)?.records ?? 0) + 1 });
    }
  }
  return [...reasons.values()];
}
