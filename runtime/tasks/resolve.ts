import pMap from "p-map";
import type { Dataset } from "../dataset/definition.ts";
import type { PartitionOrigin } from "../dataset/partitions.ts";
import { recordsFolder } from "../store/layout.ts";
import { readRequests } from "../store/requests.ts";
import { shownRecords } from "../store/shown.ts";
import type { Store } from "../store/store.ts";
import { sound, withStored } from "../store/stored-records.ts";

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

const valuesIn = (
  key: string,
  { column, where }: Extract<PartitionOrigin, { kind: "rows" }>,
  store: Store,
): Promise<string[]> =>
  withStored(store, key, async (stored) => {
    if (!stored) return [];
    const reader = sound(stored);
    const values = new Set<string>();
    for await (const record of shownRecords(reader, reader.schema)) {
      const value = record[column];
      if (where && !where(record)) continue;
      if (value !== null && value !== undefined && value !== "") values.add(String(value));
    }
    return [...values];
  });
