import type { SourceRow } from "../dataset/source.ts";
import { BodyError } from "./body-error.ts";
import { HELD } from "./bytes.ts";
import { parseText, rowsIn, segmentsOf } from "./json.ts";
import { RowCutter } from "./row-cutter.ts";
import { RowFinder } from "./row-finder.ts";

/**
 * The rows of a JSON body that is too large to be held. Only the places where rows may be cut are looked for; their text,
 * and at last the body without them, goes to the one parser, so that a large body reads as a small one does.
 * @param path where the rows are, as in `jsonBody({ rows })` @throws BodyError
 */
export async function* streamJson(texts: AsyncIterable<string>, path: string): AsyncGenerator<SourceRow[]> {
  const finder = new RowFinder(segmentsOf(path));
  const cutter = new RowCutter();
  let around = "";
  let state: "before" | "rows" | "after" = "before";
  for await (const text of texts) {
    let rest: string | undefined = text;
    if (state === "before") {
      rest = finder.read(text);
      around = finder.text;
      if (rest !== undefined) state = "rows";
    }
    if (state === "rows" && rest !== undefined) {
      const cut = cutter.read(rest);
      if (cut.rows.length > 0) yield cut.rows;
      rest = cut.after;
      if (rest !== undefined) state = "after";
    }
    if (state === "after" && rest !== undefined) around += rest;
    if (around.length > HELD)
      throw new BodyError(`the body has more than ${HELD} characters that are no rows${path && ` at ${path}`}`, false);
  }
  if (state === "rows") throw new BodyError("the body ends among its rows", true);
  const rows = rowsIn(parseText(around), path || undefined);
  if (state === "after" && rows.length > 0) throw new BodyError(`the body has rows at ${path} twice`, false);
  yield rows;
}
