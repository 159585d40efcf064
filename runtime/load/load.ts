import { createHash } from "node:crypto";
import type { Dataset } from "../dataset/definition.ts";
import { writeJson } from "../store/documents.ts";
import { loadKey, recordsKey } from "../store/layout.ts";
import type { Store } from "../store/store.ts";
import { columnsDigest } from "./columns.ts";
import type { Load, LoadFile, Target, TargetState } from "./target.ts";

/** A partition's file as processing left it. */
export type Loadable = Omit<LoadFile, "key">;

/** The table a dataset has in a target, or undefined when it is not loaded there. */
const tableIn = (dataset: Dataset, target: Target): string | undefined => dataset.load[target.name]?.table;

/**
 * Brings a target up to the lake: partitions whose file is another one than the ledger knows are loaded, in one
 * transaction. @returns the rows that were loaded
 */
export async function load(
  dataset: Dataset,
  partitions: readonly Loadable[],
  target: Target,
  store: Store,
): Promise<number> {
  const table = tableIn(dataset, target);
  if (!table) return 0;
  const state = await target.state(dataset.name);
  const columns = columnsDigest(dataset, table);
  const recreate = state.columns !== undefined && state.columns !== columns;
  if (recreate) mustHaveAll(dataset, partitions, state);
  const changed = recreate
    ? partitions
    : partitions.filter(({ partition, digest }) => state.partitions.get(partition) !== digest);
  if (changed.length === 0) return 0;
  const files = changed.map(({ partition, digest, bytes, rows }) => ({
    partition,
    key: recordsKey(dataset.name, partition),
    digest,
    bytes,
    rows,
  }));
  const id = loadId([target.name, dataset.name, state.lastLoad ?? null, columns, files]);
  const planned: Load = { id, dataset, table, columns, recreate, files };
  await writeJson(store, loadKey(target.name, dataset.name, id), {
    version: 1,
    id,
    dataset: dataset.name,
    table,
    recreate,
    files,
  });
  await target.apply(planned, store);
  return files.reduce((sum, { rows }) => sum + rows, 0);
}

/** A table is made anew from records alone, so a partition that could not be processed now would vanish from it. */
function mustHaveAll(dataset: Dataset, partitions: readonly Loadable[], state: TargetState): void {
  const lacking = dataset.partitions.values.filter(
    (value) => state.partitions.has(value) && !partitions.some(({ partition }) => partition === value),
  );
  if (lacking.length)
    throw new Error(
      `${dataset.name}: its table has to be made anew, but ${lacking.join(", ")} could not be processed; nothing was loaded`,
    );
}

/** Follows from the load before and from what is loaded now: the same step has the same id however often it is tried. */
const loadId = (parts: unknown): string =>
  createHash("sha256").update(JSON.stringify(parts)).digest("hex").slice(0, 32);
