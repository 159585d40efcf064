const sequence = /(?<newline>\n)|\p{Cc}\[(?<parameter>[?\d;]*)(?<command>[A-Za-z])|(?<text>\P{Cc}+)/gu;

/** What a terminal shows after these bytes; knows the sequences that move the cursor and erase, and no colours. */
export function screenOf(written: string): string[] {
  const rows: string[] = [""];
  let row = 0;
  let column = 0;
  for (const { groups } of written.matchAll(sequence)) {
    const line = rows[row] ?? "";
    const amount = Number(groups?.parameter) || 1;
    if (groups?.newline) {
      row += 1;
      column = 0;
      rows[row] ??= "";
    } else if (groups?.text) {
      rows[row] = line.slice(0, column).padEnd(column) + groups.text + line.slice(column + groups.text.length);
      column += groups.text.length;
    } else if (groups?.command === "A") row = Math.max(0, row - amount);
    else if (groups?.command === "G") column = amount - 1;
    else if (groups?.command === "K") rows[row] = groups.parameter === "2" ? "" : line.slice(0, column);
    else if (groups?.command === "J") rows.splice(row, rows.length, line.slice(0, column));
  }
  return rows;
}
