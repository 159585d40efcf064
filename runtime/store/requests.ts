import pMap from "p-map";
import { jsonBytes, putOnce } from "./documents.ts";
import { partitionOf, requestKey, requestsFolder } from "./layout.ts";
import type { Store } from "./store.ts";

/** Remembers what was asked for on demand; what is known already stays as it is. @param at Unix milliseconds */
export async function addRequests(
  store: Store,
  dataset: string,
  partitions: readonly string[],
  at: number,
): Promise<void> {
  await pMap(
    partitions,
    (partition) => {
      const request = { version: 1, dataset, partition, at: new Date(at).toISOString() };
      return putOnce(store, requestKey(dataset, partition), jsonBytes(request), { contentType: "application/json" });
    },
    { concurrency: 16 },
  );
}

/** All that was asked for, in the order of its keys. */
export async function readRequests(store: Store, dataset: string): Promise<string[]> {
  const found: string[] = [];
  for await (const { key } of store.list(requestsFolder(dataset))) found.push(partitionOf(key));
  return found;
}
