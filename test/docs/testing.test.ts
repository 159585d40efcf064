import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import * as kit from "tidegate/testing";
import { temporaryFolder } from "../support/folder.ts";

const root = new URL("../../", import.meta.url);
const page = (): Promise<string> => readFile(new URL("docs/testing.md", root), "utf8");

describe("docs/testing.md", () => {
  it("begins with an example that works as it stands", async () => {
    const [, example = ""] = /```ts\n([\s\S]*?)```/.exec(await page()) ?? [];
    assert.ok(example.trim().split("\n").length <= 25);
    await using folder = await temporaryFolder();
    const code = example
      .replace('"tidegate/testing"', JSON.stringify(new URL("runtime/replay/index.ts", root).href))
      .replace("../datasets/", new URL("datasets/", root).href);
    const file = join(folder.path, "example.test.mts");
    await writeFile(file, code);
    const mocha = fileURLToPath(new URL("node_modules/mocha/bin/mocha.js", root));
    const { status, stdout, stderr } = spawnSync(process.execPath, [mocha, "--no-config", file], { encoding: "utf8" });
    assert.equal(status, 0, stdout + stderr);
    assert.match(stdout, /1 passing/);
  });

  it("names what the kit has", async () => {
    const text = await page();
    for (const name of Object.keys(kit)) assert.ok(text.includes(name), name);
  });
});
