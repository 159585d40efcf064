import type { JsonValue } from "./value.ts";

/** Partitions that are known only when a run begins. */
export type PartitionOrigin =
  | {
      /** Values of a column of another dataset's records. */
      readonly kind: "rows";
      readonly dataset: string;
      readonly column: string;
      readonly where?: (record: Readonly<Record<string, JsonValue>>) => boolean;
    }
  /** What people and programs asked for with `tidegate request`. */
  | { readonly kind: "requested" };

/**
 * One partition for each value of a column of another dataset, as its records are when the run begins. The other dataset must be
 * in `after`.
 * @param where which records count; decimals, integers, dates and timestamps come as text
 */
export const rowsOf = (
  dataset: string,
  column: string,
  where?: (record: Readonly<Record<string, JsonValue>>) => boolean,
): PartitionOrigin => ({ kind: "rows", dataset, column, ...(where ? { where } : {}) });

/** On demand: one partition for each that was asked for with `tidegate request <dataset> <value...>`. */
export const requested = (): PartitionOrigin => ({ kind: "requested" });
