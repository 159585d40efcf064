import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import type { Dataset } from "../../runtime/dataset/definition.ts";
import type { Format } from "../../runtime/dataset/format.ts";
import { csvBody, date, decimal, defineDataset, jsonBody, jsonLines, none, text } from "../../runtime/dataset/index.ts";
import type { HttpSource } from "../../runtime/dataset/source.ts";
import { processPartition } from "../../runtime/process/process.ts";
import { jsonBytes } from "../../runtime/store/documents.ts";
import type { Exchange } from "../../runtime/store/exchange.ts";
import { FolderStore } from "../../runtime/store/folder.ts";
import {
  batchFolder,
  exchangeKey,
  quarantineKey,
  rawBodyKey,
  rawFolder,
  recordsKey,
} from "../../runtime/store/layout.ts";
import { useFolder } from "../support/folder.ts";
import { readRecords } from "../support/records.ts";

type Column = "ticker" | "date" | "price" | "updated";

const schema = {
  ticker: text(),
  date: date(),
  price: decimal({ precision: 12, scale: 2, nullable: true }),
  updated: date({ nullable: true }),
};

function source(changes: Partial<HttpSource<"ticker", Column>> = {}): HttpSource<"ticker", Column> {
  return {
    kind: "http",
    url: "https://example.org",
    budget: [{ requests: 1, per: "1 second" }],
    windows: { step: "10 days", granularity: "1 day" },
    request: () => ({ path: [] }),
    pages: none(),
    rows: ({ ticker, date, price, updated }) => ({ ticker, date, price, updated }),
    ...changes,
  };
}

const dataset = (
  changes: Partial<HttpSource<"ticker", Column>> = {},
  alternatives: Record<string, HttpSource<"ticker", Column>> = {},
): Dataset =>
  defineDataset({
    name: "several",
    title: "Several ways",
    source: source(changes),
    alternatives,
    partitions: { ticker: ["A", "B"] },
    schema,
    key: ["ticker", "date"],
    cursor: "date",
    calendar: "24/7",
    backfillFrom: "2024-01-01",
  });

interface Kept {
  readonly body: string;
  readonly partition?: string;
  readonly partitions?: readonly string[];
  readonly source?: string;
  readonly window?: readonly [string, string];
  readonly at?: number;
}

const NOW = Date.UTC(2024, 5, 1);

/** Puts an exchange into the lake; one of a batch for each of its partitions. */
async function keep(store: FolderStore, { body, partitions, partition = "A", ...more }: Kept): Promise<void> {
  const bytes = Buffer.from(body);
  const sha256 = createHash("sha256").update(bytes).digest("hex");
  const at = new Date(more.at ?? NOW).toISOString();
  const name = `${at.replace(/\D/g, "").slice(0, 14)}-${sha256.slice(0, 16)}`;
  const key = rawBodyKey(partitions ? batchFolder("several") : rawFolder("several", partition), name, "json");
  await store.put(key, bytes);
  const [start, end] = more.window ?? ["2024-01-01", "2024-01-11"];
  for (const one of partitions ?? [partition]) {
    const exchange: Exchange = {
      version: 1,
      dataset: "several",
      partition: one,
      ...(partitions ? { partitions } : {}),
      ...(more.source ? { source: more.source } : {}),
      window: { start: `${start}T00:00:00Z`, end: `${end}T00:00:00Z` },
      run: "a-run",
      at,
      request: { method: "GET", url: "https://example.org", headers: {} },
      verdict: "data",
      response: { status: 200, headers: {} },
      body: { key, bytes: bytes.byteLength, sha256 },
    };
    await store.put(exchangeKey("several", one, name), jsonBytes(exchange));
  }
}

describe("processing what comes in several ways", () => {
  let store: FolderStore;
  useFolder((path) => {
    store = new FolderStore(path);
  });

  async function recordsOf(of: Dataset, partition = "A"): Promise<string[]> {
    await processPartition(of, partition, store);
    const file = (await store.get(recordsKey("several", partition)))?.body;
    const records = file ? await readRecords(of.schema, file) : [];
    return records.map(
      ({ values: [ticker, day, price] }) =>
        `${ticker} ${new Date((day as number) * 86_400_000).toISOString().slice(8, 10)} ${price}`,
    );
  }

  async function reasonsOf(partition: string): Promise<string[]> {
    const body = (await store.get(quarantineKey("several", partition)))?.body ?? new Uint8Array();
    const lines = Buffer.from(body).toString().split("\n").filter(Boolean);
    return lines.map((line) => (JSON.parse(line) as { reason: string }).reason);
  }

  it("reads each exchange as the source it came from writes", async () => {
    const other = source({ format: csvBody(), rows: ({ day, last }) => ({ date: day, price: last }) });
    const of = dataset({}, { other });
    await keep(store, { body: '[{"date":"2024-01-01","price":1},{"date":"2024-01-02","price":2}]' });
    await keep(store, { body: "day,last\n2024-01-02,2.50\n2024-01-03,3.50\n", source: "other", at: NOW + 1_000 });
    assert.deepEqual(await recordsOf(of), ["A 01 100", "A 02 250", "A 03 350"]);
    await keep(store, { body: "[]", source: "gone", at: NOW + 2_000 });
    await assert.rejects(recordsOf(of), /comes from the source "gone", which the definition no longer has/);
  });

  for (const [what, format, body] of [
    [
      "JSON with the rows somewhere",
      jsonBody({ rows: "data.items" }),
      '{"data":{"items":[{"date":"2024-01-01","price":"1.25"}]}}',
    ],
    ["lines of JSON", jsonLines(), '{"date":"2024-01-01","price":1.25}\n'],
    ["CSV", csvBody(), "date,price\n2024-01-01,1.25\n"],
  ] as const satisfies readonly (readonly [string, Format, string])[])
    it(`reads ${what}`, async () => {
      const of = dataset({ format, rows: ({ date, price }) => ({ date, price }) });
      await keep(store, { body });
      assert.deepEqual(await recordsOf(of), ["A 01 125"]);
    });

  it("reads a body that is larger than it holds in memory", async () => {
    const of = dataset({ format: csvBody(), rows: ({ date, price }) => ({ date, price }) });
    const days = Array.from({ length: 10 }, (_, i) => `2024-01-${String(i + 1).padStart(2, "0")}`);
    const lines = Array.from({ length: 400_000 }, (_, i) => `${days[i % 10]},${Math.floor(i / 10)}.25`);
    await keep(store, { body: `date,price\n${lines.join("\n")}\n` });
    assert.deepEqual((await recordsOf(of)).slice(-2), ["A 09 3999925", "A 10 3999925"]);
  });

  it("says that a large body is damaged, and writes nothing", async () => {
    const of = dataset({ format: csvBody(), rows: ({ date, price }) => ({ date, price }) });
    await keep(store, { body: `date,price\n${"2024-01-01,1.25\n".repeat(400_000)}` });
    let key = "";
    for await (const listed of store.list("raw/several/A/"))
      if (listed.key.endsWith(".json") && listed.size > 5e6) key = listed.key;
    await store.put(key, Buffer.from(`date,price\n${"2024-01-01,1.26\n".repeat(400_000)}`));
    await assert.rejects(recordsOf(of), /is damaged: its SHA-256 is/);
    assert.equal(await store.get(recordsKey("several", "A")), undefined);
  });

  it("gives each partition of a batch its own rows, and a row of none of them to quarantine once", async () => {
    const of = dataset({ batch: 2 });
    const rows = [
      { ticker: "A", date: "2024-01-01", price: 1 },
      { ticker: "B", date: "2024-01-01", price: 2 },
      { ticker: "A", date: "2024-01-02", price: 3 },
      { ticker: "C", date: "2024-01-02", price: 4 },
      { date: "2024-01-03", price: 5 },
    ];
    await keep(store, { body: JSON.stringify(rows), partitions: ["B", "A"] });
    assert.deepEqual(await recordsOf(of, "A"), ["A 01 100", "A 02 300"]);
    assert.deepEqual(await recordsOf(of, "B"), ["B 01 200"]);
    assert.deepEqual(await reasonsOf("A"), []);
    assert.deepEqual(await reasonsOf("B"), [
      'names no partition that was asked for: "C"',
      "names no partition that was asked for: undefined",
    ]);
  });

  it("reads the row's own name also where a batch came down to one partition", async () => {
    const of = dataset({ batch: 2 });
    await keep(store, {
      body: '[{"ticker":"A","date":"2024-01-01","price":1},{"ticker":"B","date":"2024-01-02","price":2}]',
    });
    assert.deepEqual(await recordsOf(of), ["A 01 100"]);
    assert.deepEqual(await reasonsOf("A"), ['names no partition that was asked for: "B"']);
  });

  it("judges by the column that the windows are about whether a row was asked for", async () => {
    const of = dataset({ windows: { step: "10 days", granularity: "1 day", over: "updated" } });
    const row = (day: string, updated: string): string => `{"date":"${day}","price":1,"updated":"${updated}"}`;
    const rows = [row("2019-05-01", "2024-01-01"), row("2024-01-02", "2024-01-11"), row("2019-05-03", "2024-01-10")];
    await keep(store, { body: `[${rows}]` });
    assert.deepEqual(await recordsOf(of), ["A 01 100", "A 03 100"]);
  });

  it("takes every row of a snapshot, whatever its time", async () => {
    const of = dataset({ windows: { step: "1 day", granularity: "1 day", snapshot: true } });
    await keep(store, {
      body: '[{"date":"2023-12-05","price":1},{"date":"2024-01-01","price":2}]',
      window: ["2024-01-01", "2024-01-02"],
    });
    assert.deepEqual(await recordsOf(of), ["A 05 100", "A 01 200"]);
  });
});
