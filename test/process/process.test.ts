import assert from "node:assert/strict";
import fc from "fast-check";
import type { RecordCheck } from "../../runtime/dataset/checks.ts";
import type { Dataset } from "../../runtime/dataset/definition.ts";
import { decimal, ohlc, text, timestamp } from "../../runtime/dataset/index.ts";
import { type ProcessedPartition, processPartition } from "../../runtime/process/process.ts";
import { FolderStore } from "../../runtime/store/folder.ts";
import { quarantineKey, recordsKey } from "../../runtime/store/layout.ts";
import type { Store } from "../../runtime/store/store.ts";
import { damage, exchangesOf, keysOf, UnreliableStore } from "../support/extraction.ts";
import { temporaryFolder, useFolder } from "../support/folder.ts";
import { type Fetched, keepRaw } from "../support/raw.ts";
import { readRecords } from "../support/records.ts";
import { tiny } from "../support/tiny.ts";

const NOW = Date.UTC(2024, 5, 1);
const dataset = tiny("https://example.org");

const fetched = (body: string, changes: Partial<Fetched> = {}): Fetched => ({
  partition: "A",
  window: ["2024-01-01", "2024-01-11"],
  body,
  at: NOW,
  ...changes,
});

const day = (number: number): number => Date.UTC(2024, 0, number);

const row = (day: number, price: string): string =>
  `{"date":"2024-01-${String(day).padStart(2, "0")}","price":${price}}`;

const rowAt = (at: number): string => `{"date":"${new Date(at).toISOString().slice(0, 10)}","price":1}`;

async function pricesOf(store: Store, of: Dataset = dataset): Promise<[string, string][]> {
  const file = (await store.get(recordsKey(of.name, "A")))?.body;
  assert(file);
  return (await readRecords(of.schema, file)).map(({ values }) => [
    new Date((values[1] as number) * 86_400_000).toISOString().slice(8, 10),
    String(values[2]),
  ]);
}

async function quarantineOf(store: Store): Promise<Record<string, unknown>[]> {
  const body = (await store.get(quarantineKey("tiny", "A")))?.body ?? new Uint8Array();
  return Buffer.from(body)
    .toString()
    .split("\n")
    .filter(Boolean)
    .map((line) => JSON.parse(line));
}

describe("processing", () => {
  let store: UnreliableStore;
  useFolder((path) => {
    store = new UnreliableStore(path);
  });

  const processed = (of = dataset): Promise<ProcessedPartition | undefined> => processPartition(of, "A", store);

  it("makes records of raw, sorted, with where they come from", async () => {
    await keepRaw(store, "tiny", fetched(`[${row(3, "3.5")},${row(1, '"1.25"')},${row(2, "null")}]`));
    const result = await processed();
    assert.deepEqual([result?.partition, result?.rows, result?.quarantined], ["A", 3, 0]);
    assert.deepEqual(await pricesOf(store), [
      ["01", "12500"],
      ["02", "null"],
      ["03", "35000"],
    ]);
    const [exchange] = await exchangesOf(store);
    const [first] = await readRecords(dataset.schema, (await store.get(recordsKey("tiny", "A")))?.body as Uint8Array);
    assert.deepEqual([first?.raw, first?.fetchedAt, first?.values[0]], [exchange?.body.key, NOW, "A"]);
    assert.deepEqual(await keysOf(store, "quarantine/"), []);
  });

  it("has nothing to say of a partition without raw", async () => {
    assert.equal(await processed(), undefined);
    await keepRaw(store, "tiny", fetched("[]", { partition: "B" }));
    assert.equal(await processed(), undefined);
  });

  it("makes a file without rows where there were none", async () => {
    await keepRaw(store, "tiny", fetched("[]"));
    assert.equal((await processed())?.rows, 0);
    assert.deepEqual(await pricesOf(store), []);
  });

  it("reads no rows from an answer that a rule called empty, whatever its body", async () => {
    await keepRaw(store, "tiny", fetched('{"message":"nothing here"}', { verdict: "empty" }));
    await keepRaw(store, "tiny", fetched("", { verdict: "empty", at: NOW + 1 }));
    const result = await processed();
    assert.deepEqual([result?.rows, result?.quarantined], [0, 0]);
  });

  it("writes nothing when there is nothing new, and says the same", async () => {
    await keepRaw(store, "tiny", fetched(`[${row(9, "9")},${row(1, "1")},${row(2, '"x"')}]`));
    const first = await processed();
    assert.deepEqual(first?.times, { first: day(1), last: day(9), absent: [{ start: day(2), end: day(9) }] });
    store.written.length = 0;
    assert.deepEqual(await processed(), first);
    assert.deepEqual(store.written, []);
  });

  it("says nothing of times where records are few and far between", async () => {
    const every = (step: number) => Array.from({ length: 103 }, (_, i) => rowAt(day(1 + i * step)));
    const long = { window: ["2024-01-01", "2025-01-01"] as const };
    await keepRaw(store, "tiny", fetched(`[${every(1)}]`, long));
    assert.deepEqual((await processed())?.times?.absent, []);
    await keepRaw(store, "tiny", fetched(`[${every(2)}]`, { partition: "B", ...long }));
    const result = await processPartition(dataset, "B", store);
    assert.deepEqual([result?.rows, result?.times], [103, undefined]);
    assert.deepEqual(await processPartition(dataset, "B", store), result);
  });

  it("lets a bad row neither block the good ones nor vanish", async () => {
    const bad = [
      row(2, '"many"'),
      '{"date":"2024-02-30","price":1}',
      '{"price":1}',
      "null",
      row(5, "1.00001"),
      '{"date":5,"price":true}',
    ];
    await keepRaw(store, "tiny", fetched(`[${[row(1, "1"), ...bad, row(9, "9")].join(",")}]`));
    const result = await processed();
    assert.deepEqual([result?.rows, result?.quarantined], [2, 6]);
    const [exchange] = await exchangesOf(store);
    assert.deepEqual(await quarantineOf(store), [
      ...[
        'price is no decimal(20, 4): "many"',
        'date is no date: "2024-02-30"',
        "date is missing",
        "Cannot read properties of null (reading 'date')",
        "price is no decimal(20, 4): 1.00001",
        "date is no date: 5; price is no decimal(20, 4): true",
      ].map((reason, i) => ({
        reason,
        raw: exchange?.body.key,
        row: i + 1,
        fetchedAt: "2024-06-01T00:00:00.000Z",
        source: JSON.parse(bad[i] as string),
      })),
    ]);
  });

  it("puts what fails a check into quarantine, with its name and reason", async () => {
    const columns = { low: decimal({ scale: 2 }), high: decimal({ scale: 6 }), open: decimal(), close: decimal() };
    const priced = tiny("https://example.org", {
      source: { rows: (one) => one as object },
      definition: { schema: { ...dataset.schema, ...columns }, checks: [ohlc()] },
    });
    const price = (low: string, high: string, day: number): string =>
      `{"date":"2024-01-0${day}","low":${low},"high":${high},"open":2,"close":2}`;
    await keepRaw(
      store,
      "tiny",
      fetched(`[${price("1", "3", 1)},${price("2.01", "3", 2)},${price("2", "1.999999", 3)}]`),
    );
    const result = await processed(priced);
    assert.deepEqual([result?.rows, result?.quarantined], [1, 2]);
    assert.deepEqual(
      (await quarantineOf(store)).map(({ reason }) => reason),
      ["ohlc: low is above open or close", "ohlc: high is below open or close"],
    );
  });

  it("leaves out what was not asked for, the window's end too", async () => {
    const body = `[${row(4, "4")},${row(5, "5")},${row(6, "6")},${row(7, "7")}]`;
    await keepRaw(store, "tiny", fetched(body, { window: ["2024-01-05", "2024-01-07"] }));
    const result = await processed();
    assert.deepEqual(await pricesOf(store), [
      ["05", "50000"],
      ["06", "60000"],
    ]);
    assert.equal(result?.quarantined, 0);
  });

  it("keeps the partition's own name, whatever a row calls itself", async () => {
    const named = tiny("https://example.org", { source: { rows: (one) => one as object } });
    await keepRaw(store, "tiny", fetched('[{"date":"2024-01-01","ticker":"a","price":1}]'));
    await processed(named);
    const [record] = await readRecords(named.schema, (await store.get(recordsKey("tiny", "A")))?.body as Uint8Array);
    assert.equal(record?.values[0], "A");
  });

  it("keeps of two records with one key the one fetched last, wherever it stands", async () => {
    await keepRaw(store, "tiny", fetched(`[${row(1, "1")},${row(2, "2")}]`, { at: NOW + 5 }));
    await keepRaw(store, "tiny", fetched(`[${row(1, "7")},${row(3, "3")}]`, { at: NOW - 5 }));
    await processed();
    await keepRaw(store, "tiny", fetched(`[${row(2, "8")},${row(2, "9")}]`, { at: NOW + 9 }));
    await processed();
    await keepRaw(store, "tiny", fetched(`[${row(2, "5")}]`, { at: NOW - 9 }));
    const result = await processed();
    assert.deepEqual(await pricesOf(store), [
      ["01", "10000"],
      ["02", "90000"],
      ["03", "30000"],
    ]);
    assert.equal(result?.rows, 3);
  });

  it("sorts by time, not by how a day is written as a number", async () => {
    const body = ["1997-05-20", "1997-05-17", "1997-05-18", "1997-05-19"].map((day) => `{"date":"${day}","price":1}`);
    await keepRaw(store, "tiny", fetched(`[${body}]`, { window: ["1997-05-01", "1997-06-01"] }));
    await processed();
    assert.deepEqual(
      (await pricesOf(store)).map(([day]) => day),
      ["17", "18", "19", "20"],
    );
  });

  it("tells keys apart whose parts together read alike", async () => {
    const two = tiny("https://example.org", {
      source: { rows: (one) => one as object },
      definition: { schema: { ...dataset.schema, a: text(), b: text() }, key: ["ticker", "date", "a", "b"] },
    });
    const rows = [
      ["x", "y,z"],
      ["x,y", "z"],
      ['x","y', "z"],
      ["x", 'y","z'],
    ];
    const body = JSON.stringify(rows.map(([a, b]) => ({ date: "2024-01-01", a, b })));
    await keepRaw(store, "tiny", fetched(body));
    assert.equal((await processed(two))?.rows, 4);
  });

  it("gives the same file for the same raw", async () => {
    await using other = await temporaryFolder();
    const elsewhere = new FolderStore(other.path);
    for (const place of [store, elsewhere]) {
      await keepRaw(place, "tiny", fetched(`[${row(1, "1")},${row(2, '"x"')}]`));
      await processPartition(dataset, "A", place);
    }
    for (const key of [recordsKey("tiny", "A"), quarantineKey("tiny", "A")])
      assert.deepEqual((await store.get(key))?.body, (await elsewhere.get(key))?.body, key);
  });

  it("comes to the same file in whatever steps it gets there", async () => {
    const exchange = fc.record({
      rows: fc.array(
        fc.record({ day: fc.integer({ min: 1, max: 6 }), price: fc.constantFrom("1", "2", "null", '"bad"') }),
        {
          maxLength: 4,
        },
      ),
      // Few moments, so that many are fetched at the same one.
      at: fc.integer({ min: 0, max: 2 }).map((step) => NOW + step * 400),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(fc.tuple(exchange, fc.boolean()), { minLength: 1, maxLength: 6 }), async (steps) => {
        await using one = await temporaryFolder();
        await using other = await temporaryFolder();
        const [inSteps, atOnce] = [new FolderStore(one.path), new FolderStore(other.path)];
        for (const [{ rows, at }, now] of steps) {
          const kept = fetched(`[${rows.map(({ day, price }) => row(day, price)).join(",")}]`, { at });
          await keepRaw(inSteps, "tiny", kept);
          await keepRaw(atOnce, "tiny", kept);
          if (now) await processPartition(dataset, "A", inSteps);
        }
        const results = [await processPartition(dataset, "A", inSteps), await processPartition(dataset, "A", atOnce)];
        assert.deepEqual(results[0], results[1]);
        for (const key of [recordsKey("tiny", "A"), quarantineKey("tiny", "A")])
          assert.deepEqual((await inSteps.get(key))?.body, (await atOnce.get(key))?.body);
      }),
      { numRuns: 25 },
    );
  });

  const check = (limit: bigint): RecordCheck => ({
    kind: "record",
    name: "small",
    columns: ["price"],
    test: limit === 1n ? (values) => ((values[0] as bigint) > 10_000n ? "is large" : undefined) : () => undefined,
  });
  const schema = { ...dataset.schema, price: decimal({ precision: 20, scale: 2, nullable: true }) };
  for (const [what, before, after, expected] of [
    ["reads its rows otherwise", {}, { source: { rows: (one) => ({ date: one.date, price: 7 }) } }, "70000"],
    ["has another column", {}, { definition: { schema } }, "200"],
    ["has other checks", {}, { definition: { checks: [check(1n)] } }, undefined],
    [
      "has a check that judges otherwise",
      { definition: { checks: [check(1n)] } },
      { definition: { checks: [check(2n)] } },
      "20000",
    ],
  ] as const satisfies readonly (readonly [string, Parameters<typeof tiny>[1], Parameters<typeof tiny>[1], unknown])[])
    it(`reads all raw again when the definition ${what}`, async () => {
      await keepRaw(store, "tiny", fetched(`[${row(1, "2")}]`));
      await processed(tiny("https://example.org", before));
      const changed = tiny("https://example.org", after);
      const result = await processed(changed);
      assert.deepEqual(await pricesOf(store, changed), expected === undefined ? [] : [["01", expected]]);
      assert.equal(result?.quarantined, expected === undefined ? 1 : 0);
    });

  it("does not read raw again when only the title changed", async () => {
    await keepRaw(store, "tiny", fetched(`[${row(1, "2")}]`));
    const first = await processed();
    assert.deepEqual(await processed(tiny("https://example.org", { definition: { title: "Other" } })), first);
  });

  it("empties the quarantine when the definition takes what it refused", async () => {
    await keepRaw(store, "tiny", fetched(`[${row(1, '"x"')}]`));
    assert.equal((await processed())?.quarantined, 1);
    const tolerant = tiny("https://example.org", { source: { rows: (one) => ({ date: one.date }) } });
    assert.equal((await processed(tolerant))?.quarantined, 0);
    assert.deepEqual(await quarantineOf(store), []);
  });

  it("says which raw is damaged or missing, and leaves the records as they were", async () => {
    await keepRaw(store, "tiny", fetched(`[${row(1, "1")}]`));
    const before = await processed();
    await keepRaw(store, "tiny", fetched(`[${row(2, "2")}]`, { at: NOW + 60_000 }));
    const [, added] = await exchangesOf(store);
    assert(added);
    const mend = await damage(store, added, `[${row(2, "3")}]`);
    await assert.rejects(processed(), {
      message: new RegExp(
        `${added.body.key} is damaged: its SHA-256 is [0-9a-f]{64}, fetched was ${added.body.sha256}`,
      ),
    });
    assert.deepEqual(await pricesOf(store), [["01", "10000"]]);
    await mend();
    assert.equal((await processed())?.rows, (before?.rows ?? 0) + 1);
  });

  it("makes a damaged file of records again, from raw", async () => {
    await keepRaw(store, "tiny", fetched(`[${row(1, "1")},${row(2, '"x"')}]`));
    const before = await processed();
    const file = (await store.get(recordsKey("tiny", "A")))?.body as Uint8Array;
    for (const damaged of [file.subarray(0, 100), new Uint8Array(), file.subarray(0, file.length - 1)]) {
      await store.put(recordsKey("tiny", "A"), damaged);
      assert.deepEqual(await processed(), before);
    }
  });

  it("changes nothing that readers see when it is stopped before its end, and mends it the next time", async () => {
    await keepRaw(store, "tiny", fetched(`[${row(1, "1")},${row(2, '"x"')}]`));
    await processed();
    await keepRaw(store, "tiny", fetched(`[${row(3, "3")},${row(4, '"y"')}]`, { at: NOW + 60_000 }));
    store.beforePut = (key) => {
      if (key === recordsKey("tiny", "A")) throw new Error("killed");
    };
    await assert.rejects(processed(), /killed/);
    assert.equal((await pricesOf(store)).length, 1);
    store.beforePut = () => {};
    const result = await processed();
    assert.deepEqual([result?.rows, result?.quarantined], [2, 2]);
    assert.equal((await quarantineOf(store)).length, 2);
  });

  it("orders by a timestamp, too", async () => {
    const timed = tiny("https://example.org", {
      source: { rows: (one) => ({ at: one.seconds, price: one.price }) },
      definition: {
        schema: { ticker: text(), at: timestamp("seconds"), price: decimal({ nullable: true }) },
        key: ["ticker", "at"],
        cursor: "at",
      },
    });
    const start = Date.UTC(2024, 0, 1) / 1_000;
    const rows = [start + 864_000, start + 863_999, start, start - 1].map((at) => `{"seconds":${at},"price":1}`);
    await keepRaw(store, "tiny", fetched(`[${rows.join(",")}]`));
    await processed(timed);
    const records = await readRecords(timed.schema, (await store.get(recordsKey("tiny", "A")))?.body as Uint8Array);
    assert.deepEqual(
      records.map(({ values }) => values[1]),
      [start * 1_000, (start + 863_999) * 1_000],
    );
  });
});
