import assert from "node:assert/strict";
import type { EncryptionKey } from "../../components/encryption-key.ts";
import { type Nat, Network } from "../../components/network.ts";
import { type Capacity, TaskRunner } from "../../components/task-runner.ts";
import { UserError } from "../../runtime/dataset/index.ts";
import { parts, roleOf } from "../support/components.ts";
import { inputs, joined, made, recorded, statements } from "../support/pulumi.ts";

describe("TaskRunner", () => {
  it("is a cluster on Fargate Spot and an encrypted log group that forgets", async () => {
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
      defaultCapacityProviderStrategies: [{ capacityProvider: "FARGATE_SPOT", weight: 1 }],
    });
    assert.deepEqual(joined(recording, "runner-capacity", "clusterName"), ["runner-cluster"]);
    const { kmsKeyId: __, ...logs } = inputs(recording, "runner-logs");
    assert.deepEqual(logs, { name: "/tidegate/test/tasks", retentionInDays: 30 });
    assert.deepEqual(joined(recording, "runner-logs", "kmsKeyId"), ["key-key"]);
  });

  const capacityOf = async (
    capacity: (parts: { network: Network; key: EncryptionKey }) => Capacity,
    nat: Nat = "single",
  ) => {
    let runner: TaskRunner | undefined;
    const recording = await recorded(() => {
      const { context, key } = parts();
      const network = new Network("network", { context, key, vpc: { kind: "new", nat }, buckets: [] });
      runner = new TaskRunner("runner", { context, key, capacity: capacity({ network, key }) });
    });
    assert(runner);
    const { capacityProviders, defaultCapacityProviderStrategies } = inputs(recording, "runner-capacity");
    assert.deepEqual(defaultCapacityProviderStrategies, runner.capacity);
    return { recording, runner, capacityProviders };
  };

  it("falls back on demand, also from on demand", async () => {
    const spot = await capacityOf(() => ({ kind: "fargate-spot" }));
    assert.deepEqual(spot.runner.fallback, [{ capacityProvider: "FARGATE", weight: 1 }]);
    assert.deepEqual(spot.runner.compatibilities, ["FARGATE"]);
    const fargate = await capacityOf(() => ({ kind: "fargate" }));
    assert.deepEqual(fargate.runner.capacity, [{ capacityProvider: "FARGATE", weight: 1 }]);
    assert.deepEqual(fargate.runner.fallback, fargate.runner.capacity);
    assert.deepEqual(fargate.capacityProviders, ["FARGATE_SPOT", "FARGATE"]);
  });

  it("runs tasks on Spot instances, and on Fargate when they are interrupted too often", async () => {
    const { recording, runner } = await capacityOf(({ network }) => ({ kind: "ec2-spot", network, maxInstances: 2 }));
    assert.deepEqual(runner.capacity, [{ capacityProvider: "on-tidegate-test-runner", weight: 1 }]);
    assert.deepEqual(runner.fallback, [{ capacityProvider: "FARGATE", weight: 1 }]);
    assert.deepEqual(runner.compatibilities, ["EC2", "FARGATE"]);
    assert.equal(inputs(recording, "runner-spot-group").maxSize, 2);
    assert.deepEqual(joined(recording, "runner-capacity", "capacityProviders"), ["runner-spot-provider"]);
  });

  it("refuses instances where tasks would have no way out", async () => {
    await assert.rejects(
      capacityOf(({ network }) => ({ kind: "ec2-spot", network }), "none"),
      new UserError("tasks cannot run on these instances:", [
        {
          path: "capacity.network",
          problem: "has its tasks in public subnets, where tasks on EC2 get no address that reaches the internet",
          allowed: "a network with private or isolated subnets for tasks",
          fix: 'give the network a NAT gateway (nat: "single"), or run tasks on Fargate',
        },
      ]),
    );
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
