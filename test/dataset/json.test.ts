import assert from "node:assert/strict";
import fc from "fast-check";
import { parseJson } from "../../runtime/dataset/json.ts";

/** The digits of a number without zeros at their ends, and the power of ten of the last one. */
function parts(text: string): { readonly digits: string; readonly power: number } {
  const [, whole = "", part = "", exponent = "0"] = /^(\d*)\.?(\d*)(?:e([+-]?\d+))?$/i.exec(text) ?? [];
  const all = `${whole}${part}`.replace(/^0+/, "");
  const digits = all.replace(/0+$/, "");
  return { digits, power: Number(exponent) - part.length + all.length - digits.length };
}

describe("JSON without loss", () => {
  for (const [text, value] of [
    ["127.0", 127],
    ["1.50", 1.5],
    ["1E3", 1_000],
    ["0.1", 0.1],
    ["-0", -0],
    ["5e-324", 5e-324],
    ["1.7976931348623157e308", Number.MAX_VALUE],
    ["9007199254740991", Number.MAX_SAFE_INTEGER],
    ["9007199254740993", "9007199254740993"],
    ["12345678901234567890.5", "12345678901234567890.5"],
    ["0.1234567890123456789", "0.1234567890123456789"],
    ["1e400", "1e400"],
    ["-1e400", "-1e400"],
    ["1e-400", "1e-400"],
  ] as const)
    it(`reads ${text} as ${JSON.stringify(value)}`, () => {
      assert.deepEqual(parseJson(text), value);
      assert.deepEqual(parseJson(`{"a":[${text}]}`), { a: [value] });
    });

  it("reads every float as itself", () => {
    fc.assert(
      fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (value) => {
        assert.equal(parseJson(JSON.stringify([value]))?.toString(), String(value));
      }),
    );
  });

  it("keeps the digits of every number", () => {
    fc.assert(
      fc.property(fc.bigInt({ min: 0n, max: 10n ** 40n }), fc.bigInt({ min: 1n, max: 10n ** 20n }), (whole, part) => {
        const text = `${whole}.${part}1`;
        const value = parseJson(text);
        assert(value === text || (typeof value === "number" && String(value) === text), text);
      }),
    );
  });

  it("keeps the value of every number with an exponent, wherever it stands", () => {
    const digits = fc.bigInt({ min: 1n, max: 10n ** 19n }).map(String);
    const exponent = fc.tuple(fc.constantFrom("e", "E", "e+", "e-", "E-"), fc.integer({ min: 0, max: 400 }));
    fc.assert(
      fc.property(fc.string({ maxLength: 4 }), digits, exponent, (before, mantissa, [e, power]) => {
        const text = `${mantissa}${e}${power}`;
        const [, value] = parseJson(JSON.stringify([before, 0]).replace(/0]$/, `${text}]`)) as [
          string,
          string | number,
        ];
        assert.deepEqual(parts(String(value)), parts(text), text);
      }),
      { numRuns: 2_000 },
    );
  });

  it("takes the last of two fields of one name, as JSON.parse does", () => {
    assert.deepEqual(parseJson('{"a":1,"a":12345678901234567890}'), { a: "12345678901234567890" });
  });

  it("leaves texts, even those that look like numbers, alone", () => {
    assert.deepEqual(parseJson('["1.0", true, null, "x"]'), ["1.0", true, null, "x"]);
  });

  for (const text of ["", "[1,", "NaN", "{'a':1}", "[01]"])
    it(`refuses ${JSON.stringify(text)}`, () => {
      assert.throws(() => parseJson(text), SyntaxError);
    });
});
