/** Characters in a line of the terminal; unlimited when the stream is none. */
export function terminalWidth(stream: NodeJS.WritableStream | undefined): number {
  return stream && "columns" in stream && typeof stream.columns === "number" && stream.columns > 0
    ? stream.columns
    : Number.POSITIVE_INFINITY;
}

/** The text in lines of at most `width` characters, broken at spaces where there are any. */
export function wrap(text: string, width: number): string[] {
  const lines: string[] = [];
  let rest = text;
  while (rest.length > width) {
    const space = rest.lastIndexOf(" ", width);
    const end = space > 0 ? space : Math.max(1, width);
    lines.push(rest.slice(0, end));
    rest = rest.slice(end).trimStart();
  }
  return [...lines, rest];
}
