import assert from "node:assert/strict";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { PROJECT_FOLDER } from "../../components/bundle.ts";

const FOLDER = join(PROJECT_FOLDER, "components");

/** The comment right before a class. */
const commentOf = (text: string, at: number): string => text.slice(text.lastIndexOf("/**", at), at);

describe("components", () => {
  it("say by example how they are used, what they cost and what makes them safe, and register their outputs", async () => {
    const files = (await readdir(FOLDER)).filter((name) => name.endsWith(".ts"));
    const lacking: string[] = [];
    let components = 0;
    const base = await readFile(join(FOLDER, "role.ts"), "utf8");
    for (const file of files) {
      const text = await readFile(join(FOLDER, file), "utf8");
      for (const { index, 1: name } of text.matchAll(
        /^export class (\w+) extends (?:pulumi\.ComponentResource|GrantedRole)/gm,
      )) {
        components += 1;
        const comment = commentOf(text, index);
        for (const part of ["@example", "**Cost**", "**Security**"])
          if (!comment.includes(part)) lacking.push(`${name} says nothing of ${part}`);
        const registering = text.includes(`${name} extends GrantedRole`) ? base : text;
        if (!registering.includes("this.registerOutputs(")) lacking.push(`${name} registers no outputs`);
      }
    }
    assert(components > 25, `only ${components} components`);
    assert.deepEqual(lacking, []);
  });
});
