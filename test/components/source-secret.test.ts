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

  const ROLES = "arn:aws:iam::123456789012:role/tidegate-test-*";

  it("is an encrypted secret without a value, and its policy", async () => {
    const recording = await secret();
    assert.deepEqual(
      made(recording).filter((name) => name.includes("token")),
      [
        "aws:secretsmanager/secret:Secret token-secret",
        "aws:secretsmanager/secretPolicy:SecretPolicy token-policy",
        "tidegate:security:SourceSecret token",
      ],
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

  it("is read by roles of the stack alone, and with TLS", async () => {
    const recording = await secret();
    assert.deepEqual(statements(recording, "token-policy"), [
      {
        Sid: "OnlyReadersRead",
        Effect: "Deny",
        Principal: "*",
        Action: ["secretsmanager:GetSecretValue"],
        Resource: "*",
        Condition: { ArnNotLike: { "aws:PrincipalArn": [ROLES] } },
      },
      {
        Sid: "DenyWithoutTls",
        Effect: "Deny",
        Principal: "*",
        Action: ["secretsmanager:*"],
        Resource: "*",
        Condition: { Bool: { "aws:SecureTransport": "false" } },
      },
    ]);
    assert.deepEqual(joined(recording, "token-policy", "secretArn"), ["token-secret"]);
    assert.equal(inputs(recording, "token-policy").blockPublicPolicy, true);
  });

  it("is renewed by a function, whose role reads it too", async () => {
    const functionArn = "arn:aws:lambda:eu-west-1:123456789012:function:renew";
    const roleArn = "arn:aws:iam::123456789012:role/renew";
    const reader = "arn:aws:iam::123456789012:role/auditor";
    const recording = await recorded(() => {
      const { context, key } = parts();
      const rotation = { functionArn, roleArn, days: 14 };
      new SourceSecret("token", { context, key, secret: "TIINGO_TOKEN", readers: [reader], rotation });
    });
    const { secretId: _, ...rest } = inputs(recording, "token-rotation");
    assert.deepEqual(rest, {
      rotationLambdaArn: functionArn,
      rotationRules: { automaticallyAfterDays: 14 },
      rotateImmediately: false,
    });
    assert.deepEqual(joined(recording, "token-rotation", "secretId"), ["token-secret"]);
    assert.deepEqual(statements(recording, "token-policy")[0]?.Condition, {
      ArnNotLike: { "aws:PrincipalArn": [ROLES, reader, roleArn] },
    });
  });

  it("refuses to be renewed too rarely", async () => {
    const rotation = { functionArn: "arn:aws:lambda:x", roleArn: "arn:aws:iam::x", days: 91 };
    const make = () => {
      const { context, key } = parts();
      new SourceSecret("token", { context, key, secret: "TIINGO_TOKEN", rotation });
    };
    await assert.rejects(recorded(make), /rotation\.days: .*\(got 91\); allowed: 1 to 90 days/);
  });
});
