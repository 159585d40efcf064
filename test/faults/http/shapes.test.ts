import assert from "node:assert/strict";
import { date, decimal, integer, type Schema, text } from "../../../runtime/dataset/index.ts";
import type { ReplayServer } from "../../../runtime/replay/index.ts";
import { startReplay } from "../../../runtime/replay/server.ts";
import { bringIn, coveredOf } from "../../support/bring-in.ts";
import type { TinyChanges } from "../../support/tiny.ts";

const schema: Schema = { ticker: text(), date: date(), price: decimal({ precision: 20, scale: 4 }), volume: integer() };

const strict: TinyChanges = {
  definition: { schema, partitions: { ticker: ["A"] } },
  source: {
    windows: { step: "20 days", granularity: "1 day" },
    rows: (row) => ({ date: row.date, price: row.price, volume: row.volume }),
  },
};

const GOOD = '{"date":"2024-01-02","price":10.5,"volume":100}';

describe("faults of HTTP: rows of another shape", () => {
  let server: ReplayServer;
  afterEach(() => server.close());

  async function given(...rows: string[]) {
    server = await startReplay(() => ({ status: 200, body: `[${[GOOD, ...rows].join(",")}]` }));
    return bringIn(server, strict);
  }

  for (const [name, row, price, volume] of [
    ["an extra field", '{"date":"2024-01-03","price":11,"volume":1,"vwap":10.75}', "11.0000", 1],
    ["a number as text", '{"date":"2024-01-03","price":"11.25","volume":"7"}', "11.2500", 7],
    [
      "an integer beyond 2^53",
      '{"date":"2024-01-03","price":1,"volume":9007199254740993}',
      "1.0000",
      "9007199254740993",
    ],
    [
      "more digits than a float holds",
      '{"date":"2024-01-03","price":1234567890123456.7891,"volume":1}',
      "1234567890123456.7891",
      1,
    ],
    [
      "a key that comes twice, the last value counting",
      '{"date":"2024-01-03","price":1,"price":2,"volume":1}',
      "2.0000",
      1,
    ],
  ] as const)
    it(`18) ${name} is brought in exactly`, async () => {
      await using tried = await given(row);
      assert.deepEqual(tried.quarantined, []);
      const record = tried.records.find((one) => one.date === "2024-01-03");
      assert.equal(Number(record?.price), Number(price));
      assert.equal(String(record?.price).replace(/\.?0+$/, ""), price.replace(/\.?0+$/, ""));
      assert.equal(String(record?.volume), String(volume));
    });

  for (const [name, row, reason] of [
    ["a missing field", '{"date":"2024-01-03","price":11}', /volume is missing/],
    ["a renamed field", '{"date":"2024-01-03","close":11,"volume":1}', /price is missing/],
    ["a field of another type", '{"date":"2024-01-03","price":{"usd":11},"volume":1}', /price is no decimal\(20, 4\)/],
    ["null in the key", '{"date":null,"price":11,"volume":1}', /date is missing/],
    ["NaN", '{"date":"2024-01-03","price":NaN,"volume":1}', /price is no decimal\(20, 4\): "NaN"/],
    ["Infinity", '{"date":"2024-01-03","price":1,"volume":-Infinity}', /volume is no integer of 64 bits: "-Infinity"/],
    ["a fraction where an integer is due", '{"date":"2024-01-03","price":1,"volume":1.5}', /volume is no integer/],
    [
      "an integer beyond 64 bits",
      '{"date":"2024-01-03","price":1,"volume":9223372036854775808}',
      /volume is no integer/,
    ],
    ["no object at all", "null", /./],
  ] as const)
    it(`18) ${name} puts that row into quarantine with its reason, and the others are brought in`, async () => {
      await using tried = await given(row);
      assert.deepEqual(
        tried.records.map((record) => record.date),
        ["2024-01-02"],
      );
      assert.equal(tried.quarantined.length, 1);
      const [refused] = tried.quarantined;
      assert.match(refused?.reason ?? "", reason);
      assert.ok(await tried.store.get(refused?.raw ?? ""), "it points to its raw body");
      assert.deepEqual(coveredOf(tried, "A"), ["2024-01-01/2024-01-21"], "the window was asked, and answered");
    });
});
