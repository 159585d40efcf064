import assert from "node:assert/strict";
import { textBody } from "../../runtime/dataset/format.ts";
import { BodyError, decodeSmall } from "../../runtime/decode/index.ts";
import { bytes } from "../support/bodies.ts";

describe("a text body", () => {
  it("is read by the definition's function", () =>
    assert.deepEqual(
      decodeSmall(
        bytes("a1\nb2"),
        textBody((text) => text.split("\n")),
      ),
      ["a1", "b2"],
    ));

  it("is whole, but no rows, when the function does not understand it", () => {
    const format = textBody(() => {
      throw new Error("no DATA= line");
    });
    assert.throws(
      () => decodeSmall(bytes("Sorry"), format),
      (error) =>
        error instanceof BodyError &&
        !error.broken &&
        error.message === 'the text cannot be read (no DATA= line): "Sorry"',
    );
  });
});
