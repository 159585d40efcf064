/** A row that is no record: why, and where its raw is. */
export interface Rejected {
  readonly reason: string;
  readonly raw: string;
  /** Position among the body's rows, from 0. */
  readonly row: number;
  readonly fetchedAt: string;
  readonly source: unknown;
}

/** By where they come from, so that no order of reading matters. */
export const inOrder = (rejected: readonly Rejected[]): Rejected[] =>
  [...rejected].sort((a, b) => (a.raw < b.raw ? -1 : a.raw > b.raw ? 1 : a.row - b.row));

/** A JSON value a line. */
export const toLines = (rejected: readonly Rejected[]): Uint8Array =>
  new TextEncoder().encode(rejected.map((line) => `${JSON.stringify(line)}\n`).join(""));

export const fromLines = (body: Uint8Array | undefined): Rejected[] =>
  body
    ? new TextDecoder()
        .decode(body)
        .split("\n")
        .filter(Boolean)
        .map((line) => JSON.parse(line) as Rejected)
    : [];
