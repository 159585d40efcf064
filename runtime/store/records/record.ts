import type { Schema } from "../../dataset/schema.ts";

/**
 * A checked record. Its values are in the order of the schema, in the form they are stored in: text and JSON as strings,
 * dates as days and timestamps as milliseconds since 1970, decimals unscaled, integers as bigint.
 */
export interface StoredRecord {
  readonly values: readonly StoredValue[];
  /** Key of the raw body that it was read from. */
  readonly raw: string;
  /** When that body was fetched, Unix milliseconds. */
  readonly fetchedAt: number;
}

export type StoredValue = string | number | bigint | boolean | null;

/** Many records, column by column: as they lie in a file, and without an object for each. */
export interface RecordColumns {
  /** The columns of the schema, in its order. */
  readonly values: readonly StoredValue[][];
  readonly raw: string[];
  readonly fetchedAt: number[];
}

/** What a partition's file says of itself. */
export interface RecordsNote {
  readonly version: 1;
  /** Digest of all that decides how raw becomes records. */
  readonly definition: string;
  /** Names of the exchanges that the records were made from. */
  readonly exchanges: readonly string[];
  readonly rows: number;
  readonly quarantined: number;
}

/** Where a record comes from: columns that stand behind those of the schema in every file and table. */
export const PROVENANCE: Schema = {
  _raw: { kind: "text", nullable: false, description: "Key of the raw body in the lake" },
  _fetched_at: { kind: "timestamp", from: "iso", nullable: false, description: "When that body was fetched" },
};

export const withProvenance = (schema: Schema): Schema => ({ ...schema, ...PROVENANCE });

/** Some of the records, in their order. */
export const sliceOf = ({ values, raw, fetchedAt }: RecordColumns, from: number, to: number): RecordColumns => ({
  values: values.map((column) => column.slice(from, to)),
  raw: raw.slice(from, to),
  fetchedAt: fetchedAt.slice(from, to),
});

/** The records of several lists, one after the other. */
export function joined(lists: readonly RecordColumns[]): RecordColumns {
  const [first] = lists;
  return {
    values: (first?.values ?? []).map((_, i) => lists.flatMap(({ values }) => values[i] ?? [])),
    raw: lists.flatMap(({ raw }) => raw),
    fetchedAt: lists.flatMap(({ fetchedAt }) => fetchedAt),
  };
}

/** Adds records behind others, without a copy of those. */
export function append(to: RecordColumns, { values, raw, fetchedAt }: RecordColumns): void {
  for (const [i, column] of to.values.entries()) push(column, values[i] ?? []);
  push(to.raw, raw);
  push(to.fetchedAt, fetchedAt);
}

function push<T>(to: T[], added: readonly T[]): void {
  for (const value of added) to.push(value);
}

/** Lets go of records where they stand. */
export function clear({ values, raw, fetchedAt }: RecordColumns): void {
  for (const column of [...values, raw, fetchedAt]) column.length = 0;
}

export const noRecords = (schema: Schema): RecordColumns => ({
  values: Object.keys(schema).map(() => []),
  raw: [],
  fetchedAt: [],
});
