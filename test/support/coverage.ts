import type { Interval } from "../../runtime/dataset/interval.ts";
import { readState } from "../../runtime/store/state.ts";
import type { Store } from "../../runtime/store/store.ts";

/** What is known complete of a partition, merged and in order. */
export const readCoverage = async (store: Store, dataset: string, partition: string): Promise<readonly Interval[]> =>
  (await readState(store, dataset, partition)).state.coverage;
