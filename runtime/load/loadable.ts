import type { Dataset } from "../dataset/definition.ts";
import { recordsFolder, recordsKey } from "../store/layout.ts";
import type { Store } from "../store/store.ts";
import { sound, withStored } from "../store/stored-records.ts";
import type { Loadable } from "./load.ts";

/**
 * What there is to load, from one listing of the dataset's files and what processing said of them. Only a file that it said
 * nothing of, or that has another size since, is read: another run has written it meanwhile.
 * @param processed as processing left it, possibly some time ago
 */
export async function findLoadable(
  dataset: Dataset,
  processed: readonly Loadable[],
  store: Store,
): Promise<Loadable[]> {
  const sizes = new Map<string, number>();
  for await (const { key, size } of store.list(recordsFolder(dataset.name))) sizes.set(key, size);
  const known = new Map(processed.map((one) => [one.partition, one]));
  const found: Loadable[] = [];
  for (const partition of dataset.partitions.values) {
    const key = recordsKey(dataset.name, partition);
    const size = sizes.get(key);
    if (size === undefined) continue;
    const said = known.get(partition);
    const loadable = said?.bytes === size ? said : await readLoadable(partition, key, store);
    if (loadable) found.push(loadable);
  }
  return found;
}

const readLoadable = (partition: string, key: string, store: Store): Promise<Loadable | undefined> =>
  withStored(store, key, async (stored) => {
    if (!stored) return undefined;
    const { note, digest, bytes } = sound(stored);
    return { partition, rows: note.rows, digest, bytes };
  });
