import { createHash } from "node:crypto";
import pMap from "p-map";
import type { Clock } from "../../dataset/clock.ts";
import type { Dataset } from "../../dataset/definition.ts";
import { type Interval, union } from "../../dataset/interval.ts";
import { Moment } from "../../dataset/moment.ts";
import type { SourceRow } from "../../dataset/source.ts";
import { BodyError, decodeRows } from "../../decode/index.ts";
import { type ExchangeRecord, exchangesOf, putExchange } from "../../store/exchanges.ts";
import { rawName } from "../../store/layout.ts";
import { acquire, newHolder } from "../../store/lease.ts";
import type { Store } from "../../store/store.ts";
import type { OldLayout } from "./old-layout.ts";

export interface ImportOptions {
  readonly from: Store;
  readonly to: Store;
  readonly dataset: Dataset;
  readonly layout: OldLayout;
  readonly clock: Clock;
  readonly run: string;
}

export interface Imported {
  /** Bodies that are in the lake now, by partition; those that were there before are among them. */
  readonly partitions: ReadonlyMap<string, number>;
  readonly bytes: number;
  /** Bodies that are no data: what the old service stored when it was refused. */
  readonly refused: readonly { readonly key: string; readonly reason: string }[];
  /** Objects that are no raw of the layout. */
  readonly others: number;
}

interface Body {
  readonly key: string;
  readonly at: number;
}

const KINDS = {
  json: { extension: "json", contentType: "application/json" },
  ndjson: { extension: "ndjson", contentType: "application/x-ndjson" },
  csv: { extension: "csv", contentType: "text/csv" },
  text: { extension: "txt", contentType: "text/plain" },
  zip: { extension: "zip", contentType: "application/zip" },
} as const;

/** Where every old layout has its raw. */
const OLD_RAW = "raw/";

/** Bodies that are read at the same time. */
const READS = 8;

/**
 * Takes over the raw of an old lake as exchanges of a dataset. The old lake is only read, and importing twice changes nothing.
 * What is covered is what the rows themselves prove.
 */
export async function importLake(options: ImportOptions): Promise<Imported> {
  const { from, layout } = options;
  const found = new Map<string, Body[]>();
  let others = 0;
  for await (const { key } of from.list(OLD_RAW)) {
    const place = layout.placeOf(key);
    if (!place) others += 1;
    else found.set(place.partition, [...(found.get(place.partition) ?? []), { key, at: place.at }]);
  }
  const partitions = new Map<string, number>();
  const refused: { key: string; reason: string }[] = [];
  let bytes = 0;
  for (const [partition, bodies] of found) {
    // By name: how an exchange is stored has changed in the course of time.
    const known = await exchangesOf(options.to, options.dataset.name, partition);
    const taken = await pMap(bodies, (body) => takeOver(options, partition, body, known), { concurrency: READS });
    const kept = taken.filter((one) => "window" in one);
    refused.push(...taken.filter((one) => "reason" in one));
    bytes += kept.reduce((sum, one) => sum + one.bytes, 0);
    if (kept.length === 0) continue;
    partitions.set(partition, kept.length);
    await cover(
      options,
      partition,
      kept.map(({ window }) => window),
    );
  }
  return { partitions, bytes, refused, others };
}

type TakenOver =
  | { readonly window: Interval; readonly bytes: number }
  | { readonly key: string; readonly reason: string };

async function takeOver(
  options: ImportOptions,
  partition: string,
  { key, at }: Body,
  known: ReadonlyMap<string, string>,
): Promise<TakenOver> {
  const { from, to, dataset, layout, run } = options;
  const body = (await from.get(key))?.body;
  if (!body) return { key, reason: "has vanished" };
  const sourceName = sourceOf(dataset, body);
  const rows = await rowsOf(dataset, sourceName, body);
  if ("reason" in rows) return { key, reason: rows.reason };
  const window = layout.windowOf(rows.rows);
  if (!window) return { key, reason: "has no rows" };
  const sha256 = createHash("sha256").update(body).digest("hex");
  const name = rawName(
    new Date(at),
    createHash("sha256")
      .update(JSON.stringify([key, sha256]))
      .digest("hex"),
  );
  if (known.has(name)) return { window, bytes: body.byteLength };
  const { extension, contentType } = KINDS[(dataset.sources[sourceName] ?? dataset.source).format.kind];
  const record: ExchangeRecord = {
    version: 1,
    dataset: dataset.name,
    partition,
    ...(sourceName === "default" ? {} : { source: sourceName }),
    window: { start: new Moment(window.start).toString(), end: new Moment(window.end).toString() },
    run,
    at: new Date(at).toISOString(),
    // Nobody knows any more what exactly was asked; where the body lay is known.
    request: { method: "GET", url: urlOf(from, key), headers: {} },
    verdict: "data",
    response: { status: 200, headers: { "content-type": contentType } },
  };
  await putExchange(to, name, record, { content: body, bytes: body.byteLength, sha256, extension, contentType });
  return { window, bytes: body.byteLength };
}

/** By what it says rather than by its name: the old service named JSON `.csv` at times. */
function sourceOf(dataset: Dataset, body: Uint8Array): string {
  const start = new TextDecoder().decode(body.subarray(0, 64)).trimStart();
  return dataset.sources.csv && !/^[{["]/.test(start) && start.includes(",") ? "csv" : "default";
}

async function rowsOf(
  dataset: Dataset,
  source: string,
  body: Uint8Array,
): Promise<{ readonly rows: readonly SourceRow[] } | { readonly reason: string }> {
  const rows: SourceRow[] = [];
  try {
    for await (const some of decodeRows(body, (dataset.sources[source] ?? dataset.source).format))
      for (const row of some) rows.push(row);
    return { rows };
  } catch (error) {
    if (error instanceof BodyError) return { reason: error.message };
    throw error;
  }
}

const urlOf = (from: Store, key: string): string =>
  from.location.startsWith("s3://") ? `${from.location}/${key}` : new URL(key, `file://${from.location}/`).href;

async function cover(
  { to, dataset, clock }: ImportOptions,
  partition: string,
  windows: readonly Interval[],
): Promise<void> {
  const acquired = await acquire(
    { store: to, dataset: dataset.name, clock, holder: newHolder() },
    partition,
    (state) => state,
  );
  if (acquired.kind !== "held")
    throw new Error(`${partition} is being brought in by another run: import when it has ended`);
  const { holding } = acquired;
  holding.change({ ...holding.state, coverage: union([...holding.state.coverage, ...windows]) });
  await holding.release();
}
