import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { parse } from "yaml";
import { PROJECT_FOLDER } from "../../components/bundle.ts";
import { settingsSchema } from "../../components/settings/schema.ts";
import { readSettings } from "../../components/settings.ts";
import { datasets } from "../../datasets/index.ts";
import { describedOutputs, outputsPage } from "../../offline/outputs-doc.ts";
import { settingsPage } from "../../offline/settings-doc.ts";

const page = (path: string) => readFile(join(PROJECT_FOLDER, path), "utf8");

/** The first group of every match, each once. */
const all = (text: string, pattern: RegExp): string[] => [
  ...new Set([...text.matchAll(pattern)].flatMap(([, found]) => found ?? [])),
];

describe("docs/deploy.md", () => {
  it("names outputs, commands and settings that there are", async () => {
    const text = await page("docs/deploy.md");
    const outputs = all(text, /pulumi stack output (?:--json )?(\w+)/g);
    assert(outputs.length > 8, `only ${outputs.length} outputs`);
    const known = describedOutputs().map(({ name }) => name);
    for (const name of outputs) assert(known.includes(name), `there is no output ${name}`);

    const { scripts } = JSON.parse(await page("package.json")) as { scripts: Record<string, string> };
    for (const name of all(text, /npm run (\w+)/g)) assert(scripts[name], `there is no npm run ${name}`);

    const settings = Object.keys(settingsSchema.shape);
    const named = [...all(text, /tidegate:(\w+)/g), ...all(text, /config set (?:--path ')?(\w+)[\s['[]/g)];
    for (const name of named) if (name !== "aws") assert(settings.includes(name), `there is no setting ${name}`);
  });

  it("has examples of settings that are valid", async () => {
    const blocks = all(await page("docs/deploy.md"), /```yaml\n(.*?)```/gs);
    assert.equal(blocks.length, 2);
    for (const block of blocks) {
      const { config } = parse(block) as { config: Record<string, unknown> };
      const texts = Object.entries(config).map(([key, value]) => [key, JSON.stringify(value)]);
      readSettings({ ...Object.fromEntries(texts), "tidegate:loadMissing": "skip" }, "tidegate", datasets);
    }
  });
});

describe("generated pages", () => {
  for (const [path, made] of [
    ["docs/settings.md", settingsPage()],
    ["docs/outputs.md", outputsPage()],
  ] as const)
    it(`${path} is what it is made from`, async () => {
      assert.equal(await page(path), made, "run npm run docs");
    });

  it("describe every setting", () => {
    for (const [name, { description }] of Object.entries(settingsSchema.shape)) assert(description, name);
  });
});
