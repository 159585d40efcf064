import Table from "cli-table3";
import type { RunSummary } from "../../dataset/run.ts";
import { formatBytes, formatCount, formatDate, formatSeconds } from "../../publish/report/format.ts";
import { paint, printable } from "./style.ts";
import { terminalWidth } from "./width.ts";

export interface Column {
  readonly name: string;
  /** @default right when every value of the column is a number, else left */
  readonly align?: "left" | "right";
}

/** The stream decides about colours and, when it is a terminal, about the width. */
export interface TableOptions {
  readonly stream?: NodeJS.WritableStream;
  /** Characters in a line. @default the width of the terminal, unlimited when the stream is none */
  readonly width?: number;
}

const summaryColumns: readonly Column[] = [
  { name: "dataset", align: "left" },
  { name: "partitions", align: "right" },
  { name: "requests", align: "right" },
  { name: "raw bytes", align: "right" },
  { name: "rows", align: "right" },
  { name: "first", align: "left" },
  { name: "last", align: "left" },
  { name: "gaps", align: "right" },
  { name: "quarantined", align: "right" },
  { name: "seconds", align: "right" },
];

/** The runs' numbers, one line a dataset. A dataset that failed or stopped says so behind its name. */
export function summaryTable(summaries: readonly RunSummary[], options: TableOptions = {}): string {
  const attention = (count: number) =>
    count > 0 ? paint(options.stream, "yellow", formatCount(count)) : formatCount(count);
  const rows = summaries.map((summary) => [
    nameWithOutcome(summary, options),
    formatCount(summary.partitions),
    formatCount(summary.requests),
    formatBytes(summary.rawBytes),
    formatCount(summary.rows),
    formatDate(summary.first),
    formatDate(summary.last),
    attention(summary.gaps),
    attention(summary.quarantined),
    formatSeconds(summary.seconds),
  ]);
  return layOut(summaryColumns, rows, options);
}

/**
 * Rows of any query as text: headings, a rule, and one line a row. When that is wider than the terminal every row becomes a block of
 * `name  value` lines instead, so that no value is ever cut.
 */
export function rowsTable(
  columns: readonly (string | Column)[],
  rows: readonly (readonly unknown[])[],
  options: TableOptions = {},
): string {
  const aligned = columns.map((column, index) => {
    const given: Column = typeof column === "string" ? { name: column } : column;
    const align = given.align ?? (isNumeric(rows.map((row) => row[index])) ? "right" : "left");
    return { name: printable(given.name), align };
  });
  return layOut(
    aligned,
    rows.map((row) => aligned.map((_, index) => cellText(row[index]))),
    options,
  );
}

function nameWithOutcome({ dataset, outcome }: RunSummary, { stream }: TableOptions): string {
  const name = printable(dataset);
  if (outcome === "failed") return `${name} ${paint(stream, "red", "failed")}`;
  return outcome === "stopped" ? `${name} ${paint(stream, "yellow", "stopped")}` : name;
}

function layOut(columns: readonly Column[], rows: readonly (readonly string[])[], options: TableOptions): string {
  const width = options.width ?? terminalWidth(options.stream);
  const heading = (text: string) => paint(options.stream, "bold", text);
  const table = compactTable(columns.map(({ align }) => align ?? "left"));
  table.options.head = columns.map(({ name }) => heading(name));
  for (const row of rows) table.push([...row]);
  const lines = withoutTrailingSpace(table.toString());
  const rule = lines.split("\n")[1] ?? "";
  return rule.length <= width ? lines : blocks(columns, rows, heading);
}

function blocks(
  columns: readonly Column[],
  rows: readonly (readonly string[])[],
  heading: (text: string) => string,
): string {
  return rows
    .map((row) => {
      const block = compactTable(["left", "left"]);
      columns.forEach(({ name }, index) => {
        block.push([heading(name), row[index] ?? ""]);
      });
      return withoutTrailingSpace(block.toString());
    })
    .join("\n\n");
}

function compactTable(colAligns: ("left" | "right")[]): Table.Table {
  return new Table({
    colAligns,
    chars: {
      ...{ top: "", "top-mid": "", "top-left": "", "top-right": "" },
      ...{ bottom: "", "bottom-mid": "", "bottom-left": "", "bottom-right": "" },
      ...{ left: "", right: "", "left-mid": "", "right-mid": "" },
      ...{ mid: "─", "mid-mid": "──", middle: "  " },
    },
    style: { head: [], border: [], compact: true, "padding-left": 0, "padding-right": 0 },
  });
}

function withoutTrailingSpace(text: string): string {
  return text.replace(/ +$/gm, "");
}

function isNumeric(values: readonly unknown[]): boolean {
  const present = values.filter((value) => value !== null && value !== undefined);
  return present.length > 0 && present.every((value) => /^[-+]?\d+(\.\d+)?(e[-+]?\d+)?$/i.test(String(value)));
}

function cellText(value: unknown): string {
  if (value === null || value === undefined) return "null";
  if (value instanceof Date) return value.toISOString();
  return printable(typeof value === "object" ? JSON.stringify(value) : String(value));
}
