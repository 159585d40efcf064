import { readFileSync } from "node:fs";
import { parse } from "csv-parse/sync";
import { type Fault, messageOf, UserError, unknownName } from "./errors.ts";

/**
 * The values of a column of a CSV file with a header line, in the order of the file, each once; empty ones are left out.
 * Write it as `csvColumn(new URL("./tickers.csv", import.meta.url), "ticker")`: in exactly this form the file goes with the
 * definition into the cloud's tasks.
 * @throws UserError when there is no such file or column
 */
export function csvColumn(file: URL, column: string): string[] {
  const rows = read(file);
  const [header = [], ...lines] = rows;
  const position = header.indexOf(column);
  if (position < 0) throw wrongFile(file, unknownName("", "has no column", column, header));
  const values = lines.map((line) => line[position]?.trim() ?? "").filter(Boolean);
  return [...new Set(values)];
}

function read(file: URL): string[][] {
  try {
    return parse(textOf(file), { bom: true, skip_empty_lines: true, relax_column_count: true });
  } catch (error) {
    throw wrongFile(file, { path: "", problem: messageOf(error), fix: "give a CSV file with a header line" });
  }
}

function textOf(file: URL): string | Buffer {
  if (file.protocol !== "data:") return readFileSync(file);
  return Buffer.from(file.pathname.slice(file.pathname.indexOf(",") + 1), "base64");
}

const wrongFile = (file: URL, fault: Fault): UserError =>
  new UserError(`${file.protocol === "data:" ? "the CSV file" : file.pathname} cannot be read:`, [fault]);
