import assert from "node:assert/strict";
import { Seal } from "../../runtime/store/seal.ts";

describe("a seal", () => {
  const seal = new Seal("the-secret", "tests");

  it("is opened by who knows the secret and the purpose, and by nobody else", () => {
    const sealed = seal.close("a text, ä");
    assert.equal(new Seal("the-secret", "tests").open(sealed), "a text, ä");
    assert.equal(new Seal("another-secret", "tests").open(sealed), undefined);
    assert.equal(new Seal("the-secret", "other tests").open(sealed), undefined);
  });

  it("is another one each time, and shows neither the text nor the secret", () => {
    const [first, second] = [seal.close("a text"), seal.close("a text")];
    assert.notEqual(first, second);
    for (const shown of [Buffer.from(first, "base64").toString("latin1"), seal.name])
      assert.doesNotMatch(shown, /a text|the-secret/);
  });

  it("tells every change, and that something is missing", () => {
    const bytes = Buffer.from(seal.close("a text"), "base64");
    for (let i = 0; i < bytes.length; i += 1) {
      const changed = Buffer.from(bytes);
      changed[i] = (changed[i] ?? 0) ^ 1;
      assert.equal(seal.open(changed.toString("base64")), undefined, `byte ${i}`);
      assert.equal(seal.open(bytes.subarray(0, i).toString("base64")), undefined, `${i} bytes`);
    }
  });

  it("has a name that is the same for the same secret and purpose, and different otherwise", () => {
    assert.match(seal.name, /^[0-9a-f]{32}$/);
    assert.equal(new Seal("the-secret", "tests").name, seal.name);
    assert.notEqual(new Seal("another-secret", "tests").name, seal.name);
    assert.notEqual(new Seal("the-secret", "other tests").name, seal.name);
  });
});
