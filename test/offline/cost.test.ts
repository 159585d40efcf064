import assert from "node:assert/strict";
import * as aws from "@pulumi/aws";
import * as awsx from "@pulumi/awsx";
import * as pulumi from "@pulumi/pulumi";
import { PRICES } from "../../offline/cost/prices.ts";
import { DEFAULT_USAGE, parseUsage } from "../../offline/cost/usage.ts";
import { type CostEstimate, estimateCost } from "../../offline/cost.ts";
import { costText } from "../../offline/cost-text.ts";
import { recordStack } from "../../offline/program.ts";
import { recordProgram } from "../../offline/record.ts";
import { PROJECT_FOLDER } from "../support/rules.ts";

const HOURS = 730;

async function estimate(program: () => void, assumed: readonly string[] = []): Promise<CostEstimate> {
  const recording = await recordProgram({
    program: async () => program(),
    project: "shop",
    stack: "dev",
    config: {},
    mode: "update",
  });
  return estimateCost(recording, parseUsage(assumed));
}

const near = (actual: number, expected: number) =>
  assert(Math.abs(actual - expected) < 1e-9 * Math.max(1, expected), `${actual} is not ${expected}`);

const vpc = (natGateways: awsx.types.input.ec2.NatGatewayConfigurationArgs) => () =>
  void new awsx.ec2.Vpc("net", { numberOfAvailabilityZones: 2, natGateways });

type Strategies = aws.types.input.scheduler.ScheduleTargetEcsParametersCapacityProviderStrategy[];

/** A task that starts once an hour: 730 times a month. */
function hourly(changes: { strategies?: Strategies; state?: string; isPublic?: boolean; isArm?: boolean } = {}): void {
  const task = new aws.ecs.TaskDefinition("task", {
    family: "task",
    containerDefinitions: "[]",
    cpu: "512",
    memory: "2048",
    runtimePlatform: { cpuArchitecture: changes.isArm ? "ARM64" : "X86_64" },
  });
  new aws.scheduler.Schedule("hourly", {
    scheduleExpression: "rate(1 hour)",
    flexibleTimeWindow: { mode: "OFF" },
    ...(changes.state ? { state: changes.state } : {}),
    target: {
      arn: "arn",
      roleArn: "arn",
      ecsParameters: {
        taskDefinitionArn: task.arn,
        ...(changes.strategies ? { capacityProviderStrategies: changes.strategies } : {}),
        networkConfiguration: { subnets: [], assignPublicIp: changes.isPublic ?? false },
      },
    },
  });
}

const START = 730 / 1e6;
const X86_HOUR = 0.5 * 0.04048 + 2 * 0.004445;
const ARM_HOUR = 0.5 * 0.03238 + 2 * 0.00356;
const ONE_HOUR = ["minutesPerRun=60"];

describe("the monthly estimate", () => {
  it("prices a task by its size, its architecture, its starts and its minutes", async () => {
    near((await estimate(() => hourly(), ONE_HOUR)).total, HOURS * X86_HOUR + START);
    near((await estimate(() => hourly({ isArm: true }), ONE_HOUR)).total, HOURS * ARM_HOUR + START);
    near((await estimate(() => hourly(), ["minutesPerRun=6"])).total, (HOURS * X86_HOUR) / 10 + START);
    near((await estimate(() => hourly(), ["minutesPerRun=0"])).total, (HOURS * X86_HOUR) / 60 + START);
  });

  it("prices Spot for the share that the schedule asks for", async () => {
    const strategies = (spot: number, onDemand: number): Strategies => [
      { capacityProvider: "FARGATE_SPOT", weight: spot },
      { capacityProvider: "FARGATE", weight: onDemand },
    ];
    const total = async (spot: number, onDemand: number) =>
      (await estimate(() => hourly({ strategies: strategies(spot, onDemand) }), ONE_HOUR)).total;
    near(await total(1, 0), HOURS * X86_HOUR * 0.3 + START);
    near(await total(1, 1), HOURS * X86_HOUR * 0.65 + START);
    near(await total(0, 1), HOURS * X86_HOUR + START);
  });

  it("adds a public address while a task runs, and nothing for a schedule that is off", async () => {
    near((await estimate(() => hourly({ isPublic: true }), ONE_HOUR)).total, HOURS * (X86_HOUR + 0.005) + START);
    near((await estimate(() => hourly({ state: "DISABLED" }), ONE_HOUR)).components[0]?.monthly ?? -1, START);
  });

  it("prices NAT gateways by awsx's strategy, each with its address", async () => {
    near((await estimate(vpc({ strategy: "None" }))).total, 0);
    near((await estimate(vpc({ strategy: "Single" }))).total, HOURS * 0.05);
    near((await estimate(vpc({ strategy: "OnePerAz" }))).total, 2 * HOURS * 0.05);
  });

  it("prices endpoints by kind", async () => {
    const endpoint = (vpcEndpointType: string) => () =>
      void new aws.ec2.VpcEndpoint("e", { vpcId: "v", serviceName: "s", vpcEndpointType, subnetIds: ["a", "b", "c"] });
    near((await estimate(endpoint("Interface"))).total, 3 * HOURS * 0.01);
    near((await estimate(endpoint("Gateway"))).total, 0);
  });

  it("prices what is there whether or not anything runs", async () => {
    const { total } = await estimate(() => {
      new aws.kms.Key("key");
      new aws.secretsmanager.Secret("secret");
      for (const name of ["a", "b"]) {
        new aws.cloudwatch.MetricAlarm(name, { comparisonOperator: "GreaterThanThreshold", evaluationPeriods: 1 });
      }
    });
    near(total, 1 + 0.4 + 2 * 0.1);
  });

  it("prices logs by what runs write and how long it is kept", async () => {
    const program = () => {
      hourly({ state: "ENABLED" });
      new aws.cloudwatch.LogGroup("logs", { retentionInDays: 365 });
    };
    const { components } = await estimate(program, ["logMbPerRun=1024"]);
    near(components.find(({ component }) => component === "LogGroup logs")?.monthly ?? -1, 730 * 0.5 + 730 * 12 * 0.03);
  });

  it("says what is free and why, and what nobody has priced", async () => {
    const found = await estimate(() => {
      new aws.iam.Role("role", { assumeRolePolicy: "{}" });
      new aws.glue.CatalogDatabase("database", {});
    });
    assert.deepEqual(found.free, [{ type: "aws:iam/role:Role", count: 1, reason: "IAM costs nothing" }]);
    assert.deepEqual(found.unpriced, [{ type: "aws:glue/catalogDatabase:CatalogDatabase", count: 1 }]);
    assert.match(costText(found), /not priced, the total is too low: aws:glue\/catalogDatabase:CatalogDatabase\n/);
  });

  it("groups by the component below the topmost, dearest first, equal items as one", async () => {
    class Part extends pulumi.ComponentResource {
      constructor(type: string, name: string, parent?: pulumi.Resource) {
        super(`shop:index:${type}`, name, {}, parent ? { parent } : {});
      }
    }
    const { components } = await estimate(() => {
      const top = new Part("Shop", "shop");
      const safe = new Part("Safe", "safe", top);
      const inner = new Part("Box", "box", safe);
      new aws.secretsmanager.Secret("one", {}, { parent: safe });
      new aws.secretsmanager.Secret("two", {}, { parent: inner });
      new aws.kms.Key("key", {}, { parent: new Part("Keys", "keys", top) });
    });
    assert.deepEqual(
      components.map(({ component, items }) => [component, items[0]?.count, items[0]?.how]),
      [
        ["Keys keys", 1, "1 key × 1 USD"],
        ["Safe safe", 2, "1 secret × 0.4 USD"],
      ],
    );
  });
});

describe("assumptions", () => {
  it("are what the table says until a user says otherwise", () => {
    assert.deepEqual(parseUsage([]), DEFAULT_USAGE);
    assert.deepEqual(parseUsage(["storedGb=12.5"]), { ...DEFAULT_USAGE, storedGb: 12.5 });
  });

  it("are refused with every fault at once", () => {
    assert.throws(
      () => parseUsage(["storedGB=1", "minutesPerRun=-1", "putsPerRun=many", "getsPerRun="]),
      (error: Error) => {
        assert.match(error.message, /got "storedGB".*did you mean "storedGb"\?/);
        for (const name of ["minutesPerRun", "putsPerRun", "getsPerRun"])
          assert.match(error.message, new RegExp(`--assume ${name}: is no amount`));
        return true;
      },
    );
  });
});

describe("the prices", () => {
  it("have a date, and a source for each", () => {
    assert.match(PRICES.asOf, /^\d{4}-\d\d-\d\d$/);
    for (const [name, { usd, per, source }] of Object.entries(PRICES.prices)) {
      assert(usd > 0 && per >= 1, name);
      assert.match(source, /^https:\/\/aws\.amazon\.com\/[a-z0-9-]+\/pricing\/$/, name);
    }
  });
});

describe("the estimate of stack dev", () => {
  it("leaves nothing unpriced, and agrees with its own parts", async () => {
    const found = estimateCost(await recordStack({ folder: PROJECT_FOLDER, stack: "dev", mode: "update" }));
    assert.deepEqual(found.unpriced, []);
    near(
      found.total,
      found.components.flatMap(({ items }) => items).reduce((sum, { monthly }) => sum + monthly, 0),
    );
    assert(found.total < 5, `dev costs ${found.total} USD a month`);
  });
});
