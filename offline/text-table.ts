import Table from "cli-table3";

/** A column's heading, and how its values stand in it. */
export interface Column {
  readonly head: string;
  readonly align?: "left" | "right";
}

/** A table for a terminal or a log: no colours, a line below the head only. */
export function textTable(columns: readonly Column[], rows: readonly (readonly (string | number)[])[]): string {
  const table = new Table({
    head: columns.map(({ head }) => head),
    colAligns: columns.map(({ align }) => align ?? "left"),
    style: { head: [], border: [] },
    chars: { mid: "", "left-mid": "", "mid-mid": "", "right-mid": "" },
  });
  for (const row of rows) table.push([...row]);
  const [top = "", head = "", ...body] = table.toString().split("\n");
  const line = top.replaceAll("┬", "┼").replace("┌", "├").replace("┐", "┤");
  return [top, head, line, ...body].join("\n");
}
