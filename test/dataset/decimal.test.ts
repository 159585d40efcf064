import assert from "node:assert/strict";
import fc from "fast-check";
import { formatDecimal, parseDecimal } from "../../runtime/dataset/decimal.ts";

/** `digits * 10 ** exponent`, to be brought to `scale`: as a fraction of whole numbers. */
function fraction(digits: bigint, exponent: number, scale: number): [bigint, bigint] {
  const shift = exponent + scale;
  return shift >= 0 ? [digits * 10n ** BigInt(shift), 1n] : [digits, 10n ** BigInt(-shift)];
}

/** The whole number nearest to a fraction; of two equally near ones the even. Written the slow way on purpose. */
function nearest(numerator: bigint, denominator: bigint): bigint {
  const below = numerator / denominator;
  const candidates = [below - 1n, below, below + 1n];
  const away = (value: bigint): bigint => {
    const difference = value * denominator - numerator;
    return difference < 0n ? -difference : difference;
  };
  return candidates.reduce((best, one) => {
    const [a, b] = [away(one), away(best)];
    return a < b || (a === b && one % 2n === 0n) ? one : best;
  });
}

/** The same number in one of the ways that it can be written. */
const written = fc
  .record({
    digits: fc.bigInt({ min: 0n, max: 10n ** 42n }),
    point: fc.nat(45),
    exponent: fc.integer({ min: -40, max: 40 }),
    form: fc.constantFrom("plain", "e", "E+"),
    sign: fc.constantFrom("", "-", "+"),
  })
  .map(({ digits, point, exponent, form, sign }) => {
    const padded = digits.toString().padStart(point + 1, "0");
    const cut = padded.length - point;
    const mantissa = point ? `${padded.slice(0, cut)}.${padded.slice(cut)}` : padded;
    const plus = form === "E+" && exponent >= 0 ? "+" : "";
    const text = form === "plain" ? mantissa : `${mantissa}${form[0]}${plus}${exponent}`;
    return { text: sign + text, sign, digits, exponent: (form === "plain" ? 0 : exponent) - point };
  });

const type = fc
  .integer({ min: 1, max: 38 })
  .chain((precision) =>
    fc.record({ precision: fc.constant(precision), scale: fc.integer({ min: 0, max: precision }) }),
  );

describe("decimals", () => {
  it("are read exactly, or rounded half to even, or refused, however they are written", () => {
    fc.assert(
      fc.property(written, type, ({ text, sign, digits, exponent }, { precision, scale }) => {
        const [numerator, denominator] = fraction(digits, exponent, scale);
        const whole = nearest(numerator, denominator);
        const fits = whole < 10n ** BigInt(precision);
        const signed = sign === "-" ? -whole : whole;
        const exact = numerator % denominator === 0n;
        assert.equal(parseDecimal(text, { precision, scale }, "round"), fits ? signed : undefined);
        assert.equal(parseDecimal(text, { precision, scale }, "refuse"), fits && exact ? signed : undefined);
      }),
      { numRuns: 2_000 },
    );
  });

  it("come back from their text", () => {
    fc.assert(
      fc.property(fc.bigInt({ min: -(10n ** 38n) + 1n, max: 10n ** 38n - 1n }), fc.nat(38), (unscaled, scale) => {
        const text = formatDecimal(unscaled, scale);
        assert.match(text, /^-?(0|[1-9]\d*)(\.\d*[1-9])?$/);
        assert.equal(parseDecimal(text, { precision: 38, scale }, "refuse"), unscaled);
      }),
    );
  });

  for (const [text, rounded] of [
    ["0.125", 12n],
    ["0.135", 14n],
    ["0.1250000000000000000000001", 13n],
    ["-0.125", -12n],
    ["-0.135", -14n],
    ["1e-3", 0n],
    ["5e-3", 0n],
    ["15E-3", 2n],
    ["999.995", undefined],
    ["999.994", 99_999n],
  ] as const)
    it(`rounds ${text} to ${rounded ?? "nothing, as it does not fit"}`, () => {
      assert.equal(parseDecimal(text, { precision: 5, scale: 2 }, "round"), rounded);
    });

  it("hold 38 digits and not one more", () => {
    const nines = "9".repeat(38);
    assert.equal(parseDecimal(nines, { precision: 38, scale: 0 }, "refuse"), BigInt(nines));
    assert.equal(parseDecimal(`-0.${nines}`, { precision: 38, scale: 38 }, "refuse"), -BigInt(nines));
    assert.equal(parseDecimal(`1${"0".repeat(38)}`, { precision: 38, scale: 0 }, "refuse"), undefined);
    assert.equal(parseDecimal(`${nines}.5`, { precision: 38, scale: 0 }, "round"), undefined);
  });

  for (const text of [
    "",
    ".",
    "-",
    "e5",
    "1e",
    "1,5",
    "0x10",
    "1_000",
    " 1",
    "1 ",
    "NaN",
    "Infinity",
    "--1",
    "1.2.3",
    "１",
  ])
    it(`are not ${JSON.stringify(text)}`, () => {
      assert.equal(parseDecimal(text, { precision: 38, scale: 18 }, "round"), undefined);
    });

  it("refuses an exponent that would need more memory than there is", () => {
    assert.equal(parseDecimal("1e999999999", { precision: 38, scale: 0 }, "round"), undefined);
    assert.equal(parseDecimal("1e-999999999", { precision: 38, scale: 0 }, "refuse"), undefined);
  });
});
