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

const [PLUS, MINUS, POINT, ZERO, NINE, UPPER_E, LOWER_E] = [43, 45, 46, 48, 57, 69, 101];

/** Digits that every float holds exactly, whatever its exponent: https://en.cppreference.com/w/cpp/types/numeric_limits/digits10 */
const EXACT_DIGITS = 15;

/** Exponents of fewer digits are far from the ends of what a float can be. */
const WIDE_EXPONENT = 3;

/**
 * Only a number with many digits, or with a wide exponent, needs the slower look at its text. Every body passes here: a look
 * at every third character misses no run of three digits, and costs a small part of what a regular expression does.
 */
function mayBeInexact(text: string): boolean {
  for (let index = WIDE_EXPONENT - 1; index < text.length; index += WIDE_EXPONENT) {
    if (!isNumeral(text, index)) continue;
    let [start, end] = [index, index + 1];
    while (isNumeral(text, start - 1)) start -= 1;
    while (isNumeral(text, end)) end += 1;
    if (end - start > EXACT_DIGITS || (end - start >= WIDE_EXPONENT && isExponent(text, start))) return true;
    index = end;
  }
  return false;
}

function isNumeral(text: string, index: number): boolean {
  const code = text.charCodeAt(index);
  return (code >= ZERO && code <= NINE) || code === POINT;
}

/** Whether the digits from here on stand behind an E. */
function isExponent(text: string, start: number): boolean {
  const before = text.charCodeAt(start - 1);
  const code = before === PLUS || before === MINUS ? text.charCodeAt(start - 2) : before;
  return code === LOWER_E || code === UPPER_E;
}

function isExact(value: number, source: string): boolean {
  if (String(value) === source) return true;
  const [written, held] = [source, String(value)].map((text) => parseDecimal(text, WIDE, "refuse"));
  return written !== undefined && written === held;
}
