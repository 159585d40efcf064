import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { join } from "node:path";
import { rulesPage } from "../../offline/rules-doc.ts";
import * as types from "../../policies/lib/types.ts";
import { rules } from "../../policies/rules/index.ts";
import { PROJECT_FOLDER } from "../support/rules.ts";

const load = createRequire(import.meta.url);

/** The token that the class behind a token says it has, such as the one of `aws.s3.Bucket` for `aws:s3/bucket:Bucket`. */
function tokenOfClass(token: string): unknown {
  const [pack, path, name = ""] = token.split(":");
  const isAwsx = pack === "awsx";
  const module = isAwsx ? load("@pulumi/awsx")[path ?? ""] : load(`@pulumi/aws/${path}`);
  return module[name]?.__pulumiType;
}

describe("the rules", () => {
  it("look at types that the provider has, under the provider's own tokens", () => {
    const tokens = Object.values(types).flat();
    assert.deepEqual(tokens.map(tokenOfClass), tokens);
  });

  it("have names of their own, after their service", () => {
    const names = rules.map(({ name }) => name);
    assert.deepEqual([...new Set(names)], names);
    for (const name of names)
      assert.match(
        name,
        /^(budgets|cloudwatch|ec2|ecr|ecs|events|iam|kms|rds|redshift|s3|scheduler|secretsmanager|sfn|sns|sqs)-[a-z0-9-]+$/,
      );
  });

  it("join resources in at least a third of the cases", () => {
    assert(rules.filter(({ kind }) => kind === "stack").length >= rules.length / 3);
  });

  it("are described by policies/RULES.md", async () => {
    assert.equal(await readFile(join(PROJECT_FOLDER, "policies", "RULES.md"), "utf8"), rulesPage(rules));
  });
});
