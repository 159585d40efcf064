import type { JsonValue } from "tidegate";

/**
 * Reads the text that Google Finance's `getprices` gave: lines `KEY=VALUE`, then one row a line in the order of `COLUMNS`. The
 * first field of a row is `a` and Unix seconds, or the number of intervals since the last row with an `a`. `TIMEZONE_OFFSET`, in
 * minutes, stands before the rows and again where summer time begins or ends.
 * @returns rows with the columns' names in small letters, `time` in Unix seconds and `utc_offset` in minutes
 * @throws Error for any other text
 */
export function googlePrices(text: string): JsonValue[] {
  const header = new Map<string, string>();
  const rows: JsonValue[] = [];
  let base = Number.NaN;
  for (const [index, line] of text.split(/\r?\n/).entries()) {
    if (line === "") continue;
    const [, name, value = ""] = /^([A-Z_]+)(?:=|%3D)(.*)$/.exec(line) ?? [];
    if (name !== undefined) {
      header.set(name, value);
      continue;
    }
    const [first = "", ...values] = line.split(",");
    const [, absolute, offset] = /^(?:a(\d+)|(\d+))$/.exec(first) ?? [];
    const [, ...columns] = columnsOf(header);
    if (absolute !== undefined) base = Number(absolute);
    const time = base + Number(offset ?? 0) * intervalOf(header);
    if (Number.isNaN(time) || values.length !== columns.length)
      throw new Error(`line ${index + 1} is no row of prices: ${JSON.stringify(line.slice(0, 80))}`);
    rows.push({
      ...Object.fromEntries(columns.map((column, i) => [column, values[i] ?? null])),
      time,
      utc_offset: header.get("TIMEZONE_OFFSET") ?? null,
    });
  }
  columnsOf(header);
  return rows;
}

function columnsOf(header: ReadonlyMap<string, string>): string[] {
  const columns = header.get("COLUMNS")?.toLowerCase().split(",");
  if (columns?.[0] !== "date") throw new Error("the text has no line COLUMNS=DATE,… before its rows");
  return columns;
}

function intervalOf(header: ReadonlyMap<string, string>): number {
  const interval = Number(header.get("INTERVAL"));
  if (!Number.isInteger(interval) || interval <= 0) throw new Error("the text has no line INTERVAL=<seconds>");
  return interval;
}
