import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { STACKS, type StackSnapshot, snapshotOf, stackRecording } from "../support/stacks.ts";

const RENEW = "when this was meant, run node test/support/renew-urns.ts and give what holds data an alias";

describe("URNs", () => {
  for (const stack of STACKS) {
    it(`of stack ${stack} are those of the last deployment: another URN replaces the resource`, async () => {
      const [kept, made] = await both(stack);
      const gone = kept.urns.filter((urn) => !made.urns.includes(urn));
      const added = made.urns.filter((urn) => !kept.urns.includes(urn));
      assert.deepEqual({ gone, added }, { gone: [], added: [] }, `${RENEW}\n${[...gone, ...added].join("\n")}`);
    });

    it(`of stack ${stack} are so many of each type`, async () => {
      const [kept, made] = await both(stack);
      assert.deepEqual(made.counts, kept.counts, RENEW);
    });
  }

  it("are not two of a kind", async () => {
    for (const stack of STACKS) {
      const { urns } = snapshotOf(await stackRecording(stack));
      assert.equal(new Set(urns).size, urns.length);
    }
  });
});

async function both(stack: (typeof STACKS)[number]): Promise<[StackSnapshot, StackSnapshot]> {
  const kept = await readFile(new URL(`../fixtures/urns-${stack}.json`, import.meta.url), "utf8");
  return [JSON.parse(kept), snapshotOf(await stackRecording(stack))];
}
