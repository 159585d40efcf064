import { messageOf } from "../dataset/errors.ts";
import type { Format } from "../dataset/format.ts";
import type { JsonValue, SourceRow } from "../dataset/source.ts";
import { BodyError, excerpt } from "./body-error.ts";
import { textOf } from "./bytes.ts";
import { CsvReader } from "./csv.ts";
import { parseText, rowsIn } from "./json.ts";
import { readLines } from "./lines.ts";

export interface Whole {
  readonly rows: SourceRow[];
  /** The parsed body, of JSON. */
  readonly value?: JsonValue;
}

/** Reads a body that is in memory, no longer compressed. @throws BodyError; TypeError for a ZIP */
export function readWhole(bytes: Uint8Array, format: Format): Whole {
  switch (format.kind) {
    case "json": {
      const text = textOf(bytes);
      if (text.trim() === "") throw new BodyError("the body is empty", true);
      const value = parseText(text);
      return { rows: rowsIn(value, format.rows), value };
    }
    case "ndjson":
      return { rows: readLines(textOf(bytes)) };
    case "csv": {
      const reader = new CsvReader(format);
      return { rows: [...reader.read(textOf(bytes)), ...reader.end()] };
    }
    case "text":
      return { rows: readText(textOf(bytes), format.rows) };
    case "zip":
      throw new TypeError("a ZIP archive is not read in one go");
  }
}

function readText(text: string, rows: (text: string) => readonly JsonValue[]): SourceRow[] {
  try {
    return [...rows(text)] as SourceRow[];
  } catch (error) {
    throw new BodyError(`the text cannot be read (${messageOf(error)}): ${excerpt(text)}`, false);
  }
}
