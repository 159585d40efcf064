import assert from "node:assert/strict";
import { cronOf, orderFaults } from "../../components/dataset-order.ts";

const datasets = (after: Readonly<Record<string, readonly string[]>>) =>
  Object.entries(after).map(([name, names]) => ({ name, after: names }));

describe("the order of datasets", () => {
  it("may be any that comes to an end", () => {
    assert.deepEqual(orderFaults(datasets({ prices: [], dividends: [] })), []);
    assert.deepEqual(
      orderFaults(
        datasets({ returns: ["prices", "dividends"], prices: [], dividends: ["prices"], report: ["returns"] }),
      ),
      [],
    );
  });

  it("names only datasets that there are", () => {
    assert.deepEqual(orderFaults(datasets({ prices: [], returns: ["price"] })), [
      {
        path: "datasets.returns.after",
        problem: "names no dataset",
        value: "price",
        allowed: "prices, returns",
        fix: 'did you mean "prices"?',
      },
    ]);
  });

  it("goes in no circle, and each circle is told once", () => {
    const faults = orderFaults(datasets({ a: ["c"], b: ["a"], c: ["b"], d: ["a"], e: ["f"], f: ["e"] }));
    assert.deepEqual(
      faults.map(({ path, value }) => [path, value]),
      [
        ["datasets.a.after", "a after c after b after a"],
        ["datasets.e.after", "e after f after e"],
      ],
    );
  });
});

describe("the rhythm of a dataset", () => {
  const dataset = (name: string, after: readonly string[], cron?: string) => ({
    name,
    after,
    ...(cron ? { schedule: { cron, timeZone: "UTC" } } : {}),
  });
  const all = [
    dataset("products", [], "5 0 * * ? *"),
    dataset("candles", ["products"]),
    dataset("returns", ["asked", "candles"]),
    dataset("report", ["products"], "0 6 ? * MON *"),
    dataset("asked", []),
  ];
  const cron = (name: string) => {
    const found = all.find((one) => one.name === name);
    assert(found);
    return cronOf(found, all);
  };

  it("is its own, or that of what it comes after, or none", () => {
    assert.equal(cron("products"), "5 0 * * ? *");
    assert.equal(cron("candles"), "5 0 * * ? *");
    assert.equal(cron("returns"), "5 0 * * ? *");
    assert.equal(cron("report"), "0 6 ? * MON *");
    assert.equal(cron("asked"), undefined);
  });
});
