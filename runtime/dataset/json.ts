import { parseDecimal } from "./decimal.ts";
import type { JsonValue } from "./value.ts";

/** Room for every float: up to 309 digits before the point and, for the numbers people write, 400 behind it. */
const WIDE = { precision: 709, scale: 400 };

/**
 * Parses JSON without losing a digit: a number stays a number when the float holds exactly what was written, otherwise it
 * comes as its text. https://github.com/tc39/proposal-json-parse-with-source
 * @throws SyntaxError
 */
export function parseJson(text: string): JsonValue {
  if (!mayBeInexact(text)) return JSON.parse(text);
  return JSON.parse(text, (_key, value, context?: { source?: string }) =>
    typeof value === "number" && context?.source !== undefined && !isExact(value, context.source)
      ? context.source
      : value,
  );
}

const [POINT, ZERO, NINE, UPPER_E, LOWER_E] = [46, 48, 57, 69, 101];

/**
 * A float holds 15 digits exactly: only a longer number, or one with an exponent, needs the slower look at its text. Every
 * body passes here; a loop takes an eighth of a regular expression's time.
 */
function mayBeInexact(text: string): boolean {
  let digits = 0;
  for (let index = 0; index < text.length; index += 1) {
    const code = text.charCodeAt(index);
    if ((code >= ZERO && code <= NINE) || code === POINT) digits += 1;
    else if (digits > 0 && (code === LOWER_E || code === UPPER_E)) return true;
    else digits = 0;
    if (digits > 15) return true;
  }
  return false;
}

function isExact(value: number, source: string): boolean {
  if (String(value) === source) return true;
  const [written, held] = [source, String(value)].map((text) => parseDecimal(text, WIDE, "refuse"));
  return written !== undefined && written === held;
}
