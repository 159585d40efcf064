import pMap from "p-map";
import { readJson, updateJson } from "./documents.ts";
import { partitionOf, stateFolder, stateIndexKey } from "./layout.ts";
import { type PartitionState, readState, UNKNOWN } from "./state.ts";
import type { Store } from "./store.ts";

/** What is to be known of a partition before it is taken: everything but the pages of a window. */
export type PartitionBrief = Omit<PartitionState, "page">;

interface IndexEntry {
  /** Of the state's object, as a listing tells it. */
  readonly version: string;
  readonly state: PartitionBrief;
}

/**
 * What the states of a dataset say, in one object that is written to be read fast: instants are Unix milliseconds. An entry
 * counts only while the listed version is still its own.
 */
interface IndexDocument {
  readonly version: 1;
  readonly partitions: Readonly<Record<string, IndexEntry>>;
}

/** So few states are read faster one by one than listed. */
const FEW = 100;

/** States that are read at the same time. */
const READS = 32;

/** What is known of the partitions. Those whose state has not changed since the index was written are not read. */
export async function readStates(
  store: Store,
  dataset: string,
  partitions: readonly string[],
): Promise<Map<string, PartitionBrief>> {
  if (partitions.length <= FEW) return readEach(store, dataset, partitions);
  const [index, versions] = await Promise.all([readIndex(store, dataset), listVersions(store, dataset)]);
  const briefs = new Map<string, PartitionBrief>();
  const changed: string[] = [];
  for (const partition of partitions) {
    const version = versions.get(partition);
    const entry = index[partition];
    if (version === undefined) briefs.set(partition, UNKNOWN);
    else if (entry?.version === version) briefs.set(partition, entry.state);
    else changed.push(partition);
  }
  for (const [partition, brief] of await readEach(store, dataset, changed)) briefs.set(partition, brief);
  return briefs;
}

async function readEach(
  store: Store,
  dataset: string,
  partitions: readonly string[],
): Promise<Map<string, PartitionBrief>> {
  const states = await pMap(
    partitions,
    async (partition) => [partition, (await readState(store, dataset, partition)).state] as const,
    { concurrency: READS },
  );
  return new Map(states);
}

/**
 * Brings the index up to date with states that this worker has written, without reading them again.
 * @param written as they were written last; nothing is done for so few that they are read one by one anyway
 */
export async function writeIndex(
  store: Store,
  dataset: string,
  written: ReadonlyMap<string, PartitionState>,
  partitions: number,
): Promise<void> {
  if (partitions <= FEW || written.size === 0) return;
  const versions = await listVersions(store, dataset);
  const change = (now: IndexDocument | undefined): IndexDocument => {
    const entries: Record<string, IndexEntry> = { ...now?.partitions };
    for (const [partition, { page: _page, ...state }] of written) {
      const version = versions.get(partition);
      // Of two workers that had the partition one after the other, the later one knows how it ended.
      const later = (state.lease?.token ?? 0) >= (entries[partition]?.state.lease?.token ?? 0);
      if (version && later) entries[partition] = { version, state };
    }
    return { version: 1, partitions: entries };
  };
  await updateJson(store, stateIndexKey(dataset), change, { compact: true });
}

const readIndex = async (store: Store, dataset: string): Promise<IndexDocument["partitions"]> =>
  (await readJson<IndexDocument>(store, stateIndexKey(dataset)))?.value.partitions ?? {};

async function listVersions(store: Store, dataset: string): Promise<Map<string, string>> {
  const versions = new Map<string, string>();
  for await (const { key, version } of store.list(stateFolder(dataset))) versions.set(partitionOf(key), version);
  return versions;
}
