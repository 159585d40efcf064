import { parseDecimal } from "./decimal.ts";
import type { JsonValue } from "./source.ts";

/** Room for every float: up to 309 digits before the point and, for the numbers people write, 400 behind it. */
const WIDE = { precision: 709, scale: 400 };

/**
 * Parses JSON without losing a digit: a number stays a number when the float holds exactly what was written, otherwise it
 * comes as its text. https://github.com/tc39/proposal-json-parse-with-source
 * @throws SyntaxError
 */
export function parseJson(text: string): JsonValue {
  if (!MAY_BE_INEXACT.test(text)) return JSON.parse(text);
  return JSON.parse(text, (_key, value, context?: { source?: string }) =>
    typeof value === "number" && context?.source !== undefined && !isExact(value, context.source)
      ? context.source
      : value,
  );
}

/** A float holds 15 digits exactly: only a longer number, or one with an exponent, needs the slower look at its text. */
const MAY_BE_INEXACT = /[\d.]{16}|\d[eE][+-]?\d/;

function isExact(value: number, source: string): boolean {
  if (String(value) === source) return true;
  const [written, held] = [source, String(value)].map((text) => parseDecimal(text, WIDE, "refuse"));
  return written !== undefined && written === held;
}
