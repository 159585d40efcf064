import { createHash } from "node:crypto";
import pMap from "p-map";
import type { Dataset } from "../dataset/definition.ts";
import { readJson } from "../store/documents.ts";
import type { Exchange } from "../store/exchange.ts";
import { exchangeKey, exchangeName, quarantineKey, rawFolder, recordsKey } from "../store/layout.ts";
import { type RecordsNote, readNote, readRecords, type StoredRecord, writeRecords } from "../store/records.ts";
import type { Store } from "../store/store.ts";
import { mergeRecords } from "./merge.ts";
import { type Rejected, readExchange } from "./read.ts";

/** A partition's records after processing. */
export interface ProcessedPartition {
  readonly partition: string;
  readonly rows: number;
  readonly quarantined: number;
  /** SHA-256 of the Parquet file: what loads compare. */
  readonly digest: string;
  /** Size of the Parquet file. */
  readonly bytes: number;
}

/** Raw bodies that are read at the same time. */
const READS = 8;

/**
 * Turns what is new in a partition's raw into records: checked, one per key, sorted by cursor, in one Parquet file that
 * names the exchanges it was made from. The file is the only state, so a crash before it is written changes nothing, and
 * the same raw always gives the same file. A changed definition is applied to all raw again.
 * @returns undefined when the partition has neither raw nor records
 */
export async function processPartition(
  dataset: Dataset,
  partition: string,
  store: Store,
): Promise<ProcessedPartition | undefined> {
  const definition = definitionDigest(dataset);
  const before = await existing(dataset, partition, store, definition);
  const names = await exchangesOf(dataset.name, partition, store);
  const known = new Set(before?.note.exchanges);
  const fresh = names.filter((name) => !known.has(name));
  if (fresh.length === 0) return before && summary(partition, before.note, before.file);

  const read = await pMap(fresh, (name) => readStored(dataset, partition, name, store), { concurrency: READS });
  const records = mergeRecords(dataset, [...(before?.records ?? []), ...read.flatMap((one) => one.records)]);
  const rejected = [...(before?.rejected ?? []), ...read.flatMap((one) => one.rejected)].sort((a, b) =>
    a.raw < b.raw ? -1 : a.raw > b.raw ? 1 : a.row - b.row,
  );
  const note: RecordsNote = {
    version: 1,
    definition,
    exchanges: [...known, ...fresh].sort(),
    rows: records.length,
    quarantined: rejected.length,
  };
  // Also when none is left, where an earlier definition refused some.
  if (rejected.length || (await store.get(quarantineKey(dataset.name, partition))))
    await store.put(quarantineKey(dataset.name, partition), ndjson(rejected), { contentType: "application/x-ndjson" });
  const file = writeRecords(dataset.schema, records, note);
  await store.put(recordsKey(dataset.name, partition), file, { contentType: "application/vnd.apache.parquet" });
  return summary(partition, note, file);
}

interface Existing {
  readonly file: Uint8Array;
  readonly note: RecordsNote;
  readonly records: readonly StoredRecord[];
  readonly rejected: readonly Rejected[];
}

async function existing(
  dataset: Dataset,
  partition: string,
  store: Store,
  definition: string,
): Promise<Existing | undefined> {
  const object = await store.get(recordsKey(dataset.name, partition));
  if (!object) return undefined;
  const whole = await readWhole(dataset, object.body, definition);
  if (!whole) return undefined;
  const { note, records } = whole;
  const quarantine = note.quarantined ? await store.get(quarantineKey(dataset.name, partition)) : undefined;
  // Quarantine is written before the records that count it, so it may know rows of exchanges that are read again now.
  const known = new Set(note.exchanges);
  const rejected = parseNdjson(quarantine?.body).filter(({ raw }) => known.has(nameOfRaw(raw)));
  return { file: object.body, note, records, rejected };
}

/** @returns undefined for a file of another definition, and for a damaged one: either is made again, from raw */
async function readWhole(
  dataset: Dataset,
  file: Uint8Array,
  definition: string,
): Promise<Pick<Existing, "note" | "records"> | undefined> {
  try {
    const note = readNote(file);
    return note.definition === definition ? { note, records: await readRecords(dataset.schema, file) } : undefined;
  } catch {
    return undefined;
  }
}

async function exchangesOf(dataset: string, partition: string, store: Store): Promise<string[]> {
  const names: string[] = [];
  for await (const { key } of store.list(rawFolder(dataset, partition))) {
    const name = exchangeName(key);
    if (name) names.push(name);
  }
  return names;
}

async function readStored(
  dataset: Dataset,
  partition: string,
  name: string,
  store: Store,
): Promise<ReturnType<typeof readExchange>> {
  const key = exchangeKey(dataset.name, partition, name);
  const exchange = (await readJson<Exchange>(store, key))?.value;
  const body = exchange && (await store.get(exchange.body.key))?.body;
  if (!body) throw new Error(`${store.location}/${exchange?.body.key ?? key} is missing`);
  const sha256 = createHash("sha256").update(body).digest("hex");
  if (sha256 !== exchange.body.sha256)
    throw new Error(
      `${store.location}/${exchange.body.key} is damaged: its SHA-256 is ${sha256}, fetched was ${exchange.body.sha256}`,
    );
  return readExchange(dataset, exchange, body);
}

/** Everything of a definition that decides how raw becomes records. */
function definitionDigest({ partitions, schema, key, cursor, checks, source }: Dataset): string {
  const parts = [
    partitions.field,
    schema,
    key,
    cursor,
    checks.map((check) => (check.kind === "record" ? [check.name, check.columns, check.test.toString()] : [])),
    source.rows.toString(),
  ];
  return createHash("sha256").update(JSON.stringify(parts)).digest("hex").slice(0, 16);
}

const summary = (partition: string, { rows, quarantined }: RecordsNote, file: Uint8Array): ProcessedPartition => ({
  partition,
  rows,
  quarantined,
  digest: createHash("sha256").update(file).digest("hex"),
  bytes: file.byteLength,
});

const nameOfRaw = (key: string): string => key.slice(key.lastIndexOf("/") + 1).replace(/\.[^.]+$/, "");

const ndjson = (lines: readonly Rejected[]): Uint8Array =>
  new TextEncoder().encode(lines.map((line) => `${JSON.stringify(line)}\n`).join(""));

const parseNdjson = (body: Uint8Array | undefined): Rejected[] =>
  body
    ? new TextDecoder()
        .decode(body)
        .split("\n")
        .filter(Boolean)
        .map((line) => JSON.parse(line) as Rejected)
    : [];
