import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { parse } from "yaml";
import { readSettings } from "../../components/settings.ts";
import { declaredSettings, PROJECT_FILE, withDeclarations } from "../../offline/project-file.ts";

const project = parse(await readFile(PROJECT_FILE, "utf8"));

describe("Pulumi.yaml", () => {
  it("declares the settings as the schema has them", async () => {
    const text = await readFile(PROJECT_FILE, "utf8");
    assert.equal(text, withDeclarations(text));
    assert.deepEqual(project.config.networkNat, {
      type: "string",
      default: declaredSettings().networkNat?.default,
      description: declaredSettings().networkNat?.description,
    });
    assert.ok(Object.keys(project.config).length > 20);
  });

  it("means the same with its defaults written out as with none of them", () => {
    const needed = { "aws:region": "us-east-1" };
    const written = Object.entries(declaredSettings()).map(([name, { default: value }]) => [
      `tidegate:${name}`,
      String(value),
    ]);
    assert.deepEqual(
      readSettings({ ...needed, ...Object.fromEntries(written) }, "tidegate", []),
      readSettings(needed, "tidegate", []),
    );
  });

  it("leaves the program's other properties alone", () => {
    assert.equal(project.runtime.options.typescript, false);
    assert.equal(project.main, "index.ts");
  });
});
