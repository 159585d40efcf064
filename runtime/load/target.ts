import type { Dataset } from "../dataset/definition.ts";
import type { Store } from "../store/store.ts";

export type TargetName = "warehouse" | "database";

/** One partition's Parquet file as a load brings it in. */
export interface LoadFile {
  readonly partition: string;
  /** Key in the lake. */
  readonly key: string;
  /** SHA-256 of the file. */
  readonly digest: string;
  /** Size of the file. */
  readonly bytes: number;
  readonly rows: number;
}

/** What one transaction brings in. */
export interface Load {
  /** A load id is applied at most once. */
  readonly id: string;
  readonly dataset: Dataset;
  readonly table: string;
  /** Digest of the table's name and columns. */
  readonly columns: string;
  /** The table has other columns: it is made anew, and `files` holds every partition. */
  readonly recreate: boolean;
  readonly files: readonly LoadFile[];
}

/** What a target knows of a dataset; it is the ledger, not the lake, that says what has been loaded. */
export interface TargetState {
  /** Digest of the columns its table was made with. */
  readonly columns: string | undefined;
  readonly lastLoad: string | undefined;
  /** Partition -> digest of the file it holds. */
  readonly partitions: ReadonlyMap<string, string>;
}

/** A place that records are loaded into: Redshift or DuckDB as the warehouse, Postgres as the database. */
export interface Target {
  readonly name: TargetName;
  state(dataset: string): Promise<TargetState>;
  /**
   * Stages the files, replaces the partitions' rows and writes the ledger, all in one transaction. A load that the ledger
   * already has changes nothing, so that an unknown outcome may simply be tried again.
   */
  apply(load: Load, store: Store): Promise<void>;
}
