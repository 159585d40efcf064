import assert from "node:assert/strict";
import fc from "fast-check";
import { type Candle, candle } from "../support/replay/candles.ts";
import { type Product, products } from "../support/replay/products.ts";

const DAY = 86_400_000;
const FROM = Date.parse("2022-01-01");
const NOW = Date.parse("2026-06-01T18:00:00Z");

const history = (product: Product, seed = 1): (Candle | undefined)[] =>
  Array.from({ length: Math.ceil((NOW - FROM) / DAY) }, (_, index) => candle(product, FROM + index * DAY, seed, NOW));

const digits = (number: string): number => number.split(".")[1]?.length ?? 0;

describe("synthetic candles", () => {
  it("are consistent and have the digits of their product", () => {
    for (const product of products)
      for (const day of history(product)) {
        if (!day) continue;
        const [low, high, open, close] = [day.low, day.high, day.open, day.close].map(Number) as [
          number,
          number,
          number,
          number,
        ];
        assert.ok(0 < low && low <= Math.min(open, close) && Math.max(open, close) <= high, JSON.stringify(day));
        for (const price of [day.low, day.high, day.open, day.close]) assert.ok(digits(price) <= product.digits);
        assert.ok(Number(day.volume) > 0 && digits(day.volume) <= product.volumeDigits);
        assert.equal(String(Number(day.close)), day.close);
      }
  });

  it("begin where the day before ended, and move", () => {
    for (const product of products.filter(({ auction }) => !auction)) {
      const found = history(product);
      for (const [index, day] of found.entries()) {
        const next = found[index + 1];
        if (day && next && index + 2 < found.length) assert.equal(next.open, day.close);
      }
      const closes = found.flatMap((day) => (day ? [Number(day.close)] : []));
      assert.ok(new Set(closes).size > closes.length / 3, product.id);
      assert.ok(Math.max(...closes) > 1.3 * Math.min(...closes), product.id);
      assert.ok(Math.max(...closes) < 100 * Math.min(...closes), product.id);
    }
  });

  it("depend on product, day and seed alone once the day is over", () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...products),
        fc.nat(1_500),
        fc.nat(1_000),
        fc.nat(10 ** 9),
        (product, index, seed, later) => {
          const day = FROM + index * DAY;
          assert.deepEqual(candle(product, day, seed, day + DAY + later), candle(product, day, seed, day + DAY));
        },
      ),
    );
  });

  it("differ between seeds and between products of the same traits", () => {
    const [bitcoin] = products;
    assert.ok(bitcoin);
    assert.notDeepEqual(history(bitcoin, 1), history(bitcoin, 2));
    assert.notDeepEqual(history(bitcoin), history({ ...bitcoin, id: "BTC-EUR" }));
  });

  it("leave out quiet days, the same ones every time, except for the biggest products", () => {
    const missing = (product: Product): number => history(product).filter((day) => day === undefined).length;
    const listed = products.filter((product) => Date.parse(product.listed) <= FROM);
    for (const product of listed.filter(({ quiet }) => quiet === 0)) assert.equal(missing(product), 0, product.id);
    const total = listed.reduce((sum, product) => sum + missing(product), 0);
    const expected = listed.reduce((sum, product) => sum + product.quiet * history(product).length, 0);
    assert.ok(total > expected / 2 && total < expected * 2, `${total} of ${expected}`);
  });

  it("begin on the day of the listing and end with the day that is open", () => {
    for (const product of products) {
      const listed = Date.parse(product.listed);
      const always = { ...product, quiet: 0 };
      assert.equal(candle(always, listed - DAY, 1, NOW), undefined);
      assert.equal(candle(always, listed, 1, NOW)?.time, listed / 1_000);
      assert.equal(candle(always, Math.ceil(NOW / DAY) * DAY, 1, NOW), undefined);
      assert.ok(candle(always, Math.floor(NOW / DAY) * DAY, 1, NOW));
    }
  });
});
