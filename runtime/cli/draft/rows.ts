import type { ProposedColumn } from "./columns.ts";
import { IDENTIFIER } from "./property.ts";

export interface RowsContext {
  /** The partition's. */
  readonly field: string;
  /** The column of the day on which it was asked. */
  readonly day: string | undefined;
  /** See `Sample`. */
  readonly inside: string | undefined;
}

/** TypeScript of how a row is read. */
export function rowsCode(columns: readonly ProposedColumn[], { field, day, inside }: RowsContext): string[] {
  const read = columns.filter(({ name }) => name !== field);
  const isList = columns.some(({ from }) => typeof from === "number");
  const values = read.map((column) => {
    const place = isList ? column.name : placeOf(String(column.from), inside);
    const code = column.values.includes("") ? `${place} === "" ? null : ${place}` : place;
    return code === column.name ? `${column.name},` : `${column.name}: ${code},`;
  });
  const names = columns.map(({ name }) => (name === field ? "" : name));
  const row = isList ? `[${names.join(", ")}]` : inside === undefined ? "row" : `{ ${inside} }`;
  if (day !== undefined) values.unshift(`${day}: window.first.date,`);
  const parameters = day === undefined ? row : `${row}, { window }`;
  return [`rows: (${parameters}) => ({`, ...values.map((line) => `  ${line}`), "}),"];
}

function placeOf(name: string, inside: string | undefined): string {
  if (inside !== undefined) return `at(${inside}, ${JSON.stringify(name)})`;
  return IDENTIFIER.test(name) ? `row.${name}` : `row[${JSON.stringify(name)}]`;
}
