import assert from "node:assert/strict";
import { jsonBody } from "../../runtime/dataset/format.ts";
import { BodyError, decodeSmall, excerpt, scan } from "../../runtime/decode/index.ts";
import { bytes } from "../support/bodies.ts";

const rows = (text: string, format = jsonBody()): unknown => decodeSmall(bytes(text), format);

const refusal =
  (broken: boolean, message: RegExp) =>
  (error: unknown): boolean => {
    assert.ok(error instanceof BodyError, String(error));
    assert.match(error.message, message);
    assert.equal(error.broken, broken, "broken");
    return true;
  };

describe("a JSON body", () => {
  it("is the list of rows itself", () =>
    assert.deepEqual(rows("[[1,2],[3,4]]"), [
      [1, 2],
      [3, 4],
    ]));

  it("holds the rows at a path", () =>
    assert.deepEqual(rows('{"data":{"items":[{"a":1}]},"next":null}', jsonBody({ rows: "data.items" })), [{ a: 1 }]));

  it("holds the rows at a position in a list", () =>
    assert.deepEqual(rows('{"result":[{"rows":[1,2]}]}', jsonBody({ rows: "result.0.rows" })), [1, 2]));

  it("holds the rows where a function finds them", () => {
    const format = jsonBody({ rows: (body) => Object.values(body as Record<string, number>) });
    assert.deepEqual(rows('{"a":1,"b":2}', format), [1, 2]);
  });

  it("is given back with the count, the first and the last row", async () => {
    const visited: unknown[] = [];
    const scanned = await scan(bytes('{"next":"x","rows":[1,2,3]}'), jsonBody({ rows: "rows" }), (row) =>
      visited.push(row),
    );
    assert.deepEqual(scanned, { rows: 3, first: 1, last: 3, value: { next: "x", rows: [1, 2, 3] } });
    assert.deepEqual(visited, [1, 2, 3]);
  });

  it("has no first and last row when it has none", async () =>
    assert.deepEqual(await scan(bytes("[]"), jsonBody()), { rows: 0, first: undefined, last: undefined, value: [] }));

  it("may begin with a byte order mark", () => assert.deepEqual(rows("\uFEFF[1]"), [1]));

  it("keeps the digits of numbers that no float holds", () =>
    assert.deepEqual(rows("[9007199254740993,0.12345678901234567890]"), [
      "9007199254740993",
      "0.12345678901234567890",
    ]));

  it("holds the last value of a key that comes twice", () => assert.deepEqual(rows('[{"a":1,"a":2}]'), [{ a: 2 }]));

  it("gives NaN and the infinities as text, and leaves texts alone", () =>
    assert.deepEqual(rows('[{"a":NaN,"b":-Infinity,"c":[Infinity],"d":"NaN, \\" NaN"}]'), [
      { a: "NaN", b: "-Infinity", c: ["Infinity"], d: 'NaN, " NaN' },
    ]));

  it("keeps a field named __proto__ a field", () => {
    const [row] = decodeSmall(bytes('[{"__proto__":{"a":1}}]'), jsonBody());
    assert.equal(row?.a, undefined);
    assert.equal(Object.getPrototypeOf(row), Object.prototype);
  });

  for (const [name, text] of [
    ["that ends too early", '[{"a":1},{"a"'],
    ["that is a page of HTML", "<html><body>Bad Gateway</body></html>"],
    ["that goes on after its end", "[1] [2]"],
    ["with NaN that is broken anyway", "[NaN"],
  ] as const)
    it(`is broken when it is one ${name}`, () =>
      assert.throws(() => rows(text), refusal(true, /^the body is no JSON \(.+\): "/)));

  it("is broken when it is empty", () => assert.throws(() => rows(" \n"), refusal(true, /^the body is empty$/)));

  it("is broken when it is no UTF-8", () =>
    assert.throws(
      () => decodeSmall(Uint8Array.of(0x5b, 0x22, 0xff, 0x22, 0x5d), jsonBody()),
      refusal(true, /^the body is no text in UTF-8$/),
    ));

  it("is whole, but no rows, when it is an error instead of a list; the error is at hand", () => {
    const body = '{"detail":"Not found"}';
    assert.throws(() => rows(body), refusal(false, /^the body is no list of rows but \{"detail":"Not found"\}$/));
    assert.throws(() => rows(body), { value: { detail: "Not found" } });
  });

  for (const text of ['{"data":null}', '{"data":{"items":null}}', "[]", "null", '{"data":{"items":{}}}'])
    it(`is whole, but no rows, when nothing is at the path of ${text}`, () =>
      assert.throws(
        () => rows(text, jsonBody({ rows: "data.items" })),
        refusal(false, /^the body has no list of rows at data\.items but /),
      ));

  it("takes no inherited property for a part of the path", () =>
    assert.throws(
      () => rows("{}", jsonBody({ rows: "constructor" })),
      refusal(false, /no list of rows at constructor/),
    ));

  it("is whole, but no rows, when the function that finds them throws or gives no list", () => {
    const thrower = jsonBody({
      rows: () => {
        throw new Error("no part called bars");
      },
    });
    assert.throws(
      () => rows('{"a":1}', thrower),
      refusal(false, /cannot be found in the body \(no part called bars\): /),
    );
    assert.throws(() => rows('{"a":1}', jsonBody({ rows: () => JSON.parse("7") })), refusal(false, /no list of rows/));
  });
});

describe("an excerpt", () => {
  it("is short and on one line", () => {
    const text = excerpt(`<html>\n${"x".repeat(500)}`);
    assert.match(text, /^"<html>\\nx+\.\.\.$/);
    assert.equal(text.length, 80);
  });
});
