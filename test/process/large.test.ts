import assert from "node:assert/strict";
import { readdirSync } from "node:fs";
import fc from "fast-check";
import type { Dataset } from "../../runtime/dataset/definition.ts";
import { integer, text } from "../../runtime/dataset/index.ts";
import { type Limits, PartitionProcessor, processPartition } from "../../runtime/process/process.ts";
import type { Exchange } from "../../runtime/store/exchange.ts";
import { FolderStore } from "../../runtime/store/folder.ts";
import { quarantineKey, rawFolder, recordsKey } from "../../runtime/store/layout.ts";
import type { Store } from "../../runtime/store/store.ts";
import { damage, exchangesOf, keysOf, UnreliableStore } from "../support/extraction.ts";
import { temporaryFolder } from "../support/folder.ts";
import { MemoryStore } from "../support/memory-store.ts";
import { type Fetched, keepRaw } from "../support/raw.ts";
import { tiny } from "../support/tiny.ts";

const NOW = Date.UTC(2024, 5, 1);
const KEYS = [recordsKey("tiny", "A"), quarantineKey("tiny", "A")];

const fetched = (body: string, at = NOW): Fetched => ({
  partition: "A",
  window: ["2024-01-01", "2024-01-11"],
  body,
  at,
});

const withKey = (...key: string[]): Dataset =>
  tiny("https://example.org", {
    source: { rows: (row) => row as object },
    definition: {
      schema: { ...tiny("https://example.org").schema, id: integer(), note: text() },
      key,
    },
  });

const KINDS = {
  "one record a day": withKey("ticker", "date"),
  "many records a day": withKey("ticker", "date", "id", "note"),
  "records whose day may change": withKey("ticker", "id"),
};

/** Everything that can be is put away, a few rows at a time. */
const small = (bytes: number): Limits => ({ records: bytes, refused: bytes, file: 0 });
const NONE = small(0);

describe("a partition that is larger than what is held in memory", () => {
  let temporary: string | undefined;
  let scratches: Awaited<ReturnType<typeof temporaryFolder>>;
  let folder: Awaited<ReturnType<typeof temporaryFolder>>;
  let store: UnreliableStore;
  beforeEach(async () => {
    [folder, scratches] = [await temporaryFolder(), await temporaryFolder()];
    store = new UnreliableStore(folder.path);
    temporary = process.env.TMPDIR;
    process.env.TMPDIR = scratches.path;
  });
  afterEach(async () => {
    if (temporary === undefined) delete process.env.TMPDIR;
    else process.env.TMPDIR = temporary;
    await folder[Symbol.asyncDispose]();
    await scratches[Symbol.asyncDispose]();
  });

  const row = fc.record({
    date: fc.integer({ min: 1, max: 6 }).map((day) => `2024-01-0${day}`),
    id: fc.oneof(fc.integer({ min: 8, max: 11 }), fc.constant("bad")),
    price: fc.constantFrom("1", "2.5", null),
    note: fc.constantFrom("", "a", "b,c", "\u2028é"),
  });
  const exchange = fc.record({
    rows: fc.array(row, { maxLength: 12 }),
    // Few moments, so that many are fetched at the same one.
    at: fc.integer({ min: 0, max: 2 }).map((step) => NOW + step * 400),
  });
  for (const [name, dataset] of Object.entries(KINDS))
    it(`has the same bytes as in memory: ${name}`, async () => {
      const steps = fc.array(fc.tuple(exchange, fc.boolean()), { minLength: 1, maxLength: 6 });
      await fc.assert(
        fc.asyncProperty(steps, fc.constantFrom(0, 200, 700), async (exchanges, bytes) => {
          await using one = await temporaryFolder();
          await using other = await temporaryFolder();
          const [spilled, inMemory] = [new FolderStore(one.path), new FolderStore(other.path)];
          const processor = new PartitionProcessor(dataset, spilled, small(bytes));
          for (const [{ rows, at }, now] of exchanges) {
            for (const place of [spilled, inMemory]) await keepRaw(place, "tiny", fetched(JSON.stringify(rows), at));
            if (now) await processor.process("A");
          }
          assert.deepEqual(await processor.process("A"), await processPartition(dataset, "A", inMemory));
          for (const key of KEYS) assert.deepEqual(await bytesOf(spilled, key), await bytesOf(inMemory, key), key);
        }),
        { numRuns: 60 },
      );
      assert.deepEqual(readdirSync(scratches.path), []);
    });

  const dataset = KINDS["many records a day"];
  const rows = (...ids: unknown[]): string =>
    JSON.stringify(ids.map((id) => ({ date: "2024-01-02", id, price: 1, note: "" })));

  it("leaves no temporary file, neither when it is done nor when something fails", async () => {
    await keepRaw(store, "tiny", fetched(rows(1, 2, "bad", 3)));
    const seen: string[][] = [];
    store.beforePut = () => seen.push(readdirSync(`${scratches.path}/${readdirSync(scratches.path)[0]}`).sort());
    await new PartitionProcessor(dataset, store, NONE).process("A");
    const files = ["gathered", "records.parquet", "refused", "refused.ndjson"];
    assert.deepEqual(seen, [files, files]);
    assert.deepEqual(readdirSync(scratches.path), []);

    store.beforePut = () => undefined;
    await keepRaw(store, "tiny", fetched(rows(4, 5), NOW + 60_000));
    const [, added] = await exchangesOf(store);
    await damage(store, added as Exchange, "abc");
    await assert.rejects(new PartitionProcessor(dataset, store, NONE).process("A"), /is damaged: its SHA-256/);
    assert.deepEqual(readdirSync(scratches.path), []);
  });

  it("holds 4 MiB of the bodies that come with their records, and reads the others again when their turn comes", async () => {
    const lake = new MemoryStore();
    const padding = " ".repeat(250 * 1024);
    for (let day = 1; day <= 20; day += 1)
      await keepRaw(lake, "tiny", fetched(`${rows(1 + (day % 10))}${padding}`, NOW + day * 60_000));
    const written = lake.gets.length;
    const result = await processPartition(dataset, "A", lake);
    assert.equal(result?.rows, 10);
    const reads = lake.gets.slice(written).filter((key) => key.startsWith("raw/"));
    assert.equal(reads.length, 20 + 4);
  });

  it("needs no temporary file where all of it fits", async () => {
    await keepRaw(store, "tiny", fetched(rows(1, 2, "bad", 3)));
    await processPartition(dataset, "A", store);
    await keepRaw(store, "tiny", fetched(rows(4, "bad"), NOW + 60_000));
    let puts = 0;
    store.beforePut = () => {
      puts += 1;
      assert.deepEqual(readdirSync(scratches.path), []);
    };
    await processPartition(dataset, "A", store);
    assert.equal(puts, 2);
  });

  it("is found out when a single bit of its file has changed, and made again from raw", async () => {
    await keepRaw(store, "tiny", fetched(rows(1, 2, "bad", 3)));
    const processor = new PartitionProcessor(dataset, store, NONE);
    const before = await processor.process("A");
    const file = Buffer.from(await bytesOf(store, KEYS[0] as string));
    for (const damaged of [flipped(file, 40), file.subarray(0, 100), Buffer.of()]) {
      await store.put(KEYS[0] as string, damaged);
      assert.deepEqual(await processor.process("A"), before);
      assert.deepEqual(Buffer.from(await bytesOf(store, KEYS[0] as string)), file);
    }
    for (const key of await keysOf(store, rawFolder("tiny", "A"))) await store.remove(key);
    assert.deepEqual(await processor.process("A"), before);
    await store.put(KEYS[0] as string, flipped(file, 40));
    await assert.rejects(processor.process("A"), /records\.parquet cannot be read, and there is no raw/);
  });

  it("is made anew, with all that is there by then, when another process was first", async () => {
    await keepRaw(store, "tiny", fetched(rows(1)));
    const processor = new PartitionProcessor(dataset, store, NONE);
    await processor.process("A");
    await keepRaw(store, "tiny", fetched(rows(2), NOW + 1_000));
    const other = new FolderStore(folder.path);
    let raced = 0;
    const put = store.put.bind(store);
    store.put = async (key, body, options) => {
      if (key === KEYS[0]) raced += 1;
      if (key === KEYS[0] && raced === 1) {
        await keepRaw(other, "tiny", fetched(rows(3, "bad"), NOW + 2_000));
        await processPartition(dataset, "A", other);
      }
      return put(key, body, options);
    };
    const result = await processor.process("A");
    assert.deepEqual([raced, result?.rows, result?.quarantined], [1, 3, 1]);
  });

  it("keeps every row that is refused, also where none is a record", async () => {
    await keepRaw(store, "tiny", fetched(rows(..."abcdefghij")));
    await keepRaw(store, "tiny", fetched(rows(..."klmnopqrst"), NOW + 1_000));
    const processor = new PartitionProcessor(dataset, store, NONE);
    const result = await processor.process("A");
    assert.deepEqual([result?.rows, result?.quarantined], [0, 20]);
    const lines = Buffer.from(await bytesOf(store, KEYS[1] as string))
      .toString()
      .trim()
      .split("\n");
    assert.deepEqual(
      lines.map((line) => JSON.parse(line).source.id),
      [..."abcdefghijklmnopqrst"],
    );
  });
});

const bytesOf = async (store: Store, key: string): Promise<Uint8Array> =>
  (await store.get(key))?.body ?? new Uint8Array();

function flipped(file: Uint8Array, at: number): Buffer {
  const copy = Buffer.from(file);
  copy[at] = (copy[at] as number) ^ 1;
  return copy;
}
