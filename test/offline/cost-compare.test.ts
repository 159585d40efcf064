import assert from "node:assert/strict";
import * as aws from "@pulumi/aws";
import { compareCosts } from "../../offline/cost-compare.ts";
import { comparisonText } from "../../offline/cost-text.ts";
import { estimate, near } from "../support/cost.ts";

const key = () => new aws.kms.Key("key");
const secret = () => new aws.secretsmanager.Secret("secret");

describe("the comparison of two estimates", () => {
  it("sets components of one name side by side, the greatest difference first", async () => {
    const small = await estimate(secret);
    const large = await estimate(() => {
      key();
      secret();
    });
    const comparison = compareCosts(small, large);
    assert.deepEqual(comparison.components, [
      { component: "Key key", from: 0, to: 1, difference: 1 },
      { component: "Secret secret", from: 0.4, to: 0.4, difference: 0 },
    ]);
    near(comparison.total.difference, 1);
    assert.deepEqual(compareCosts(large, small).components[0], {
      component: "Key key",
      from: 1,
      to: 0,
      difference: -1,
    });
  });

  it("prints differences with their sign, and what is not priced in each", async () => {
    const small = await estimate(key);
    const large = await estimate(() => {
      secret();
      new aws.glue.CatalogDatabase("database", {});
    });
    const text = comparisonText(compareCosts({ ...small, stack: "lean" }, { ...large, stack: "prod" }));
    assert.match(text, /│ Key key +│ 1\.00 │ 0\.00 │ +-1\.00 │/);
    assert.match(text, /│ Secret secret +│ 0\.00 │ 0\.40 │ +\+0\.40 │/);
    assert.match(
      text,
      /\nlean: everything in the stack is priced or free\nprod: not priced, the total is too low: aws:glue/,
    );
  });
});
