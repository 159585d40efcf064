import type { SchemaElement } from "hyparquet";
import type { Column, Schema } from "../../dataset/schema.ts";
import { PROVENANCE } from "./record.ts";

/** The columns of a Parquet file of records, without those that say where a record comes from. What was JSON is text. */
export const recordedSchema = ([, ...columns]: readonly SchemaElement[]): Schema =>
  Object.fromEntries(
    columns.filter(({ name }) => !Object.hasOwn(PROVENANCE, name)).map((element) => [element.name, columnOf(element)]),
  );

function columnOf(element: SchemaElement): Column {
  const nullable = element.repetition_type === "OPTIONAL";
  switch (element.converted_type) {
    case "UTF8":
      return { kind: "text", nullable };
    case "DATE":
      return { kind: "date", nullable };
    case "TIMESTAMP_MICROS":
      return { kind: "timestamp", from: "iso", nullable };
    case "DECIMAL":
      return {
        kind: "decimal",
        precision: element.precision ?? 0,
        scale: element.scale ?? 0,
        excess: "refuse",
        nullable,
      };
    default:
      return { kind: element.type === "INT64" ? "integer" : element.type === "DOUBLE" ? "float" : "boolean", nullable };
  }
}
