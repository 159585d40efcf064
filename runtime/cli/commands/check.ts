import { systemClock } from "../../dataset/clock.ts";
import { type Dataset, secretsOf } from "../../dataset/definition.ts";
import { type Fault, UserError } from "../../dataset/errors.ts";
import type { JsonValue } from "../../dataset/source.ts";
import { secretFromEnvironment } from "../../environment.ts";
import { formatBytes, formatNumberOf } from "../../publish/report/format.ts";
import { shownRecord } from "../../store/shown.ts";
import { loadDatasets, selectDatasets } from "../datasets.ts";
import { type LakeOptions, openLake } from "../lake.ts";
import { type Asked, askOnePage } from "../one-page.ts";
import { interrupted } from "../signals.ts";
import { chooseSources } from "../sources.ts";
import { rowsTable } from "../terminal/table.ts";
import { UsageError } from "../usage.ts";

export interface CheckOptions extends LakeOptions {
  readonly partition?: string;
  readonly from?: string;
  readonly source?: string;
  readonly sourceUrl?: string;
  readonly rows: string;
  readonly datasets?: string;
  readonly json?: true;
}

/** `tidegate check`: one page of a source, and what would be stored of it. Nothing of it is stored. */
export async function check(name: string, options: CheckOptions): Promise<number> {
  const [dataset] = chooseSources(selectDatasets(await loadDatasets(options.datasets), [name]), {
    source: options.source === undefined ? [] : [options.source],
    sourceUrl: options.sourceUrl === undefined ? [] : [options.sourceUrl],
  });
  if (!dataset) return 1;
  const { partition, rows } = chosen(dataset, options);
  const asked = await askOnePage({
    dataset,
    partition,
    from: options.from,
    clock: systemClock,
    secret: secretOf(dataset),
    signal: interrupted(),
    store: await openLake(options),
  });
  process.stdout.write(
    options.json ? `${JSON.stringify(toJson(dataset, asked), null, 2)}\n` : `${describe(dataset, asked, rows)}\n`,
  );
  return asked.outcome === "data" && asked.rejected.length === 0 ? 0 : asked.outcome === "empty" ? 0 : 1;
}

function chosen(dataset: Dataset, options: CheckOptions): { partition: string; rows: number } {
  const { field, values } = dataset.partitions;
  const partition = options.partition ?? values[0];
  const faults: Fault[] = [];
  if (!/^\d{1,6}$/.test(options.rows))
    faults.push({ path: "--rows", problem: "is no number of rows", value: options.rows });
  if (partition === undefined)
    faults.push({
      path: "--partition",
      problem: `is missing: which ${field} there are is known only when it is run`,
      fix: `give one with --partition <${field}>`,
    });
  if (faults.length || partition === undefined) throw new UsageError("cannot check that:", faults);
  return { partition, rows: Number(options.rows) };
}

function secretOf(dataset: Dataset): (name: string) => string {
  const values = new Map(secretsOf(dataset).map((name) => [name, secretFromEnvironment(name)?.trim() ?? ""]));
  const missing = [...values].filter(([, value]) => !value).map(([name]) => name);
  if (missing.length)
    throw new UserError(
      `${dataset.name} needs secrets:`,
      missing.map((name) => ({ path: name, problem: "is not set", fix: `export ${name}=<its value>` })),
    );
  return (name) => values.get(name) ?? "";
}

function describe(dataset: Dataset, asked: Asked, most: number): string {
  const { request, status, bytes, outcome, problem, records, rejected, outside, more } = asked;
  const shown = records.slice(0, most).map((values) => Object.values(shownRecord(dataset.schema, values)));
  const lines = [
    `${dataset.name}, ${dataset.partitions.field} ${asked.partition}, ${asked.window.start} to ${asked.window.end}`,
    `${request.method} ${request.url}`,
    ...Object.entries(request.headers).map(([name, value]) => `  ${name}: ${value}`),
    ...(request.body === undefined ? [] : [`  ${request.body}`]),
    `answered ${status}, ${formatBytes(bytes)}: ${problem ?? outcome}`,
  ];
  if (outcome !== "data") return lines.join("\n");
  lines.push(
    [
      `${formatNumberOf(records.length, "record")} would be stored`,
      `${rejected.length} quarantined`,
      ...(outside ? [`${outside} are outside of the window`] : []),
      more ? "there is a next page" : "this is the last page",
    ].join(", "),
  );
  if (shown.length) lines.push("", rowsTable(Object.keys(dataset.schema), shown, { stream: process.stdout }));
  if (records.length > shown.length) lines.push(`and ${records.length - shown.length} more`);
  if (rejected.length)
    lines.push(
      "",
      "quarantined:",
      rowsTable(
        ["row", "reason", "source"],
        rejected.slice(0, most).map(({ row, reason, source }) => [row, reason, source]),
        { stream: process.stdout },
      ),
    );
  return lines.join("\n");
}

const toJson = ({ schema }: Dataset, { records, rejected, ...asked }: Asked): Record<string, unknown> => ({
  ...asked,
  records: records.map((values): Record<string, JsonValue> => shownRecord(schema, values)),
  quarantined: rejected.map(({ row, reason, source }) => ({ row, reason, source })),
});
