import assert from "node:assert/strict";
import { setImmediate as turn } from "node:timers/promises";
import { inOrder } from "../../runtime/process/raw.ts";

describe("reading ahead", () => {
  const items = Array.from({ length: 20 }, (_, i) => i);

  it("gives everything in its order, a few of them before their turn", async () => {
    let [open, most] = [0, 0];
    const found: number[] = [];
    const read = async (item: number): Promise<number> => {
      open += 1;
      most = Math.max(most, open);
      // Later ones are read first.
      for (let i = item; i < items.length; i += 1) await turn();
      open -= 1;
      return item;
    };
    for await (const item of inOrder(items, read)) found.push(item);
    assert.deepEqual(found, items);
    assert.equal(most, 8);
  });

  it("fails with the first error alone, whatever else was read by then", async () => {
    const unhandled: unknown[] = [];
    const listeners = process.listeners("unhandledRejection");
    process.removeAllListeners("unhandledRejection").on("unhandledRejection", (reason) => unhandled.push(reason));
    try {
      const reading = inOrder(items, async (item) => {
        throw new Error(`${item} is missing`);
      });
      await assert.rejects(reading.next(), /^Error: 0 is missing$/);
      await turn();
      assert.deepEqual(unhandled, []);
    } finally {
      process.removeAllListeners("unhandledRejection");
      for (const listener of listeners) process.on("unhandledRejection", listener);
    }
  });
});
