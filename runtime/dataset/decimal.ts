/** How a decimal column stores its numbers: `precision` digits in all, `scale` of them behind the point. */
export interface DecimalType {
  readonly precision: number;
  readonly scale: number;
}

/** Powers of ten, made once: a column asks for the same few for each of its values. */
const POWERS: bigint[] = [];

function power(exponent: number): bigint {
  POWERS[exponent] ??= 10n ** BigInt(exponent);
  return POWERS[exponent];
}

/** Digits that a float holds exactly, from which a bigint is made faster than from a text. */
const EXACT_DIGITS = 15;

const NUMBER = /^([+-]?)(\d*)(?:\.(\d*))?(?:[eE]([+-]?\d+))?$/;

/**
 * The unscaled value of a decimal text: `"118.56"` at scale 4 is `1185600n`. Never goes through a float.
 * @param excess what to do with digits behind `scale`: refuse them, or round half to even.
 * @returns undefined when the text is no number, has more digits than fit, or an excess digit that may not be rounded.
 */
export function parseDecimal(text: string, type: DecimalType, excess: "refuse" | "round"): bigint | undefined {
  const [, sign, whole = "", fraction = "", exponent = "0"] = NUMBER.exec(text) ?? [];
  if (sign === undefined || whole.length + fraction.length === 0) return undefined;
  const shift = type.scale - fraction.length + Number(exponent);
  if (Math.abs(shift) > 1_000) return undefined;
  const digits = whole + fraction;
  let unscaled = BigInt(digits.length > EXACT_DIGITS ? digits : Number(digits));
  if (shift >= 0) unscaled *= power(shift);
  else {
    const divisor = power(-shift);
    const remainder = unscaled % divisor;
    if (remainder !== 0n && excess === "refuse") return undefined;
    unscaled /= divisor;
    const twice = remainder * 2n;
    if (twice > divisor || (twice === divisor && unscaled % 2n === 1n)) unscaled += 1n;
  }
  if (unscaled >= power(type.precision)) return undefined;
  return sign === "-" ? -unscaled : unscaled;
}

/** The shortest exact text: `1185600n` at scale 4 is `"118.56"`. */
export function formatDecimal(unscaled: bigint, scale: number): string {
  const sign = unscaled < 0n ? "-" : "";
  const digits = (unscaled < 0n ? -unscaled : unscaled).toString().padStart(scale + 1, "0");
  const whole = digits.slice(0, digits.length - scale);
  const fraction = digits.slice(digits.length - scale).replace(/0+$/, "");
  return `${sign}${whole}${fraction && `.${fraction}`}`;
}
