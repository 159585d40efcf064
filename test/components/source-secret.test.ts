import assert from "node:assert/strict";
import { SourceSecret } from "../../components/source-secret.ts";
import { parts, roleOf } from "../support/components.ts";
import { inputs, joined, made, recorded, resource, statements } from "../support/pulumi.ts";

describe("SourceSecret", () => {
  const secret = (disposable = false) =>
    recorded(() => {
      const { context, key } = parts({ disposable });
      new SourceSecret("token", { context, key, secret: "TIINGO_TOKEN" }).grantRead(roleOf(context));
    });

  it("is an encrypted secret without a value", async () => {
    const recording = await secret();
    assert.deepEqual(
      made(recording).filter((name) => name.includes("token")),
      ["aws:secretsmanager/secret:Secret token-secret", "tidegate:security:SourceSecret token"],
    );
    const { kmsKeyId: _, ...rest } = inputs(recording, "token-secret");
    assert.deepEqual(rest, {
      name: "tidegate/test/TIINGO_TOKEN",
      description: "TIINGO_TOKEN for the sources of tidegate; set its value by hand",
      recoveryWindowInDays: 30,
    });
    assert.deepEqual(joined(recording, "token-secret", "kmsKeyId"), ["key-key"]);
    assert.equal(resource(recording, "token-secret").protect, true);
  });

  it("can be brought back for a week in a disposable stack", async () => {
    const recording = await secret(true);
    assert.equal(inputs(recording, "token-secret").recoveryWindowInDays, 7);
    assert.equal(resource(recording, "token-secret").protect, false);
  });

  it("grants reading of this secret alone", async () => {
    assert.deepEqual(statements(await secret(), "someone-read-TIINGO_TOKEN"), [
      {
        Sid: "Secret",
        Effect: "Allow",
        Action: ["secretsmanager:GetSecretValue"],
        Resource: "arn:aws:secretsmanager:eu-west-1:123456789012:secret:tidegate/test/TIINGO_TOKEN-??????",
      },
      {
        Sid: "DecryptThroughSecretsManager",
        Effect: "Allow",
        Action: ["kms:Decrypt"],
        Resource: "arn:aws:kms:eu-west-1:123456789012:key/*",
        Condition: {
          StringEquals: { "kms:ViaService": "secretsmanager.eu-west-1.amazonaws.com" },
          "ForAnyValue:StringEquals": { "kms:ResourceAliases": "alias/tidegate-test-key" },
        },
      },
    ]);
  });
});
