import assert from "node:assert/strict";
import { iexLake } from "../../../runtime/cli/import/iex-lake.ts";
import { intradayLake } from "../../../runtime/cli/import/intraday-lake.ts";
import type { SourceRow } from "../../../runtime/dataset/source.ts";

const rows = (...list: readonly object[]): SourceRow[] => list as SourceRow[];

describe("old layouts", () => {
  it("finds the key and the time of a chart of IEX", () => {
    const at = Date.parse("2019-05-06T07:08:09Z");
    assert.deepEqual(iexLake.placeOf("raw/chart/AAPL/20190506070809.json"), { partition: "AAPL", at });
    assert.deepEqual(iexLake.placeOf("raw/chart/BRK.B/20190506070809.csv"), { partition: "BRK.B", at });
  });

  for (const key of [
    "definitions.json",
    "processed/AAPL/20190506070809.parquet",
    "raw/AAPL/20190506070809.json",
    "raw/chart/AAPL/20190506.json",
    "raw/chart/AAPL/20191306070809.json",
    "raw/chart/20190506070809.json",
  ])
    it(`takes ${key} for no chart of IEX`, () => assert.equal(iexLake.placeOf(key), undefined));

  it("takes a chart for complete between its first and last day", () => {
    assert.deepEqual(iexLake.windowOf(rows({ date: "2019-05-03" }, { date: "2019-05-02" }, { date: "2019-05-06" })), {
      start: Date.parse("2019-05-02"),
      end: Date.parse("2019-05-07"),
    });
    assert.equal(iexLake.windowOf([]), undefined);
    assert.equal(iexLake.windowOf(rows({ error: "Unknown symbol" })), undefined);
  });

  it("finds the ticker and the day of a text of Google", () => {
    const at = Date.parse("2016-03-24T23:59:59Z");
    for (const [key, partition] of [
      ["raw/2016-03-24/VOD.csv", "VOD"],
      ["raw/20160324/VOD.txt.gz", "VOD"],
      ["raw/2016-03-24/BP..csv", "BP."],
      ["raw/2016-03-24/BP.", "BP."],
    ] as const)
      assert.deepEqual(intradayLake.placeOf(key), { partition, at }, key);
  });

  for (const key of ["raw/2016-02-30/VOD.csv", "raw/VOD/2016-03-24.csv", "raw/2016-03-24/", "raw/2016-03-24/a/VOD.csv"])
    it(`takes ${key} for no text of Google`, () => assert.equal(intradayLake.placeOf(key), undefined));

  it("takes a text for complete between its first and last minute", () => {
    const seconds = Date.parse("2016-03-24T08:00:00Z") / 1_000;
    assert.deepEqual(intradayLake.windowOf(rows({ time: seconds }, { time: seconds + 540 })), {
      start: Date.parse("2016-03-24T08:00:00Z"),
      end: Date.parse("2016-03-24T08:10:00Z"),
    });
  });
});
