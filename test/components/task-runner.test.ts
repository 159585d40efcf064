import assert from "node:assert/strict";
import { TaskRunner } from "../../components/task-runner.ts";
import { parts, roleOf } from "../support/components.ts";
import { inputs, joined, made, recorded, statements } from "../support/pulumi.ts";

describe("TaskRunner", () => {
  it("is a cluster on Fargate, Spot first, and an encrypted log group that forgets", async () => {
    const recording = await recorded(() => new TaskRunner("runner", { ...parts(), logRetentionDays: 30 }));
    assert.deepEqual(
      made(recording).filter((name) => name.includes("runner")),
      [
        "aws:cloudwatch/logGroup:LogGroup runner-logs",
        "aws:ecs/cluster:Cluster runner-cluster",
        "aws:ecs/clusterCapacityProviders:ClusterCapacityProviders runner-capacity",
        "tidegate:compute:TaskRunner runner",
      ],
    );
    assert.deepEqual(inputs(recording, "runner-cluster"), {
      name: "tidegate-test-runner",
      settings: [{ name: "containerInsights", value: "enabled" }],
    });
    const { clusterName: _, ...capacity } = inputs(recording, "runner-capacity");
    assert.deepEqual(capacity, {
      capacityProviders: ["FARGATE_SPOT", "FARGATE"],
      defaultCapacityProviderStrategies: [
        { capacityProvider: "FARGATE_SPOT", weight: 4 },
        { capacityProvider: "FARGATE", weight: 1 },
      ],
    });
    assert.deepEqual(joined(recording, "runner-capacity", "clusterName"), ["runner-cluster"]);
    const { kmsKeyId: __, ...logs } = inputs(recording, "runner-logs");
    assert.deepEqual(logs, { name: "/tidegate/test/tasks", retentionInDays: 30 });
    assert.deepEqual(joined(recording, "runner-logs", "kmsKeyId"), ["key-key"]);
  });

  it("grants writing of some log streams", async () => {
    const recording = await recorded(() => {
      const { context, key } = parts();
      new TaskRunner("runner", { context, key }).grantLog(roleOf(context), "prices");
    });
    assert.deepEqual(statements(recording, "someone-write-logs"), [
      {
        Sid: "LogStreams",
        Effect: "Allow",
        Action: ["logs:CreateLogStream", "logs:PutLogEvents"],
        Resource: "arn:aws:logs:eu-west-1:123456789012:log-group:/tidegate/test/tasks:log-stream:prices/*",
      },
    ]);
  });
});
