import assert from "node:assert/strict";
import { deploymentContext } from "../../components/context.ts";
import { policyDocument } from "../../components/policy-document.ts";
import { admitStoreLogs } from "../../components/store-logs.ts";
import { recorded } from "../support/pulumi.ts";

describe("the log groups of databases and warehouses", () => {
  it("are admitted by a key for this stack alone", async () => {
    let text: Promise<string> | undefined;
    await recorded(() => {
      const document = policyDocument([admitStoreLogs(deploymentContext())]);
      text = new Promise((resolve) => document.apply(resolve));
    });
    const { Statement } = JSON.parse((await text) ?? "{}");
    const groups = "arn:aws:logs:eu-west-1:123456789012:log-group:";
    assert.deepEqual(Statement, [
      {
        Sid: "LogGroupsOfStores",
        Effect: "Allow",
        Principal: { Service: "logs.eu-west-1.amazonaws.com" },
        Action: ["kms:Encrypt", "kms:Decrypt", "kms:ReEncrypt*", "kms:GenerateDataKey*", "kms:DescribeKey"],
        Resource: "*",
        Condition: {
          ArnLike: {
            "kms:EncryptionContext:aws:logs:arn": [
              `${groups}/aws/rds/instance/tidegate-test-*`,
              `${groups}/aws/redshift/tidegate-test-*`,
              `${groups}/aws/redshift/cluster/tidegate-test-*`,
            ],
          },
        },
      },
    ]);
  });
});
