import assert from "node:assert/strict";
import { withSource } from "../../runtime/dataset/define.ts";
import { Processor } from "../../runtime/process/processor.ts";
import { FolderStore } from "../../runtime/store/folder.ts";
import { never } from "../support/extraction.ts";
import { temporaryFolder } from "../support/folder.ts";
import { keepRaw } from "../support/raw.ts";
import { tinyRows } from "../support/tiny.ts";
import { TICKERS, wide } from "../support/wide.ts";

const DEFINITIONS = new URL("../support/wide.ts", import.meta.url).href;

async function lake(): Promise<AsyncDisposable & { readonly store: FolderStore }> {
  const folder = await temporaryFolder();
  const store = new FolderStore(folder.path);
  const window = ["2024-01-01", "2024-02-01"] as const;
  const body = tinyRows({ query: new URLSearchParams({ from: window[0], to: "2024-01-31" }) });
  for (const partition of TICKERS) await keepRaw(store, "wide", { partition, window, body, at: Date.UTC(2024, 5, 1) });
  return { store, [Symbol.asyncDispose]: () => folder[Symbol.asyncDispose]() };
}

async function processAll(store: FolderStore, definitions: string | undefined, dataset = wide): Promise<unknown[]> {
  const processor = new Processor({ dataset, store, definitions });
  try {
    const results = TICKERS.map((partition) => processor.add(partition));
    await processor.finish(never);
    return await Promise.all(results);
  } finally {
    await processor.close();
  }
}

describe("processing in several threads", function () {
  this.timeout(20_000);

  it("gives the same files as one thread", async () => {
    await using one = await lake();
    await using several = await lake();
    const alone = await processAll(one.store, undefined);
    assert.equal(alone.length, 12);
    assert.deepEqual(await processAll(several.store, DEFINITIONS), alone);
  });

  it("refuses a module that exports the dataset otherwise than it is processed", async () => {
    await using other = await lake();
    const changed = {
      ...withSource(wide, "default"),
      checks: [{ kind: "record", name: "x", columns: [], test: () => "no" }] as const,
    };
    const processor = new Processor({ dataset: changed, store: other.store, definitions: DEFINITIONS });
    try {
      await assert.rejects(processor.add("T0"), /does not export the dataset wide as it is processed/);
    } finally {
      await processor.close();
    }
  });
});
