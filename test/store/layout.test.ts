import assert from "node:assert/strict";
import fc from "fast-check";
import {
  exchangeKey,
  exchangeName,
  packedKey,
  quarantineKey,
  rawBodyKey,
  rawFolder,
  rawName,
  recordsKey,
  runKey,
  segment,
  stateKey,
} from "../../runtime/store/layout.ts";
import { openStore } from "../../runtime/store/open.ts";
import { checkKey } from "../../runtime/store/store.ts";

const partition = fc.oneof(
  fc.string({ minLength: 1, unit: "binary" }).filter((text) => text.isWellFormed()),
  fc.string({ minLength: 1, unit: fc.constantFrom("/", ".", "%", "2", "E", "~", "a", "A", " ", "-", "\\", ":", "*") }),
);

describe("the lake's layout", () => {
  it("makes one part of a key of any partition, from which it can be read back", () => {
    fc.assert(
      fc.property(partition, (value) => {
        assert.equal(decodeURIComponent(segment(value)), value);
      }),
      { numRuns: 1_000 },
    );
  });

  it("needs nothing but letters, digits and -_.% for it, and never means another folder", () => {
    fc.assert(
      fc.property(partition, (value) => {
        const part = segment(value);
        assert.match(part, /^[A-Za-z0-9._%-]+$/);
        assert(part !== "." && part !== "..");
        checkKey(recordsKey("d", value));
      }),
      { numRuns: 1_000 },
    );
  });

  it("never has two partitions in one place", () => {
    fc.assert(
      fc.property(partition, partition, (a, b) => {
        fc.pre(a !== b);
        assert.notEqual(segment(a), segment(b));
        assert(!rawFolder("d", b).startsWith(rawFolder("d", a)));
        assert.notEqual(stateKey("d", a), stateKey("d", b));
      }),
      { numRuns: 1_000 },
    );
  });

  it("is the documented one", () => {
    const name = rawName(new Date("2022-11-01T00:15:07.890Z"), "0123456789abcdef0123");
    assert.equal(name, "20221101001507-0123456789abcdef");
    assert.equal(rawBodyKey(rawFolder("d", "BTC/USD"), name, "json"), `raw/d/BTC%2FUSD/${name}.json`);
    assert.equal(exchangeKey("d", "BTC/USD", name), `raw/d/BTC%2FUSD/${name}.exchange.json`);
    assert.equal(packedKey("d", "BTC/USD", name, "csv.gz"), `raw/d/BTC%2FUSD/${name}.csv.gz.exchange`);
    assert.equal(recordsKey("d", "A"), "processed/d/A/records.parquet");
    assert.equal(quarantineKey("d", "A"), "quarantine/d/A/records.ndjson");
    assert.equal(runKey("d", "r"), "runs/d/r.json");
    assert.equal(segment("."), "%2E");
    assert.equal(segment(".."), "%2E%2E");
    assert.equal(segment("A.B"), "A.B");
  });

  it("tells an exchange from a body alone", () => {
    const name = rawName(new Date(0), "0".repeat(64));
    assert.equal(exchangeName(exchangeKey("d", "A.B", name)), name);
    assert.equal(exchangeName(packedKey("d", "A.B", name, "json.gz")), name);
    assert.equal(exchangeName(rawBodyKey(rawFolder("d", "A"), name, "json")), undefined);
  });
});

describe("the location of a lake", () => {
  for (const location of ["s3://lake", "s3://my.lake/", "s3://lake/a/b/"])
    it(`may be ${location}`, async () => {
      assert.equal((await openStore(location)).location.replace(/\/$/, ""), location.replace(/\/$/, ""));
    });

  it("may be a folder", async () => assert.equal((await openStore("/tmp/x")).location, "/tmp/x"));

  for (const location of ["s3://", "s3://A", "s3:///prefix", "s3://-x"])
    it(`cannot be ${location}`, async () => {
      await assert.rejects(openStore(location), { name: "UserError", message: /names no bucket.*allowed: s3:/s });
    });
});
