import pMap from "p-map";
import { type Fault, UserError } from "../../dataset/errors.ts";
import { formatBytes, formatCount } from "../../publish/report/format.ts";
import { exchangeName, partitionOfRaw, rawDatasetFolder, recordsKey } from "../../store/layout.ts";
import type { Store } from "../../store/store.ts";
import { sound, withStored } from "../../store/stored-records.ts";
import { loadDatasets, selectDatasets } from "../datasets.ts";
import { openFilledLake } from "../lake.ts";
import { LocalPlatform } from "../local.ts";
import { rowsTable } from "../terminal/table.ts";

export interface ClearRawOptions {
  readonly data: string;
  readonly datasets?: string;
  readonly yes?: true;
  readonly force?: true;
  readonly json?: true;
}

interface Raw {
  readonly dataset: string;
  readonly keys: readonly string[];
  readonly exchanges: number;
  readonly bytes: number;
  /** Partitions with exchanges that no Parquet file was made from. */
  readonly unprocessed: readonly string[];
}

/** Objects that are deleted at the same time. */
const DELETIONS = 16;

/** `tidegate clear-raw`: deletes the raw of datasets, when that is said twice. */
export async function clearRaw(names: readonly string[], options: ClearRawOptions): Promise<number> {
  const datasets = selectDatasets(await loadDatasets(options.datasets), names);
  const look = await openFilledLake(options);
  if (!options.yes) {
    tell(await Promise.all(datasets.map(({ name }) => rawOf(name, look))), options);
    return 0;
  }
  // Nobody else may write into the folder meanwhile.
  const platform = await LocalPlatform.open(options.data);
  try {
    const raw = await Promise.all(datasets.map(({ name }) => rawOf(name, platform.store)));
    if (!options.force) refuseUnprocessed(raw);
    for (const one of raw) await remove(one, platform.store);
    tell(raw, options);
    return 0;
  } finally {
    await platform.close();
  }
}

async function rawOf(dataset: string, store: Store): Promise<Raw> {
  const keys: string[] = [];
  const exchanges = new Map<string, string[]>();
  let bytes = 0;
  for await (const { key, size } of store.list(rawDatasetFolder(dataset))) {
    keys.push(key);
    bytes += size;
    const name = exchangeName(key);
    if (!name) continue;
    const partition = partitionOfRaw(key);
    exchanges.set(partition, [...(exchanges.get(partition) ?? []), name]);
  }
  const processed = await Promise.all(
    [...exchanges].map(async ([partition, names]) => ({
      partition,
      done: await isProcessed(dataset, partition, names, store),
    })),
  );
  return {
    dataset,
    keys,
    bytes,
    exchanges: [...exchanges.values()].reduce((sum, names) => sum + names.length, 0),
    unprocessed: processed.filter(({ done }) => !done).map(({ partition }) => partition),
  };
}

const isProcessed = (dataset: string, partition: string, names: readonly string[], store: Store): Promise<boolean> =>
  withStored(store, recordsKey(dataset, partition), async (stored) => {
    if (!stored) return false;
    const known = new Set(sound(stored).note.exchanges);
    return names.every((name) => known.has(name));
  });

/** Records of exchanges first: a record never names a body that is gone. */
async function remove({ keys }: Raw, store: Store): Promise<void> {
  const isRecord = (key: string): boolean => exchangeName(key) !== undefined;
  for (const some of [keys.filter(isRecord), keys.filter((key) => !isRecord(key))])
    await pMap(some, (key) => store.remove(key), { concurrency: DELETIONS });
}

function refuseUnprocessed(raw: readonly Raw[]): void {
  const faults: Fault[] = raw
    .filter(({ unprocessed }) => unprocessed.length)
    .map(({ dataset, unprocessed }) => ({
      path: dataset,
      problem: `raw of ${unprocessed.length} partitions has no records yet`,
      value: unprocessed.slice(0, 5),
      fix: `run tidegate process ${dataset} first, or delete it all the same with --force`,
    }));
  if (faults.length) throw new UserError("nothing was deleted:", faults);
}

function tell(raw: readonly Raw[], { yes, json }: ClearRawOptions): void {
  const numbers = raw.map(({ dataset, exchanges, keys, bytes, unprocessed }) => ({
    dataset,
    exchanges,
    objects: keys.length,
    bytes,
    unprocessed,
  }));
  if (json) {
    process.stdout.write(`${JSON.stringify({ deleted: yes ?? false, datasets: numbers }, null, 2)}\n`);
    return;
  }
  const table = rowsTable(
    ["dataset", "exchanges", "objects", "bytes", "not processed"],
    numbers.map((one) => [
      one.dataset,
      formatCount(one.exchanges),
      formatCount(one.objects),
      formatBytes(one.bytes),
      formatCount(one.unprocessed.length),
    ]),
    { stream: process.stdout },
  );
  const end = yes
    ? "deleted. Coverage and records stay; a later change of the definition is refused for records whose raw is gone."
    : "nothing was deleted. With --yes it is, and a later change of the definition can no longer be applied to its records.";
  process.stdout.write(`${table}\n${end}\n`);
}
