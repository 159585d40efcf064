import { messageOf, show } from "../dataset/errors.ts";
import type { RowsAt } from "../dataset/format.ts";
import { parseJson } from "../dataset/json.ts";
import type { JsonValue, SourceRow } from "../dataset/source.ts";
import { BodyError, excerpt } from "./body-error.ts";

/**
 * Of a key that comes twice the last value holds. `NaN` and the infinities, which are no JSON but are sent as such, come as
 * text: a column of numbers refuses it, and only the row with it is lost.
 * @throws BodyError
 */
export function parseText(text: string, what = "the body"): JsonValue {
  try {
    return parseJson(text);
  } catch (error) {
    const mended = quoteNoNumbers(text);
    if (mended !== undefined) return mended;
    throw new BodyError(`${what} is no JSON (${messageOf(error)}): ${excerpt(text)}`, true);
  }
}

const STRING_OR_NO_NUMBER = /"[^"\\]*(?:\\.[^"\\]*)*"|-?\b(?:NaN|Infinity)\b/g;

function quoteNoNumbers(text: string): JsonValue | undefined {
  if (!/NaN|Infinity/.test(text)) return undefined;
  try {
    return parseJson(text.replace(STRING_OR_NO_NUMBER, (found) => (found.startsWith('"') ? found : `"${found}"`)));
  } catch {
    return undefined;
  }
}

/** The list of rows in a parsed body. @throws BodyError */
export function rowsIn(value: JsonValue, at: RowsAt | undefined): SourceRow[] {
  const list = typeof at === "function" ? found(value, at) : walk(value, at);
  if (Array.isArray(list)) return list as SourceRow[];
  const where = typeof at === "string" ? `has no list of rows at ${at}` : "is no list of rows";
  throw new BodyError(`the body ${where} but ${show(value)}`, false, value);
}

function found(value: JsonValue, find: (body: JsonValue) => readonly JsonValue[]): unknown {
  try {
    return find(value);
  } catch (error) {
    throw new BodyError(`the rows cannot be found in the body (${messageOf(error)}): ${show(value)}`, false, value);
  }
}

function walk(value: JsonValue, path = ""): unknown {
  let part: unknown = value;
  for (const name of segmentsOf(path)) {
    if (typeof part !== "object" || part === null || !Object.hasOwn(part, name)) return undefined;
    part = (part as Record<string, unknown>)[name];
  }
  return part;
}

/** The names along a path; none for the body itself. */
export const segmentsOf = (path: string): string[] => (path === "" ? [] : path.split("."));
