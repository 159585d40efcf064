import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { datasets } from "../../datasets/index.ts";
import { secretsOfAuth } from "../../runtime/dataset/auth.ts";

const FOLDER = new URL("../../docs/sources/", import.meta.url);

const pages = readdirSync(FOLDER).map((name) => ({ name, text: readFileSync(new URL(name, FOLDER), "utf8") }));

const pageOf = (dataset: string) =>
  pages.find(({ text }) => text.includes(`\`${dataset}\`: `) || text.includes(`| \`${dataset}\` `));

describe("the pages of the sources", () => {
  for (const { name, sources } of datasets) {
    it(`has ${name}, with what it costs and what its source may answer`, () => {
      const page = pageOf(name);
      assert(page, `no page in docs/sources is about ${name}`);
      for (const title of ["## What it costs in requests", "## What it may answer, and what follows"])
        assert.ok(page.text.includes(title), `${page.name} lacks "${title}"`);
    });

    for (const [source, { auth }] of Object.entries(sources))
      for (const secret of secretsOfAuth(auth))
        it(`names ${secret}, which ${name} needs from its source ${source}`, () => {
          assert.ok(
            pages.some(({ text }) => text.includes(`\`${secret}\``)),
            `no page in docs/sources names ${secret}`,
          );
        });
  }
});
