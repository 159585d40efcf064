import assert from "node:assert/strict";
import fc from "fast-check";
import { type Kind, Runs } from "../../../runtime/process/spill/runs.ts";
import { Scratch } from "../../../runtime/process/spill/scratch.ts";

type Rows = readonly string[];

/** Texts, each once: of those that begin alike the one of the latest run stays. */
const kind: Kind<Rows> = {
  length: (rows) => rows.length,
  compare: (one, row, other, otherRow) => (one[row]?.charCodeAt(0) ?? 0) - (other[otherRow]?.charCodeAt(0) ?? 0),
  slice: (rows, from, to) => rows.slice(from, to),
  merge: (blocks) => [...new Map(blocks.flat().map((text) => [text[0], text])).values()].sort(),
  pack: (rows) => rows.join(),
  unpack: (packed) => (packed as string).split(","),
};

const letters = fc.uniqueArray(fc.constantFrom(..."abcdefghijklmnopqrstuvwxyz"));

describe("runs that are put away", () => {
  let scratch: Scratch;
  beforeEach(() => {
    scratch = new Scratch();
  });
  afterEach(() => scratch.dispose());

  it("are merged as if they had stayed in memory, however few are merged at once", async () => {
    let name = 0;
    await fc.assert(
      fc.asyncProperty(fc.array(letters, { maxLength: 12 }), fc.integer({ min: 2, max: 5 }), async (lists, most) => {
        name += 1;
        const runs = new Runs(kind, scratch, `values-${name}`, most);
        const all = lists.map((list, run) => list.sort().map((letter) => `${letter}${run}`));
        const [kept, ...others] = all;
        runs.addKept(3, async function* () {
          for (let from = 0; kept && from < kept.length; from += 3) yield kept.slice(from, from + 3);
        });
        for (const rows of others) await runs.add(rows);
        const merged: string[] = [];
        for await (const rows of runs.merged()) merged.push(...rows);
        assert.deepEqual(merged, kind.merge(all));
      }),
    );
  });

  it("keep rows that are alike, where their kind does", async () => {
    const all: Kind<Rows> = { ...kind, merge: (blocks) => blocks.flat().sort() };
    let name = 0;
    await fc.assert(
      fc.asyncProperty(fc.array(letters, { maxLength: 12 }), async (lists) => {
        name += 1;
        const runs = new Runs(all, scratch, `alike-${name}`, 2);
        for (const list of lists) await runs.add(list.sort());
        const merged: string[] = [];
        for await (const rows of runs.merged()) merged.push(...rows);
        assert.deepEqual(merged, all.merge(lists));
      }),
    );
  });

  it("are read a block at a time", async () => {
    const runs = new Runs(kind, scratch, "values");
    const rows = Array.from({ length: 1_000 }, (_, i) => String.fromCharCode(100 + i));
    await runs.add(rows);
    const sizes: number[] = [];
    for await (const block of runs.merged()) sizes.push(block.length);
    assert(Math.max(...sizes) <= 10, `${Math.max(...sizes)} rows at once`);
    assert.equal(
      sizes.reduce((sum, size) => sum + size, 0),
      rows.length,
    );
  });
});
