import type { SourceRow } from "../dataset/source.ts";
import { BodyError } from "./body-error.ts";
import { HELD } from "./bytes.ts";
import { parseText } from "./json.ts";

const [QUOTE, COMMA, BACKSLASH] = [34, 44, 92];
const [OPEN_LIST, CLOSE_LIST, OPEN_OBJECT, CLOSE_OBJECT] = [91, 93, 123, 125];

/** Reads what follows the opening bracket of a list of rows, in pieces. */
export class RowCutter {
  /** How many lists and objects are open inside of the list. */
  #depth = 0;
  #quoted = false;
  #escaped = false;
  /** Text since the last comma between two rows. */
  #rest: string[] = [];
  #length = 0;
  #some = false;

  /** @returns the rows that are whole, and once the list has ended what follows, its closing bracket first @throws BodyError */
  read(text: string): { readonly rows: SourceRow[]; readonly after: string | undefined } {
    const { comma, end } = this.#scan(text);
    const cut = end >= 0 ? end : comma;
    const rows = cut >= 0 ? this.#parse(text.slice(0, cut), end >= 0) : [];
    if (end >= 0) return { rows, after: text.slice(end) };
    this.#keep(text.slice(comma + 1));
    return { rows, after: undefined };
  }

  /** Where the last comma between two rows is and where the list ends; -1 when there is none. */
  #scan(text: string): { comma: number; end: number } {
    let [depth, quoted, escaped, comma] = [this.#depth, this.#quoted, this.#escaped, -1];
    for (let index = 0; index < text.length; index += 1) {
      const code = text.charCodeAt(index);
      if (quoted) {
        if (escaped) escaped = false;
        else if (code === BACKSLASH) escaped = true;
        else if (code === QUOTE) quoted = false;
      } else if (code === QUOTE) quoted = true;
      else if (code === COMMA) {
        if (depth === 0) comma = index;
      } else if (code === OPEN_OBJECT || code === OPEN_LIST) depth += 1;
      else if (code === CLOSE_OBJECT || code === CLOSE_LIST) {
        if (depth === 0) return { comma, end: index };
        depth -= 1;
      }
    }
    [this.#depth, this.#quoted, this.#escaped] = [depth, quoted, escaped];
    return { comma, end: -1 };
  }

  #parse(text: string, last: boolean): SourceRow[] {
    const rows = parseText(`[${this.#rest.join("")}${text}]`, "a part of the body") as SourceRow[];
    if (rows.length === 0 && (this.#some || !last)) throw new BodyError("the body has a comma without a row", true);
    this.#some = true;
    this.#rest = [];
    this.#length = 0;
    return rows;
  }

  #keep(text: string): void {
    this.#rest.push(text);
    this.#length += text.length;
    if (this.#length > HELD) throw new BodyError(`a row is longer than ${HELD} characters`, false);
  }
}
