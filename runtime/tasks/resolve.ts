import pMap from "p-map";
import type { Dataset } from "../dataset/definition.ts";
import type { PartitionOrigin } from "../dataset/partitions.ts";
import { recordsFolder } from "../store/layout.ts";
import { recordedSchema } from "../store/recorded-schema.ts";
import { readRecords } from "../store/records.ts";
import { readRequests } from "../store/requests.ts";
import { shownRecord } from "../store/shown.ts";
import type { Store } from "../store/store.ts";

/** Files of records that are read at the same time. */
const READS = 4;

/** The dataset with its partitions, also where they are known only now. One that lists them comes back as it is. */
export async function resolvePartitions(dataset: Dataset, store: Store): Promise<Dataset> {
  const { origin } = dataset.partitions;
  if (!origin) return dataset;
  const values = origin.kind === "requested" ? await readRequests(store, dataset.name) : await valuesOf(origin, store);
  return withPartitions(dataset, values);
}

/** The dataset with further partitions, each once. */
export const withPartitions = (dataset: Dataset, values: readonly string[]): Dataset => ({
  ...dataset,
  partitions: { ...dataset.partitions, values: [...new Set([...dataset.partitions.values, ...values])] },
});

/** In the order of the alphabet, so that the order of the other dataset's records does not matter. */
async function valuesOf(origin: Extract<PartitionOrigin, { kind: "rows" }>, store: Store): Promise<string[]> {
  const keys: string[] = [];
  for await (const { key } of store.list(recordsFolder(origin.dataset))) if (key.endsWith(".parquet")) keys.push(key);
  const lists = await pMap(keys, (key) => valuesIn(key, origin, store), { concurrency: READS });
  return [...new Set(lists.flat())].sort();
}

async function valuesIn(
  key: string,
  { column, where }: Extract<PartitionOrigin, { kind: "rows" }>,
  store: Store,
): Promise<string[]> {
  const file = (await store.get(key))?.body;
  if (!file) return [];
  const schema = recordedSchema(file);
  const records = (await readRecords(schema, file)).map(({ values }) => shownRecord(schema, values));
  return records
    .filter((record) => where?.(record) ?? true)
    .map((record) => record[column])
    .filter((value) => value !== null && value !== undefined && value !== "")
    .map(String);
}
