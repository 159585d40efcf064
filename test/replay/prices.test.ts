import assert from "node:assert/strict";
import { adjusted } from "../support/replay/adjust.ts";
import { type RecordedPrice, readPrices } from "../support/replay/prices.ts";

const prices = readPrices();

function row(ticker: string, date: string): RecordedPrice {
  const found = prices.get(ticker)?.find((candidate) => candidate.date === date);
  assert.ok(found, `${ticker} ${date}`);
  return found;
}

describe("recorded prices", () => {
  it("holds 12,154 real rows of five tickers", () => {
    const shape = [...prices].map(([ticker, rows]) => [ticker, rows.length, rows[0]?.date, rows.at(-1)?.date]);
    assert.deepEqual(shape.sort(), [
      ["AAPL", 3_270, "2000-03-01", "2013-03-01"],
      ["FB", 196, "2012-05-18", "2013-03-01"],
      ["GOOG", 2_148, "2004-08-19", "2013-03-01"],
      ["IBM", 3_270, "2000-03-01", "2013-03-01"],
      ["MSFT", 3_270, "2000-03-01", "2013-03-01"],
    ]);
  });

  it("adjusts with exact arithmetic, half to even at the 12th digit", () => {
    assert.equal(adjusted("2", "3", "1"), "0.666666666667");
    assert.equal(adjusted("1", "3", "1"), "0.333333333333");
    assert.equal(adjusted("1", "2", "0.000000000001"), "0.0");
    assert.equal(adjusted("3", "2", "0.000000000001"), "0.000000000002");
    assert.equal(adjusted("5", "2", "0.000000000001"), "0.000000000002");
    assert.equal(adjusted("5.1", "2", "0.000000000001"), "0.000000000003");
    assert.equal(adjusted("127.0", "122.0", "3.9196750983419"), "4.080317520405");
    assert.equal(adjusted("20.0", "10.0", "100.0"), "200.0");
  });

  it("keeps the adjusted close letter for letter, also where another price equals the close", () => {
    assert.equal(adjusted("10.5", "10.5", "0.123456789012345"), "0.123456789012345");
    assert.equal(row("AAPL", "2000-03-01").adjClose, "4.186662803811");
  });

  it("knows the three splits and no other", () => {
    const splits = [...prices.values()].flat().filter(({ splitFactor }) => splitFactor !== "1.0");
    assert.deepEqual(
      splits.map(({ ticker, date, splitFactor }) => `${ticker} ${date} ${splitFactor}`),
      ["AAPL 2000-06-21 2.0", "AAPL 2005-02-28 2.0", "MSFT 2003-02-18 2.0"],
    );
  });

  it("splits where the traded price really halves", () => {
    for (const [ticker, before, day] of [
      ["AAPL", "2000-06-20", "2000-06-21"],
      ["AAPL", "2005-02-25", "2005-02-28"],
      ["MSFT", "2003-02-14", "2003-02-18"],
    ] as const) {
      const ratio = Number(row(ticker, before).close) / Number(row(ticker, day).open);
      assert.ok(ratio > 1.9 && ratio < 2.1, `${ticker} ${day}: ${ratio}`);
    }
  });

  it("adjusts the volume for the splits that come after the session", () => {
    const volumes = (date: string): string[] => [row("AAPL", date).volume, row("AAPL", date).adjVolume];
    assert.deepEqual(volumes("2000-06-20"), ["4476700", "17906800"]);
    assert.deepEqual(volumes("2000-06-21"), ["4375000", "8750000"]);
    assert.deepEqual(
      volumes("2005-02-25")
        .map(Number)
        .reduce((a, b) => b / a),
      2,
    );
    assert.equal(row("AAPL", "2005-02-28").volume, row("AAPL", "2005-02-28").adjVolume);
    assert.equal(row("IBM", "2000-03-01").volume, row("IBM", "2000-03-01").adjVolume);
  });

  it("breaks low <= open, close <= high nowhere, adjusted or not", () => {
    const scaled = (text: string): bigint => {
      const [whole = "", fraction = ""] = text.split(".");
      return BigInt(whole + fraction.padEnd(15, "0"));
    };
    for (const price of [...prices.values()].flat()) {
      for (const [low, open, close, high] of [
        [price.low, price.open, price.close, price.high],
        [price.adjLow, price.adjOpen, price.adjClose, price.adjHigh],
      ] as const) {
        const [l, o, c, h] = [scaled(low), scaled(open), scaled(close), scaled(high)];
        assert.ok(l <= o && l <= c && o <= h && c <= h, JSON.stringify(price));
      }
    }
  });
});
