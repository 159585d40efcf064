import { parse } from "csv-parse/sync";
import { messageOf } from "../dataset/errors.ts";
import type { CsvOptions } from "../dataset/format.ts";
import type { SourceRow } from "../dataset/source.ts";
import { BodyError, excerpt } from "./body-error.ts";
import { blocksOf } from "./lines.ts";

/** Reads a CSV file in blocks of whole records; each row is an object with a text per column. */
export class CsvReader {
  readonly #options: CsvOptions;
  readonly #delimiter: string;
  #names: readonly string[] | undefined;
  #begun = false;
  /** A body of one line, which no delimiter divides: rather a message than a table. */
  #message: string | undefined;

  constructor(options: CsvOptions) {
    this.#options = options;
    this.#delimiter = options.delimiter ?? ",";
    this.#names = options.columns;
  }

  /** @throws BodyError */
  read(text: string): SourceRow[] {
    if (!this.#begun && text.trim() !== "") this.#begin(text);
    try {
      const rows: SourceRow[] = parse(text, {
        delimiter: this.#delimiter,
        skip_empty_lines: true,
        columns: this.#names ? [...this.#names] : (header: string[]) => this.#header(header),
      });
      if (rows.length > 0) this.#message = undefined;
      return rows;
    } catch (error) {
      if (error instanceof BodyError) throw error;
      throw new BodyError(`the body is no CSV (${messageOf(error)}): ${excerpt(text)}`, true);
    }
  }

  /** @throws BodyError when all of it was no table */
  end(): [] {
    if (!this.#begun && !this.#options.columns) throw new BodyError("the body is empty", true);
    if (this.#message !== undefined) throw new BodyError(`the body is no CSV: ${excerpt(this.#message)}`, false);
    return [];
  }

  #begin(text: string): void {
    this.#begun = true;
    const start = text.trimStart();
    if (start.startsWith("<")) throw new BodyError(`the body is no CSV: ${excerpt(start)}`, true);
    if (/^[{[]/.test(start)) throw new BodyError(`the body is no CSV: ${excerpt(start)}`, false);
    if (!this.#names && !start.includes(this.#delimiter)) this.#message = start;
  }

  #header(header: string[]): string[] {
    const twice = header.find((name, index) => header.indexOf(name) !== index || name === "__proto__");
    if (twice !== undefined) throw new BodyError(`two columns of the CSV are named ${JSON.stringify(twice)}`, false);
    this.#names = header;
    return header;
  }
}

/** Where the last whole record of the pieces so far ends: a line break inside of quotes ends none. */
function recordCut(): (text: string) => number {
  let quoted = false;
  return (text) => {
    let end = 0;
    for (let index = 0; index < text.length; index += 1) {
      const code = text.charCodeAt(index);
      if (code === QUOTE) quoted = !quoted;
      else if (code === NEWLINE && !quoted) end = index + 1;
    }
    return end;
  };
}

const QUOTE = 34;
const NEWLINE = 10;

export async function* streamCsv(texts: AsyncIterable<string>, options: CsvOptions): AsyncGenerator<SourceRow[]> {
  const reader = new CsvReader(options);
  for await (const block of blocksOf(texts, recordCut())) yield reader.read(block);
  yield reader.end();
}
