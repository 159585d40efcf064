import { readFile, writeFile } from "node:fs/promises";
import { basename } from "node:path";
import { parseArgs } from "node:util";

/**
 * Writes a generated page, or with `--check` on the command line says whether it is up to date, as exit code 1 when it is not.
 * @param command what writes the page
 */
export async function keepPage(path: string, page: string, command: string): Promise<void> {
  const { values } = parseArgs({ options: { check: { type: "boolean", default: false } } });
  if (!values.check) {
    await writeFile(path, page);
  } else if (page !== (await readFile(path, "utf8").catch(() => ""))) {
    process.stderr.write(`${basename(path)} is not what it is made from; run ${command}\n`);
    process.exitCode = 1;
  }
}

/** A table, its head first. Columns are aligned in the text too, as the formatter of the repository wants it. */
export function pageTable([head = [], ...body]: readonly (readonly string[])[]): string {
  const widths = head.map((_cell, column) => Math.max(...[head, ...body].map((cells) => cells[column]?.length ?? 0)));
  const line = (cells: readonly string[]) =>
    `| ${cells.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(" | ")} |`;
  return [head, widths.map((width) => "-".repeat(width)), ...body].map(line).join("\n");
}
