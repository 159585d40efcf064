import { parseDecimal } from "../dataset/decimal.ts";
import type { DecimalColumn } from "../dataset/schema.ts";
import type { JsonValue } from "../dataset/source.ts";

/** Below this two different decimals of at most 15 digits never become the same float: one that fits is the one written. */
const EXACT = 1e15;

/** Digits behind the point that are tried first; prices have fewer. */
const USUAL_SCALE = 8;

/**
 * Reads the values of a decimal column. What can be told exactly with floats or a few digits is, everything else goes by its
 * text; both come to the same.
 */
export function decimalReader(column: DecimalColumn): (value: JsonValue) => bigint | undefined {
  const { precision, scale, excess } = column;
  const tried = Math.min(scale, USUAL_SCALE);
  const factor = 10 ** tried;
  const rest = 10n ** BigInt(scale - tried);
  const isWhole = scale === tried;
  const limit = Math.min(EXACT, 10 ** (precision - (scale - tried)));
  const scaled = (unscaled: number): bigint => (isWhole ? BigInt(unscaled) : BigInt(unscaled) * rest);

  const fromNumber = (value: number): bigint | undefined => {
    const unscaled = Math.round(value * factor);
    return Math.abs(unscaled) < limit && unscaled / factor === value
      ? scaled(unscaled)
      : parseDecimal(String(value), column, excess);
  };
  const fromText = (text: string): bigint | undefined => {
    const unscaled = plainDigits(text, tried);
    return unscaled !== undefined && Math.abs(unscaled) < limit ? scaled(unscaled) : parseDecimal(text, column, excess);
  };
  return (value) => {
    if (typeof value === "number") return fromNumber(value);
    return typeof value === "string" ? fromText(value) : undefined;
  };
}

const [MINUS, POINT, ZERO, NINE] = [45, 46, 48, 57];

/** The unscaled value of digits with at most one point and `scale` digits behind it; undefined for anything less usual. */
function plainDigits(text: string, scale: number): number | undefined {
  const start = text.charCodeAt(0) === MINUS ? 1 : 0;
  if (text.length - start > 16 || text.length === start) return undefined;
  let unscaled = 0;
  let behind = -1;
  for (let i = start; i < text.length; i += 1) {
    const code = text.charCodeAt(i);
    if (code >= ZERO && code <= NINE) {
      unscaled = unscaled * 10 + (code - ZERO);
      if (behind >= 0) behind += 1;
    } else if (code === POINT && behind < 0) behind = 0;
    else return undefined;
  }
  if (behind === 0 || behind > scale || (behind < 0 ? text.length - start : text.length - start - 1) > 15)
    return undefined;
  const all = unscaled * 10 ** (scale - Math.max(behind, 0));
  return all < EXACT ? (start === 1 ? -all : all) : undefined;
}
