/** A decimal number as `unscaled / 10 ** scale`. Apart from the arithmetic under test on purpose: it is what that is compared with. */
interface Exact {
  readonly unscaled: bigint;
  readonly scale: number;
}

const DIGITS = 12;

function exact(text: string): Exact {
  const [whole = "", fraction = ""] = text.split(".");
  return { unscaled: BigInt(whole + fraction), scale: fraction.length };
}

const power = (exponent: number): bigint => 10n ** BigInt(exponent);

/**
 * `price * (adjClose / close)`, rounded half to even to 12 digits behind the point, as text with at least one of them.
 * A price that equals the close is the adjusted close itself, digit for digit, so that low <= close <= high survives.
 * @param price all three are positive decimal texts without an exponent
 */
export function adjusted(price: string, close: string, adjClose: string): string {
  if (price === close) return adjClose;
  const [p, c, a] = [exact(price), exact(close), exact(adjClose)];
  const numerator = p.unscaled * a.unscaled * power(c.scale + DIGITS);
  const denominator = c.unscaled * power(p.scale + a.scale);
  let rounded = numerator / denominator;
  const twice = (numerator % denominator) * 2n;
  if (twice > denominator || (twice === denominator && rounded % 2n === 1n)) rounded += 1n;
  const digits = rounded.toString().padStart(DIGITS + 1, "0");
  return `${digits.slice(0, -DIGITS)}.${digits.slice(-DIGITS).replace(/0{1,11}$/, "")}`;
}
