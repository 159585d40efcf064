import type { SourceRow } from "../dataset/source.ts";
import { BodyError } from "./body-error.ts";
import { HELD } from "./bytes.ts";
import { parseText } from "./json.ts";

/** JSON lines; empty ones are left out. @param before number of lines before these @throws BodyError */
export function readLines(text: string, before = 0): SourceRow[] {
  const rows: SourceRow[] = [];
  for (const [index, line] of text.split("\n").entries())
    if (line.trim() !== "") rows.push(parseText(line, `line ${before + index + 1}`) as SourceRow);
  return rows;
}

/** Text in blocks of whole lines, whatever its pieces; `cut` gives the end of the last whole line, or 0. @throws BodyError */
export async function* blocksOf(
  texts: AsyncIterable<string>,
  cut = (text: string): number => text.lastIndexOf("\n") + 1,
): AsyncGenerator<string> {
  let rest: string[] = [];
  let length = 0;
  for await (const text of texts) {
    const end = cut(text);
    if (end > 0) {
      yield rest.join("") + text.slice(0, end);
      rest = [];
      length = 0;
    }
    rest.push(text.slice(end));
    length += text.length - end;
    if (length > HELD) throw new BodyError(`a line is longer than ${HELD} characters`, false);
  }
  if (length > 0) yield rest.join("");
}

export async function* streamLines(texts: AsyncIterable<string>): AsyncGenerator<SourceRow[]> {
  let lines = 0;
  for await (const block of blocksOf(texts)) {
    yield readLines(block, lines);
    lines += block.split("\n").length - 1;
  }
}
