import { createHash } from "node:crypto";
import type { Dataset } from "../dataset/definition.ts";
import type { Column, ColumnKind } from "../dataset/schema.ts";
import { withProvenance } from "../store/records.ts";

/** The SQL type of each kind of column; `decimal` is completed with precision and scale. */
export type SqlTypes = Readonly<Record<ColumnKind, string>>;

/** A name as SQL takes it literally. */
export const quote = (name: string): string => `"${name.replaceAll('"', '""')}"`;

export const sqlType = (column: Column, types: SqlTypes): string =>
  column.kind === "decimal" ? `${types.decimal}(${column.precision}, ${column.scale})` : types[column.kind];

/** The columns of a dataset's table as a CREATE TABLE lists them. */
export const columnList = (dataset: Dataset, types: SqlTypes): string =>
  Object.entries(withProvenance(dataset.schema))
    .map(([name, column]) => `${quote(name)} ${sqlType(column, types)}${column.nullable ? "" : " not null"}`)
    .join(", ");

export const columnNames = (dataset: Dataset): string =>
  Object.keys(withProvenance(dataset.schema)).map(quote).join(", ");

/** Tells tables of different names or columns apart. */
export const columnsDigest = (dataset: Dataset, table: string): string =>
  createHash("sha256")
    .update(
      JSON.stringify([
        table,
        Object.entries(withProvenance(dataset.schema)).map(([name, c]) => [
          name,
          c.kind,
          c.nullable,
          "scale" in c && [c.precision, c.scale],
        ]),
        dataset.key,
      ]),
    )
    .digest("hex")
    .slice(0, 16);
