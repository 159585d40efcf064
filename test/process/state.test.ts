import assert from "node:assert/strict";
import { decimal } from "../../runtime/dataset/index.ts";
import { processPartition } from "../../runtime/process/process.ts";
import { Processor } from "../../runtime/process/processor.ts";
import { exchangeName, quarantineKey, rawFolder, recordsKey } from "../../runtime/store/layout.ts";
import { keysOf, never, UnreliableStore } from "../support/extraction.ts";
import { useFolder } from "../support/folder.ts";
import { keepRaw } from "../support/raw.ts";
import { readRecords } from "../support/records.ts";
import { tiny } from "../support/tiny.ts";

const NOW = Date.UTC(2024, 5, 1);
const dataset = tiny("https://example.org");
const KEY = recordsKey("tiny", "A");

describe("what processing has written", () => {
  let store: UnreliableStore;
  useFolder((path) => {
    store = new UnreliableStore(path);
  });

  const keep = (day: number, price: string, at = NOW + day * 60_000): Promise<void> =>
    keepRaw(store, "tiny", {
      partition: "A",
      window: ["2024-01-01", "2024-01-11"],
      body: `[{"date":"2024-01-0${day}","price":${price}}]`,
      at,
    });
  const days = async (): Promise<number[]> => {
    const file = (await store.get(KEY))?.body as Uint8Array;
    return (await readRecords(dataset.schema, file)).map(({ values }) =>
      new Date((values[1] as number) * 864e5).getUTCDate(),
    );
  };

  it("is made anew, with all that is there by then, when another process was first", async () => {
    await keep(1, "1");
    await processPartition(dataset, "A", store);
    await keep(2, "2");
    const other = new UnreliableStore(store.location);
    let raced = 0;
    store.beforePut = (key) => {
      if (key === KEY) raced += 1;
    };
    const put = store.put.bind(store);
    store.put = async (key, body, options) => {
      if (key === KEY && raced === 0) {
        await keepRaw(other, "tiny", {
          partition: "A",
          window: ["2024-01-01", "2024-01-11"],
          body: '[{"date":"2024-01-03","price":"bad"}]',
          at: NOW + 180_000,
        });
        await processPartition(dataset, "A", other);
      }
      return put(key, body, options);
    };
    const result = await processPartition(dataset, "A", store);
    // The other's file has it all, so that nothing was left to write.
    assert.deepEqual([raced, result?.rows, result?.quarantined], [1, 2, 1]);
    assert.deepEqual(await days(), [1, 2]);
  });

  it("is found out when a single bit of it has changed, and made again from raw", async () => {
    await keep(1, "1");
    await processPartition(dataset, "A", store);
    const file = Buffer.from((await store.get(KEY))?.body as Uint8Array);
    const damaged = Buffer.from(file);
    damaged[40] = (damaged[40] as number) ^ 1;
    await store.put(KEY, damaged);
    await assert.rejects(readRecords(dataset.schema, damaged), { name: "DamagedRecords" });
    await processPartition(dataset, "A", store);
    assert.deepEqual((await store.get(KEY))?.body, file);
  });

  it("fails loudly when it is damaged and there is no raw left", async () => {
    await keep(1, "1");
    await processPartition(dataset, "A", store);
    for (const key of await keysOf(store, rawFolder("tiny", "A"))) await store.remove(key);
    const kept = await processPartition(dataset, "A", store);
    assert.equal(kept?.rows, 1);
    await store.put(KEY, new Uint8Array(100));
    await assert.rejects(processPartition(dataset, "A", store), /records\.parquet cannot be read, and there is no raw/);
  });

  it("is not thrown away for a changed definition that the raw of it is gone for", async () => {
    await keep(1, "1");
    await keep(2, "2");
    await processPartition(dataset, "A", store);
    const [first] = (await keysOf(store, rawFolder("tiny", "A"))).filter(exchangeName);
    await store.remove(first as string);
    const changed = tiny("https://example.org", {
      definition: { schema: { ...dataset.schema, price: decimal({ precision: 20, scale: 2, nullable: true }) } },
    });
    await assert.rejects(
      processPartition(changed, "A", store),
      /is of another definition .* raw of 1 exchanges was removed/,
    );
    assert.deepEqual(await days(), [1, 2]);
  });

  it("is made again when quarantine is of another moment", async () => {
    await keep(1, '"bad"');
    await keep(2, "2");
    await processPartition(dataset, "A", store);
    await store.put(quarantineKey("tiny", "A"), new Uint8Array());
    await keep(3, "3");
    const result = await processPartition(dataset, "A", store);
    assert.deepEqual([result?.rows, result?.quarantined], [2, 1]);
    assert.match(Buffer.from((await store.get(quarantineKey("tiny", "A")))?.body ?? []).toString(), /is no decimal/);
  });

  it("is the same when several partitions are processed together", async () => {
    await keep(1, "1");
    const processor = new Processor({ dataset, store });
    const early = processor.add("A");
    const late = processor.add("B");
    await processor.finish(never);
    await processor.close();
    assert.equal((await early)?.rows, 1);
    assert.equal(await late, undefined);
    assert.deepEqual(await processPartition(dataset, "A", store), await early);
  });
});
