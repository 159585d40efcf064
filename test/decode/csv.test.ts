import assert from "node:assert/strict";
import fc from "fast-check";
import { csvBody } from "../../runtime/dataset/format.ts";
import { textsOf } from "../../runtime/decode/bytes.ts";
import { streamCsv } from "../../runtime/decode/csv.ts";
import { BodyError, decodeSmall } from "../../runtime/decode/index.ts";
import { bytes, flat, pieces } from "../support/bodies.ts";

const rows = (text: string, options = {}): unknown => decodeSmall(bytes(text), csvBody(options));
const streamed = (text: string, size: number, options = {}): Promise<unknown[]> =>
  flat(streamCsv(textsOf(pieces(bytes(text), size)), options));

const field = (text: string): string =>
  /[",\n\r]/.test(text) || text === "" ? `"${text.replaceAll('"', '""')}"` : text;

describe("a CSV body", () => {
  it("gives an object with a text per column for every line", () =>
    assert.deepEqual(rows("\uFEFFdate,close\r\n2024-01-02,1.50\r\n\r\n2024-01-03,\r\n"), [
      { date: "2024-01-02", close: "1.50" },
      { date: "2024-01-03", close: "" },
    ]));

  it("has another delimiter, and names from the definition", () =>
    assert.deepEqual(rows("a;1\nb;2", { delimiter: ";", columns: ["name", "value"] }), [
      { name: "a", value: "1" },
      { name: "b", value: "2" },
    ]));

  it("has no rows when it has a header only", () => assert.deepEqual(rows("date,close\n"), []));

  it("has no rows when it is empty and the definition names the columns", () =>
    assert.deepEqual(rows("", { columns: ["a", "b"] }), []));

  it("gives the same rows in pieces of any size, with quotes and line breaks in fields", () =>
    fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(fc.string({ unit: "grapheme" }), fc.constantFrom('"', "\n", "a\r\nb", '""', ",", "é"))),
        fc.integer({ min: 1, max: 30 }),
        async (records, size) => {
          const text = ["a,b", ...records.map((record) => record.map(field).join(","))].join("\n");
          const expected = records.map(([a, b]) => ({ a, b }));
          assert.deepEqual(rows(text), expected);
          assert.deepEqual(await streamed(text, size), expected);
        },
      ),
    ));

  for (const [name, text, broken] of [
    ["a line has too few fields", "a,b\n1,2\n3", true],
    ["a line has too many fields", "a,b\n1,2,3\n", true],
    ["it ends within quotes", 'a,b\n1,"2', true],
    ["it is empty", " \n", true],
    ["it is a page of HTML", "<!DOCTYPE html>\n<p>Sorry, no</p>", true],
    ["it is an error in JSON", '{"error":"a, b"}', false],
    ["it is a message", "Exceeded the daily hits limit", false],
    ["two columns have one name", "a,b,a\n1,2,3", false],
    ["a column has a name that no object can have", "__proto__,b\n1,2", false],
  ] as const)
    for (const [how, read] of [
      ["at once", async () => rows(text)],
      ["in pieces", () => streamed(text, 3)],
    ] as const)
      it(`is refused when ${name}, read ${how}`, () =>
        assert.rejects(read, (error: unknown) => {
          assert.ok(error instanceof BodyError, String(error));
          assert.equal(error.broken, broken, error.message);
          return true;
        }));

  it("takes a file of one column", () =>
    assert.deepEqual(rows("ticker\nAAPL\nIBM\n"), [{ ticker: "AAPL" }, { ticker: "IBM" }]));
});
