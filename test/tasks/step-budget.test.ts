import assert from "node:assert/strict";
import fc from "fast-check";
import type { BudgetRule } from "../../runtime/dataset/source.ts";
import { mostAtOnce } from "../../runtime/tasks/cloud/at-once.ts";
import { inBatches } from "../../runtime/tasks/cloud/plan.ts";

const rules = fc.array(
  fc.record(
    {
      requests: fc.integer({ min: 1, max: 500 }),
      per: fc.constant("1 second"),
      burst: fc.integer({ min: 1, max: 500 }),
    },
    { requiredKeys: ["requests", "per"] },
  ),
  { minLength: 1, maxLength: 3 },
) as fc.Arbitrary<readonly BudgetRule[]>;

describe("batches that are extracted side by side", () => {
  it("are never more than every rule of the budget has a request for", () => {
    fc.assert(
      fc.property(rules, fc.integer({ min: 1, max: 200 }), (budget, batches) => {
        const most = mostAtOnce(batches, budget);
        assert(most >= 1 && most <= Math.min(batches, 10));
        for (const { requests, burst } of budget) assert(most <= Math.max(1, Math.min(requests, burst ?? requests)));
      }),
    );
    assert.equal(
      mostAtOnce(8, [
        { requests: 100, per: "1 hour" },
        { requests: 3, per: "1 second" },
      ]),
      3,
    );
  });
});

describe("batches", () => {
  it("hold every partition once, in order, in nearly equal parts of at most the size", () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 500 }), fc.integer({ min: 1, max: 60 }), (count, size) => {
        const partitions = Array.from({ length: count }, (_, i) => `P${i}`);
        const batches = inBatches(partitions, size);
        assert.deepEqual(
          batches.flatMap((batch) => batch.partitions),
          partitions,
        );
        assert.deepEqual(
          batches.map(({ batch }) => batch),
          [...batches.keys()],
        );
        assert.equal(batches.length, Math.ceil(count / size));
        const sizes = batches.map((batch) => batch.partitions.length);
        if (count) assert(Math.max(...sizes) <= size && Math.max(...sizes) - Math.min(...sizes) <= 1);
      }),
    );
  });

  it("are one when all fits into one", () => {
    assert.deepEqual(inBatches(["A", "B"], Number.MAX_SAFE_INTEGER), [{ batch: 0, partitions: ["A", "B"] }]);
  });
});
