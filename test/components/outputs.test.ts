import assert from "node:assert/strict";
import { describedOutputs, outputsPage } from "../../offline/outputs-doc.ts";
import type { Value } from "../../offline/wire.ts";
import { STACKS, stackRecording } from "../support/stacks.ts";

const arn = (service: string, resource: string) => `arn:aws:${service}:us-east-1:123456789012:${resource}`;
const role = (name: string) => `arn:aws:iam::123456789012:role/${name}`;

describe("outputs", () => {
  for (const stack of STACKS)
    it(`of stack ${stack} are those of the interface, each described, and none unknown or secret`, async () => {
      const { outputs } = await stackRecording(stack, "update");
      const described = describedOutputs();
      assert.deepEqual(Object.keys(outputs).sort(), described.map(({ name }) => name).sort());
      for (const { name, says } of described) assert.match(says, /^[A-Z].*\.$/, name);
      for (const [name, value] of Object.entries(outputs)) assert(isPlain(value), `${name} is ${String(value)}`);
    });

  it("of stack dev say where everything is", async () => {
    const { outputs } = await stackRecording("dev", "update");
    const { artifactKey, artifactSha256, keyArn, vpcId, taskSubnetIds, taskSecurityGroupId, ...rest } = outputs;
    const { databaseSetup, databaseHost, warehouseUrl, ...others } = rest;
    assert.deepEqual(others, {
      outputsVersion: 1,
      region: "us-east-1",
      lakeBucket: "tidegate-dev-lake-123456789012",
      lakePrefix: "lake",
      lakeUrl: "s3://tidegate-dev-lake-123456789012/lake",
      runsUrl: "s3://tidegate-dev-lake-123456789012/lake/runs",
      definitionsUrl: "s3://tidegate-dev-lake-123456789012/lake/definitions.json",
      artifactBucket: "tidegate-dev-artifacts-123456789012",
      stateMachineArns: {
        coinbase_candles: arn("states", "stateMachine:tidegate-dev-coinbase_candles"),
        coinbase_products: arn("states", "stateMachine:tidegate-dev-coinbase_products"),
        coinbase_stats: arn("states", "stateMachine:tidegate-dev-coinbase_stats"),
        daily_prices: arn("states", "stateMachine:tidegate-dev-daily_prices"),
      },
      scheduleNames: {
        coinbase_products: "tidegate-dev-coinbase_products",
        daily_prices: "tidegate-dev-daily_prices",
      },
      eventSource: "tidegate.tidegate-dev",
      clusterArn: arn("ecs", "cluster/tidegate-dev-tasks"),
      taskDefinitionArns: {
        coinbase_candles: arn("ecs", "task-definition/tidegate-dev-coinbase_candles:1"),
        coinbase_products: arn("ecs", "task-definition/tidegate-dev-coinbase_products:1"),
        coinbase_stats: arn("ecs", "task-definition/tidegate-dev-coinbase_stats:1"),
        daily_prices: arn("ecs", "task-definition/tidegate-dev-daily_prices:1"),
      },
      secretNames: { TIINGO_TOKEN: "tidegate/dev/TIINGO_TOKEN" },
      logGroup: "/tidegate/dev/tasks",
      pipelineLogGroup: "/tidegate/dev/pipelines",
      warehouseDatabase: "market",
      warehouseAdministratorSecretArn: rest.warehouseAdministratorSecretArn,
      databasePort: 6432,
      databaseName: "market",
      databaseUser: rest.databaseUser,
      databaseAdministratorSecretArn: rest.databaseAdministratorSecretArn,
      alertTopicArn: arn("sns", "tidegate-dev-alerts"),
      deadLetterQueueUrl: "https://sqs.us-east-1.amazonaws.com/123456789012/tidegate-dev-dead-letters",
      dashboardUrl: rest.dashboardUrl,
      readerRoleArns: {},
      ciRoleArns: {},
      teamGroup: "",
    });
    assert.match(String(artifactSha256), /^[0-9a-f]{64}$/);
    assert.equal(artifactKey, `artifacts/ingest-${String(artifactSha256).slice(0, 20)}.cjs`);
    assert.match(String(warehouseUrl), new RegExp(`^redshift-serverless://.*${role("tidegate-dev-")}`));
    assert.match(String(databaseSetup), /rds_iam/);
    for (const value of [databaseHost, keyArn, vpcId, taskSecurityGroupId, rest.dashboardUrl, rest.databaseUser])
      assert(typeof value === "string" && value.length > 0);
    assert(Array.isArray(taskSubnetIds) && taskSubnetIds.length === 3);
  });

  it("of stack lean say that there is neither warehouse nor database", async () => {
    const { outputs } = await stackRecording("lean", "update");
    const empty = Object.entries(outputs).filter(([, value]) => value === "" || value === 0);
    assert.deepEqual(empty.map(([name]) => name).sort(), [
      "databaseAdministratorSecretArn",
      "databaseHost",
      "databaseName",
      "databasePort",
      "databaseSetup",
      "databaseUser",
      "teamGroup",
      "warehouseAdministratorSecretArn",
      "warehouseDatabase",
      "warehouseUrl",
    ]);
  });

  it("are on their page as they are declared", () => {
    const source =
      "export interface PlatformOutputs {\n  /** Where it is. */\n  readonly place: pulumi.Output<string[]>;\n}\n";
    assert.deepEqual(describedOutputs(source), [{ name: "place", kind: "list of texts", says: "Where it is." }]);
    assert.match(outputsPage(describedOutputs(source)), /\n\| `place` \| list of texts \| Where it is\. \|\n$/);
  });
});

function isPlain(value: Value | undefined): boolean {
  if (Array.isArray(value)) return value.every(isPlain);
  if (value !== null && typeof value === "object")
    return Object.values(value).every((inner) => isPlain(inner as Value));
  return typeof value === "string" || typeof value === "number";
}
