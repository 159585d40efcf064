import assert from "node:assert/strict";
import fc from "fast-check";
import { jsonLines } from "../../runtime/dataset/format.ts";
import { textsOf } from "../../runtime/decode/bytes.ts";
import { BodyError, decodeSmall } from "../../runtime/decode/index.ts";
import { streamLines } from "../../runtime/decode/lines.ts";
import { bytes, flat, pieces } from "../support/bodies.ts";

const streamed = (body: Uint8Array, size: number): Promise<unknown[]> => flat(streamLines(textsOf(pieces(body, size))));

describe("JSON lines", () => {
  it("give a row a line, whatever ends a line and whatever is empty", () =>
    assert.deepEqual(decodeSmall(bytes('\uFEFF{"a":1}\r\n\n[2]\n  \n{"a":3}'), jsonLines()), [
      { a: 1 },
      [2],
      { a: 3 },
    ]));

  it("give the same rows in pieces of any size, also through the middle of a letter", () =>
    fc.assert(
      fc.asyncProperty(
        fc.array(fc.dictionary(fc.string({ unit: "grapheme" }), fc.string({ unit: "grapheme" }))),
        fc.integer({ min: 1, max: 40 }),
        async (rows, size) => {
          const body = bytes(rows.map((row) => JSON.stringify(row)).join("\n"));
          const expected = rows.map((row) => JSON.parse(JSON.stringify(row)));
          assert.deepEqual(await streamed(body, size), expected);
          assert.deepEqual(decodeSmall(body, jsonLines()), expected);
        },
      ),
    ));

  it("are no rows when there is nothing", () => assert.deepEqual(decodeSmall(bytes(""), jsonLines()), []));

  it("are broken where a line is no JSON, and say which", async () => {
    const body = bytes('{"a":1}\n{"a":2}\n{"a":');
    const broken = (error: unknown): boolean =>
      error instanceof BodyError && error.broken && error.message.startsWith("line 3 is no JSON");
    assert.throws(() => decodeSmall(body, jsonLines()), broken);
    await assert.rejects(streamed(body, 5), broken);
  });

  it("are broken when they end within a letter", () =>
    assert.rejects(streamed(bytes('["é"]').subarray(0, 3), 2), /no text in UTF-8/));
});
