import type { Format, RowsAt } from "../dataset/format.ts";
import type { JsonValue, SourceRow } from "../dataset/source.ts";
import type { Content } from "../store/store.ts";
import { BodyError } from "./body-error.ts";
import { type Body, chunksOf, HELD, joined, peek, textsOf } from "./bytes.ts";
import { streamCsv } from "./csv.ts";
import { inflate, inflated, isCompressed } from "./inflate.ts";
import { segmentsOf } from "./json.ts";
import { streamLines } from "./lines.ts";
import { streamJson } from "./stream-json.ts";
import { unzipped } from "./unzip.ts";
import { readWhole, type Whole } from "./whole.ts";

/** A body that was read once from its first to its last row. */
export interface Scanned {
  readonly rows: number;
  readonly first: SourceRow | undefined;
  readonly last: SourceRow | undefined;
  /** The parsed body, when the format is JSON and it was held in memory. */
  readonly value: JsonValue | undefined;
}

/** Bytes that are sooner read in one go than piece by piece; of compressed ones a part, for what they unpack to. */
const SMALL = 1024 * 1024;
const SMALL_COMPRESSED = SMALL / 16;

/** What only a function of the definition can find its way in must be held, however large. */
const MOST_HELD = 256 * 1024 * 1024;

/** Whether `decodeSmall` reads the body. */
export const fitsSmall = (body: Content, format: Format): body is Uint8Array =>
  body instanceof Uint8Array && body.length <= (isCompressed(body) ? SMALL_COMPRESSED : SMALL) && format.kind !== "zip";

/** The rows of a body that `fitsSmall`, at once. @throws BodyError */
export const decodeSmall = (body: Uint8Array, format: Format): SourceRow[] => readWhole(inflate(body), format).rows;

/** The rows of a body, in lists of some. Memory is bounded by the longest row, except where a function finds the rows. @throws BodyError */
export async function* decodeRows(body: Body, format: Format): AsyncGenerator<SourceRow[]> {
  for await (const { rows } of partsOf(body, format)) yield rows;
}

/** Reads a body to its end, so that what is broken in it is known. @param visit is given every row in order @throws BodyError */
export async function scan(body: Body, format: Format, visit?: (row: SourceRow) => void): Promise<Scanned> {
  let scanned: Scanned = { rows: 0, first: undefined, last: undefined, value: undefined };
  for await (const { rows, value } of partsOf(body, format)) {
    if (visit) for (const row of rows) visit(row);
    scanned = {
      rows: scanned.rows + rows.length,
      first: scanned.rows > 0 ? scanned.first : rows[0],
      last: rows.at(-1) ?? scanned.last,
      value,
    };
  }
  return scanned;
}

/** The beginning of a body's text without its compression, for rules and excerpts; it need not be text, nor whole. */
export async function headText(body: Content, bytes = 64 * 1024): Promise<string> {
  const pieces: Uint8Array[] = [];
  let size = 0;
  try {
    for await (const piece of inflated(chunksOf(body))) {
      pieces.push(piece);
      size += piece.length;
      if (size >= bytes) break;
    }
  } catch (error) {
    if (!(error instanceof BodyError)) throw error;
  }
  return new TextDecoder().decode(joined(pieces).subarray(0, bytes));
}

async function* partsOf(body: Body, format: Format): AsyncGenerator<Whole> {
  if (format.kind === "zip") yield* partsOf(unzipped(body), format.of);
  else if (isContent(body) && fitsSmall(body, format)) yield readWhole(inflate(body), format);
  else {
    const most = mostHeld(format);
    const known = isContent(body) && "path" in body && body.bytes > most;
    const { pieces, ended, all } = await peek(inflated(chunksOf(body)), known ? 0 : most);
    if (ended) yield readWhole(joined(pieces), format);
    else for await (const rows of streamRows(all, format)) yield { rows };
  }
}

const isContent = (body: Body): body is Content => body instanceof Uint8Array || "path" in body;

/** How much of a body may be read before it is better streamed. */
function mostHeld(format: Format): number {
  if (format.kind === "ndjson" || format.kind === "csv") return SMALL;
  return format.kind === "json" && isPlain(format.rows) ? HELD : MOST_HELD;
}

/** Names lead to the rows: neither a function nor a position in a list. */
const isPlain = (rows: RowsAt | undefined): rows is string | undefined =>
  typeof rows !== "function" && !segmentsOf(rows ?? "").some((name) => /^\d+$/.test(name));

async function* streamRows(chunks: AsyncIterable<Uint8Array>, format: Format): AsyncGenerator<SourceRow[]> {
  const texts = textsOf(chunks);
  if (format.kind === "ndjson") yield* streamLines(texts);
  else if (format.kind === "csv") yield* streamCsv(texts, format);
  else if (format.kind === "json" && isPlain(format.rows)) yield* streamJson(texts, format.rows ?? "");
  else
    throw new BodyError(
      `the body has more than ${MOST_HELD} bytes: too many for a function that takes it whole`,
      false,
    );
}
