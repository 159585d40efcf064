import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import fc from "fast-check";
import {
  type ExchangeBody,
  type ExchangeRecord,
  exchangeKeys,
  putBatchBody,
  putExchange,
  putRecord,
  readBody,
  readExchange,
  withBody,
} from "../../runtime/store/exchanges.ts";
import { exchangeName } from "../../runtime/store/layout.ts";
import { MemoryStore } from "../support/memory-store.ts";

const NAME = "20240102030405-0123456789abcdef";
const PACKED = `raw/prices/A%2FB/${NAME}.json.exchange`;

const record = (partition = "A/B"): ExchangeRecord => ({
  version: 1,
  dataset: "prices",
  partition,
  window: { start: "2024-01-01T00:00:00Z", end: "2024-01-02T00:00:00Z" },
  run: "r",
  at: "2024-01-02T03:04:05.000Z",
  request: { method: "GET", url: "https://example.org/a\nb", headers: {} },
  verdict: "data",
  response: { status: 200, headers: {} },
});

const bodyOf = (content: Uint8Array): ExchangeBody => ({
  content,
  bytes: content.byteLength,
  sha256: createHash("sha256").update(content).digest("hex"),
  extension: "json",
  contentType: "application/json",
});

async function keysIn(store: MemoryStore, prefix: string): Promise<string[]> {
  const keys: string[] = [];
  for await (const key of exchangeKeys(store, prefix)) keys.push(key);
  return keys;
}

describe("exchanges in the lake", () => {
  it("give back every small body byte for byte, from one object that has its record in its first line", async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 300 }), async (content) => {
        const store = new MemoryStore();
        await putExchange(store, NAME, record(), bodyOf(content));
        assert.deepEqual([...store.objects.keys()], [PACKED]);
        const found = await readExchange(store, PACKED);
        assert.deepEqual(found?.exchange, withBody(record(), PACKED, bodyOf(content)));
        assert.deepEqual(new Uint8Array(found?.content ?? []), content);
        const [line] = Buffer.from(store.objects.get(PACKED) ?? [])
          .toString("latin1")
          .split("\n");
        assert.equal(JSON.parse(line ?? "").body.sha256, found?.exchange.body.sha256);
      }),
    );
  });

  it("of a large body are two objects, the body first and as it came", async () => {
    for (const [bytes, objects] of [
      [256 * 1024, [PACKED]],
      [256 * 1024 + 1, [`raw/prices/A%2FB/${NAME}.json`, `raw/prices/A%2FB/${NAME}.exchange.json`]],
    ] as const) {
      const store = new MemoryStore();
      const body = bodyOf(new Uint8Array(bytes).fill(7));
      await putExchange(store, NAME, record(), body);
      assert.deepEqual(store.puts, objects);
      const [key = ""] = await keysIn(store, "raw/");
      const found = await readExchange(store, key);
      assert(found);
      assert.deepEqual(found.exchange.body, { key: objects[0], bytes, sha256: body.sha256 });
      const read = (await readBody(store, found.exchange.body)) ?? new Uint8Array();
      assert.equal(createHash("sha256").update(read).digest("hex"), body.sha256);
    }
  });

  it("of several partitions share their body, whatever its size", async () => {
    const store = new MemoryStore();
    const body = bodyOf(new Uint8Array(3));
    const key = await putBatchBody(store, "prices", NAME, body);
    for (const partition of ["A", "B"]) await putRecord(store, NAME, withBody(record(partition), key, body));
    const keys = await keysIn(store, "raw/prices/");
    assert.deepEqual(keys, [`raw/prices/A/${NAME}.exchange.json`, `raw/prices/B/${NAME}.exchange.json`]);
    assert.deepEqual(keys.map(exchangeName), [NAME, NAME]);
    for (const one of keys) assert.equal((await readExchange(store, one))?.exchange.body.key, key);
    assert.equal((await readBody(store, { key, ...body }))?.byteLength, 3);
  });

  it("are written once: what is there stays", async () => {
    const store = new MemoryStore();
    await putExchange(store, NAME, record(), bodyOf(new Uint8Array([1])));
    await putExchange(store, NAME, record(), bodyOf(new Uint8Array([2])));
    assert.deepEqual([...((await readExchange(store, PACKED))?.content ?? [])], [1]);
  });

  it("leave the body of whoever stores it alone", async () => {
    const content = new Uint8Array([1, 2, 3]);
    await putExchange(new MemoryStore(), NAME, record(), bodyOf(content));
    assert.deepEqual([...content], [1, 2, 3]);
  });

  it("are told to be damaged, with their name, or to be missing", async () => {
    const store = new MemoryStore();
    for (const text of ["", "no line", '{"version":1\nbody']) {
      await store.put(PACKED, Buffer.from(text));
      await assert.rejects(readExchange(store, PACKED), {
        message: new RegExp(`^memory/${PACKED} is damaged: its first line is no JSON`),
      });
    }
    await store.remove(PACKED);
    assert.equal(await readExchange(store, PACKED), undefined);
    assert.equal(await readBody(store, { key: PACKED, bytes: 1, sha256: "" }), undefined);
  });
});
