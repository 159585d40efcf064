import assert from "node:assert/strict";
import { deploymentContext } from "../../components/context.ts";
import { EncryptionKey } from "../../components/encryption-key.ts";
import { parts, roleOf } from "../support/components.ts";
import { inputs, joined, made, recorded, resource, statements } from "../support/pulumi.ts";

describe("EncryptionKey", () => {
  it("is a key that rotates, and its alias", async () => {
    const recording = await recorded(() => new EncryptionKey("key", { context: deploymentContext() }));
    assert.deepEqual(made(recording), [
      "aws:kms/alias:Alias key-alias",
      "aws:kms/key:Key key-key",
      "tidegate:security:EncryptionKey key",
    ]);
    const { policy: _, ...rest } = inputs(recording, "key-key");
    assert.deepEqual(rest, {
      description: "Encrypts what tidegate keeps in stack test",
      enableKeyRotation: true,
      rotationPeriodInDays: 365,
      deletionWindowInDays: 30,
    });
    assert.equal(inputs(recording, "key-alias").name, "alias/tidegate-test-key");
    assert.deepEqual(joined(recording, "key-alias", "targetKeyId"), ["key-key"]);
    assert.equal(resource(recording, "key-key").protect, true);
  });

  it("can go with a disposable stack", async () => {
    const context = () => deploymentContext({ disposable: true });
    const recording = await recorded(() => new EncryptionKey("key", { context: context() }));
    assert.equal(inputs(recording, "key-key").deletionWindowInDays, 7);
    assert.equal(resource(recording, "key-key").protect, false);
  });

  it("admits the account, and two services for what belongs to the stack", async () => {
    const recording = await recorded(() => new EncryptionKey("key", { context: deploymentContext() }));
    assert.deepEqual(statements(recording, "key-key"), [
      {
        Sid: "AccountAdministersThroughIam",
        Effect: "Allow",
        Principal: { AWS: "arn:aws:iam::123456789012:root" },
        Action: ["kms:*"],
        Resource: "*",
      },
      {
        Sid: "LogGroupsOfThisStack",
        Effect: "Allow",
        Principal: { Service: "logs.eu-west-1.amazonaws.com" },
        Action: ["kms:Encrypt", "kms:Decrypt", "kms:ReEncrypt*", "kms:GenerateDataKey*", "kms:DescribeKey"],
        Resource: "*",
        Condition: {
          ArnLike: {
            "kms:EncryptionContext:aws:logs:arn": "arn:aws:logs:eu-west-1:123456789012:log-group:/tidegate/test/*",
          },
        },
      },
      {
        Sid: "AlarmsToTopicsOfThisStack",
        Effect: "Allow",
        Principal: { Service: ["cloudwatch.amazonaws.com", "events.amazonaws.com"] },
        Action: ["kms:Decrypt", "kms:GenerateDataKey*"],
        Resource: "*",
        Condition: {
          ArnLike: { "kms:EncryptionContext:aws:sns:topicArn": "arn:aws:sns:eu-west-1:123456789012:tidegate-test-*" },
        },
      },
      {
        Sid: "BudgetsToTopics",
        Effect: "Allow",
        Principal: { Service: "budgets.amazonaws.com" },
        Action: ["kms:Decrypt", "kms:GenerateDataKey*"],
        Resource: "*",
        Condition: {
          StringEquals: { "aws:SourceAccount": "123456789012" },
          ArnLike: { "aws:SourceArn": "arn:aws:budgets::123456789012:*" },
        },
      },
      {
        Sid: "LogsOfStateMachines",
        Effect: "Allow",
        Principal: { Service: "delivery.logs.amazonaws.com" },
        Action: ["kms:Decrypt"],
        Resource: "*",
        Condition: {
          StringEquals: { "kms:EncryptionContext:SourceArn": "arn:aws:logs:eu-west-1:123456789012:*" },
        },
      },
      {
        Sid: "RulesOfThisStackToQueues",
        Effect: "Allow",
        Principal: { Service: "events.amazonaws.com" },
        Action: ["kms:Decrypt", "kms:GenerateDataKey"],
        Resource: "*",
        Condition: {
          StringEquals: { "aws:SourceAccount": "123456789012" },
          ArnLike: { "aws:SourceArn": "arn:aws:events:eu-west-1:123456789012:rule/tidegate-test-*" },
        },
      },
    ]);
  });

  it("admits more when told so", async () => {
    const statement = {
      sid: "Storage",
      principals: { Service: "fargate.amazonaws.com" },
      actions: ["kms:CreateGrant"],
      resources: "*",
      conditions: { StringEquals: { "kms:EncryptionContext:aws:ecs:clusterName": "tasks" } },
    };
    const context = () => deploymentContext();
    const recording = await recorded(() => new EncryptionKey("key", { context: context(), statements: [statement] }));
    const sids = statements(recording, "key-key").map(({ Sid }) => Sid);
    assert.deepEqual([sids[0], sids.at(-1)], ["AccountAdministersThroughIam", "Storage"]);
  });

  it("is granted to S3 for replicas, by its alias", async () => {
    const recording = await recorded(() => {
      const { context, key } = parts();
      roleOf(context).allow("replicate", [key.replicateStatement()]);
    });
    assert.deepEqual(statements(recording, "someone-replicate"), [
      {
        Sid: "EncryptReplicas",
        Effect: "Allow",
        Action: ["kms:Encrypt", "kms:GenerateDataKey"],
        Resource: "arn:aws:kms:eu-west-1:123456789012:key/*",
        Condition: {
          StringEquals: { "kms:ViaService": "s3.eu-west-1.amazonaws.com" },
          "ForAnyValue:StringEquals": { "kms:ResourceAliases": "alias/tidegate-test-key" },
        },
      },
    ]);
  });

  it("is granted to a schedule's role for that schedule alone, by its alias", async () => {
    const schedule = "arn:aws:scheduler:eu-west-1:123456789012:schedule/group/prices";
    const recording = await recorded(() => {
      const { context, key } = parts();
      key.grantSchedule(roleOf(context), schedule);
    });
    assert.deepEqual(statements(recording, "someone-read-schedule"), [
      {
        Sid: "DecryptSchedule",
        Effect: "Allow",
        Action: ["kms:Decrypt"],
        Resource: "arn:aws:kms:eu-west-1:123456789012:key/*",
        Condition: {
          StringEquals: { "kms:EncryptionContext:aws:scheduler:schedule:arn": schedule },
          "ForAnyValue:StringEquals": { "kms:ResourceAliases": "alias/tidegate-test-key" },
        },
      },
    ]);
  });

  it("is granted to a state machine's role for that machine and its log", async () => {
    const machine = "arn:aws:states:eu-west-1:123456789012:stateMachine:prices";
    const recording = await recorded(() => {
      const { context, key } = parts();
      key.grantStateMachine(roleOf(context), machine);
    });
    const alias = { "ForAnyValue:StringEquals": { "kms:ResourceAliases": "alias/tidegate-test-key" } };
    assert.deepEqual(statements(recording, "someone-use-key"), [
      {
        Sid: "EncryptExecutions",
        Effect: "Allow",
        Action: ["kms:Decrypt", "kms:GenerateDataKey"],
        Resource: "arn:aws:kms:eu-west-1:123456789012:key/*",
        Condition: {
          StringLike: { "kms:EncryptionContext:aws:states:stateMachineArn": [machine, `${machine}/*`] },
          ...alias,
        },
      },
      {
        Sid: "EncryptLogs",
        Effect: "Allow",
        Action: ["kms:GenerateDataKey"],
        Resource: "arn:aws:kms:eu-west-1:123456789012:key/*",
        Condition: {
          StringEquals: { "kms:EncryptionContext:SourceArn": "arn:aws:logs:eu-west-1:123456789012:*" },
          ...alias,
        },
      },
    ]);
  });
});
