import assert from "node:assert/strict";
import fc from "fast-check";
import { snappyUncompress } from "hyparquet";
import { compress } from "../../../runtime/store/records/snappy.ts";

function restored(compressed: Uint8Array, length: number): Uint8Array {
  const output = new Uint8Array(length);
  snappyUncompress(compressed, output);
  return output;
}

const isRestored = (input: Uint8Array): boolean => Buffer.compare(restored(compress(input), input.length), input) === 0;

/** Bytes that look random, and are the same every time. */
function noise(length: number): Uint8Array {
  let state = 1;
  return Uint8Array.from({ length }, () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state >>> 24;
  });
}

describe("compression with Snappy", () => {
  it("loses nothing, whatever the bytes and however they repeat", () => {
    const piece = fc.uint8Array({ maxLength: 80 });
    const repeated = fc.array(fc.tuple(piece, fc.integer({ min: 1, max: 40 })), { maxLength: 8 });
    fc.assert(
      fc.property(repeated, (pieces) => {
        const bytes = Buffer.concat(pieces.flatMap(([some, times]) => Array<Uint8Array>(times).fill(some)));
        assert(isRestored(bytes));
      }),
    );
  });

  it("loses nothing where a match is long, far away, or too far away to be named", () => {
    for (const length of [0, 1, 3, 4, 60, 64, 67, 68, 255, 256, 2_047, 2_048, 65_511, 65_535, 70_000]) {
      assert(isRestored(Buffer.alloc(length, 7)), `${length} alike`);
      for (const mark of [Buffer.from("mark"), Buffer.from("a text that occurs twice")])
        for (const between of [noise(length), Buffer.alloc(length, 7)])
          assert(isRestored(Buffer.concat([mark, between, mark])), `${length} between`);
    }
  });

  it("loses nothing of what does not repeat, whatever its length", () => {
    for (let length = 1; length < 300; length += 1) assert(isRestored(noise(length)), `${length} bytes`);
  });

  it("makes what repeats small, and what does not hardly larger", () => {
    assert(compress(Buffer.alloc(100_000, "0123456789")).length < 6_000);
    assert(compress(noise(100_000)).length < 100_100);
  });

  it("is the same every time", () => {
    const once = compress(Buffer.from("abcdabcdabcdabcd")).slice();
    compress(Buffer.alloc(1_000, "xyz"));
    assert.deepEqual(compress(Buffer.from("abcdabcdabcdabcd")), once);
  });
});
