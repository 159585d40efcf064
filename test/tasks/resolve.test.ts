import assert from "node:assert/strict";
import { requested, rowsOf } from "../../runtime/dataset/index.ts";
import type { PartitionOrigin } from "../../runtime/dataset/partitions.ts";
import { recordsKey } from "../../runtime/store/layout.ts";
import { inMemory, RecordsReader } from "../../runtime/store/records.ts";
import { addRequests, readRequests } from "../../runtime/store/requests.ts";
import { resolvePartitions, withPartitions } from "../../runtime/tasks/resolve.ts";
import { everyKind } from "../support/every-kind.ts";
import { fakeDataset } from "../support/fake-source.ts";
import { MemoryStore } from "../support/memory-store.ts";
import { writeRecords } from "../support/records.ts";

const schema = {
  id: { kind: "text", nullable: false },
  status: { kind: "text", nullable: true },
  size: { kind: "decimal", precision: 12, scale: 4, excess: "refuse", nullable: true },
  listed: { kind: "date", nullable: true },
} as const;
const note = { version: 1 as const, definition: "x", exchanges: [], rows: 0, quarantined: 0 };

const from = (origin: PartitionOrigin) => {
  const dataset = fakeDataset();
  return { ...dataset, partitions: { field: "ticker", values: [], origin } };
};

async function products(store: MemoryStore): Promise<void> {
  const row = (...values: readonly (string | number | bigint | null)[]) => ({ values, raw: "raw/x", fetchedAt: 0 });
  const file = (...rows: readonly ReturnType<typeof row>[]) => writeRecords(schema, rows, note);
  await store.put(
    recordsKey("products", "all"),
    file(
      row("ETH-USD", "online", 12_500n, 19_000),
      row("BTC-USD", "online", 5n, null),
      row("OLD-USD", "delisted", null, 1),
    ),
  );
  await store.put(recordsKey("products", "more"), file(row("BTC-USD", "online", 7n, 2), row("ADA-USD", null, 1n, 3)));
}

describe("the partitions of a dataset", () => {
  it("are those that it lists", async () => {
    const dataset = fakeDataset();
    assert.equal(await resolvePartitions(dataset, new MemoryStore()), dataset);
  });

  it("may be the values of a column of another dataset's records, each once, in order", async () => {
    const store = new MemoryStore();
    await products(store);
    const { partitions } = await resolvePartitions(from(rowsOf("products", "id")), store);
    assert.deepEqual(partitions.values, ["ADA-USD", "BTC-USD", "ETH-USD", "OLD-USD"]);
    assert.deepEqual((await resolvePartitions(from(rowsOf("products", "status")), store)).partitions.values, [
      "delisted",
      "online",
    ]);
  });

  it("may be those of some records, whose decimals and dates are text", async () => {
    const store = new MemoryStore();
    await products(store);
    const seen: unknown[] = [];
    const some = rowsOf("products", "id", (record) => {
      seen.push(record);
      return record.status === "online" && Number(record.size) >= 1;
    });
    assert.deepEqual((await resolvePartitions(from(some), store)).partitions.values, ["ETH-USD"]);
    assert.deepEqual(seen[0], { id: "ETH-USD", status: "online", size: "1.25", listed: "2022-01-08" });
  });

  it("are none while the other dataset has no records", async () => {
    assert.deepEqual(
      (await resolvePartitions(from(rowsOf("products", "id")), new MemoryStore())).partitions.values,
      [],
    );
  });

  it("may be what was asked for, of any name, once", async () => {
    const store = new MemoryStore();
    await addRequests(store, "tiny", ["BRK/B", "é ü"], 0);
    await addRequests(store, "tiny", ["BRK/B", "A"], 1);
    assert.deepEqual((await readRequests(store, "tiny")).sort(), ["A", "BRK/B", "é ü"]);
    const resolved = await resolvePartitions(from(requested()), store);
    assert.deepEqual(resolved.partitions.values.length, 3);
    assert.deepEqual(withPartitions(resolved, ["A", "Z"]).partitions.values.slice(-1), ["Z"]);
    assert.deepEqual(await readRequests(store, "tin"), []);
  });

  it("are read from files whose columns say what they are", async () => {
    const { schema: every } = everyKind();
    const reader = await RecordsReader.open(inMemory(writeRecords(every, [], note)));
    const known = Object.entries(reader.schema).map(([name, { kind, nullable }]) => [name, kind, nullable]);
    const said = Object.entries(every).map(([name, { kind, nullable }]) => [
      name,
      kind === "json" ? "text" : kind,
      nullable,
    ]);
    assert.deepEqual(known, said);
  });
});
