import assert from "node:assert/strict";
import { at } from "../../runtime/dataset/index.ts";

const BODY = { data: { items: [{ url: "a" }, { url: null }], "": 5 }, count: 0 };

describe("what stands at a path", () => {
  for (const [path, value] of [
    ["count", 0],
    ["data.items.0.url", "a"],
    ["data.items.1.url", null],
    ["data.items.2.url", undefined],
    ["data.items.1.url.x", undefined],
    ["data.", 5],
    ["data.items.length", 2],
    ["data.constructor", undefined],
    ["toString", undefined],
  ] as const)
    it(`is ${JSON.stringify(value)} at ${path}`, () => assert.equal(at(BODY, path), value));

  it("is nothing in nothing", () => {
    assert.equal(at(undefined, "a"), undefined);
    assert.equal(at(null, "a"), undefined);
    assert.equal(at("text", "length"), undefined);
  });
});
