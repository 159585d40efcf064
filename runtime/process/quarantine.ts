/** A row that is no record: why, and where its raw is. */
export interface Rejected {
  readonly reason: string;
  readonly raw: string;
  /** Position among the body's rows, from 0. */
  readonly row: number;
  readonly fetchedAt: string;
  readonly source: unknown;
}

/** A rejected row as a line of quarantine, with what it is sorted by. */
export interface Refused extends Pick<Rejected, "raw" | "row"> {
  /** JSON, without the end of the line. */
  readonly line: string;
}

export const toRefused = (rejected: Rejected): Refused => ({
  raw: rejected.raw,
  row: rejected.row,
  line: JSON.stringify(rejected),
});

/** By where they come from, so that no order of reading matters. */
export function compareRefused(one: Refused, other: Refused): number {
  if (one.raw !== other.raw) return one.raw < other.raw ? -1 : 1;
  if (one.row !== other.row) return one.row - other.row;
  return one.line < other.line ? -1 : one.line > other.line ? 1 : 0;
}

/** The rows of a quarantine as it is stored. */
export async function* readQuarantine(pieces: AsyncIterable<Uint8Array>): AsyncGenerator<Refused> {
  const decoder = new TextDecoder();
  let rest = "";
  for await (const piece of pieces) {
    const lines = (rest + decoder.decode(piece, { stream: true })).split("\n");
    rest = lines.pop() ?? "";
    for (const line of lines) yield { ...placeOf(line), line };
  }
}

function placeOf(line: string): Pick<Rejected, "raw" | "row"> {
  const { raw, row } = JSON.parse(line) as Rejected;
  return { raw, row };
}
