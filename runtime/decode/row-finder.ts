import { parseText } from "./json.ts";

/** A string, whole or (group 1 empty) cut off, or a sign. */
const TOKEN = /"[^"\\]*(?:\\.[^"\\]*)*("?)|[[\]{}:,]/gs;

/** Finds the list at a path of names in JSON text that comes in pieces. That the text is valid is seen when it is parsed. */
export class RowFinder {
  readonly #path: readonly string[];
  /** All that was read, until the list: its opening bracket is the last character. */
  text = "";
  #read = 0;
  /** How many lists and objects are open, and how many of the path's names lead to the innermost of them that lies on it. */
  #depth = 0;
  #matched = 0;
  #string = "";
  /** Whether the value that comes next lies on the path. */
  #onPath = true;

  constructor(path: readonly string[]) {
    this.#path = path;
  }

  /** @returns what follows the opening bracket of the list, once that has come */
  read(more: string): string | undefined {
    this.text += more;
    TOKEN.lastIndex = this.#read;
    for (let match = TOKEN.exec(this.text); match; match = TOKEN.exec(this.text)) {
      const [token, quote] = match;
      if (token.startsWith('"') && !quote) return undefined;
      this.#read = TOKEN.lastIndex;
      if (this.#isList(token)) {
        const rest = this.text.slice(this.#read);
        this.text = this.text.slice(0, this.#read);
        return rest;
      }
    }
    this.#read = this.text.length;
    return undefined;
  }

  #isList(token: string): boolean {
    if (token === "[" || token === "{") return this.#open(token);
    if (token === "]" || token === "}") this.#depth -= 1;
    if (token === "]" || token === "}") this.#matched = Math.min(this.#matched, Math.max(0, this.#depth - 1));
    if (token === ":") this.#onPath = this.#depth === this.#matched + 1 && parseText(this.#string) === this.#name();
    else this.#onPath = false;
    if (token.startsWith('"')) this.#string = token;
    return false;
  }

  #open(token: string): boolean {
    const names = this.#depth === 0 ? 0 : this.#matched + 1;
    if (this.#onPath && token === "[" && names === this.#path.length) return true;
    if (this.#onPath && token === "{") this.#matched = names;
    this.#depth += 1;
    this.#onPath = false;
    return false;
  }

  #name = (): string | undefined => this.#path[this.#matched];
}
