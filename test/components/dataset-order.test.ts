import assert from "node:assert/strict";
import { orderFaults } from "../../components/dataset-order.ts";

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
