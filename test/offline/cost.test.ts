import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import * as aws from "@pulumi/aws";
import * as awsx from "@pulumi/awsx";
import * as pulumi from "@pulumi/pulumi";
import { PRICE_TABLES } from "../../offline/cost/prices.ts";
import { DEFAULT_USAGE, describeUsage, parseUsage, type Usage } from "../../offline/cost/usage.ts";
import { estimateCost } from "../../offline/cost.ts";
import { costText } from "../../offline/cost-text.ts";
import { recordStack } from "../../offline/program.ts";
import { estimate, near } from "../support/cost.ts";
import { PROJECT_FOLDER } from "../support/rules.ts";

const HOURS = 730;
const SOURCE = /^https:\/\/aws\.amazon\.com\/[a-z0-9/-]+\/(pricing|on-demand)\/$/;

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
const ONE_HOUR = ["minutesPerTask=60"];

describe("the monthly estimate", () => {
  it("prices a task by its size, its architecture, its starts and its minutes", async () => {
    near((await estimate(() => hourly(), ONE_HOUR)).total, HOURS * X86_HOUR + START);
    near((await estimate(() => hourly({ isArm: true }), ONE_HOUR)).total, HOURS * ARM_HOUR + START);
    near((await estimate(() => hourly(), ["minutesPerTask=6"])).total, (HOURS * X86_HOUR) / 10 + START);
    near((await estimate(() => hourly(), ["minutesPerTask=0"])).total, (HOURS * X86_HOUR) / 60 + START);
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

  it("are in docs/cost.md as they are, with the date of the prices", async () => {
    const page = await readFile(join(PROJECT_FOLDER, "docs", "cost.md"), "utf8");
    for (const name of Object.keys(DEFAULT_USAGE) as (keyof Usage)[])
      assert(page.includes(`\n${describeUsage(name, DEFAULT_USAGE[name])}\n`), `docs/cost.md is old: ${name}`);
    for (const { region, asOf } of PRICE_TABLES) assert(page.includes(`prices of ${region} as of ${asOf}`), region);
  });

  it("are refused with every fault at once", () => {
    assert.throws(
      () => parseUsage(["storedGB=1", "minutesPerTask=-1", "putsPerRun=many", "getsPerRun="]),
      (error: Error) => {
        assert.match(error.message, /got "storedGB".*did you mean "storedGb"\?/);
        for (const name of ["minutesPerTask", "putsPerRun", "getsPerRun"])
          assert.match(error.message, new RegExp(`--assume ${name}: is no amount`));
        return true;
      },
    );
  });
});

describe("the price tables", () => {
  for (const { region, asOf, prices, sizes } of PRICE_TABLES) {
    it(`of ${region} has a date, and a source for each price`, () => {
      assert.match(asOf, /^\d{4}-\d\d-\d\d$/);
      for (const [name, { usd, per, source }] of Object.entries(prices)) {
        assert(usd > 0 && per >= 1, name);
        assert.match(source, SOURCE, name);
      }
      for (const [kind, { source, hourly: each }] of Object.entries(sizes)) {
        assert.match(source, SOURCE, kind);
        for (const [size, { usd, vcpus }] of Object.entries(each)) assert(usd > 0 && vcpus >= 1, size);
      }
    });
  }

  it("stand in for a region without one, and the estimate says so", async () => {
    const found = await estimate(() => void new aws.kms.Key("key"), [], "eu-north-1");
    assert.deepEqual([found.region, found.pricesOf, found.total], ["eu-north-1", "us-east-1", 1]);
    const text = costText(found);
    assert.match(text, /\(prices of us-east-1 in place of eu-north-1 as of/);
    assert.match(text, /There is no price table for eu-north-1, only for us-east-1:/);
  });
});

describe("the estimate of a stack of this project", () => {
  it("is in docs/cost.md, to a tenth", async () => {
    const page = await readFile(join(PROJECT_FOLDER, "docs", "cost.md"), "utf8");
    for (const stack of ["dev", "lean", "prod"]) {
      const { total } = estimateCost(await recordStack({ folder: PROJECT_FOLDER, stack, mode: "update" }));
      const written = Number(new RegExp(`\\| ${stack} +\\| (\\d+) +\\|`).exec(page)?.[1]);
      assert(Math.abs(written - total) <= total / 10, `docs/cost.md says ${written} for ${stack}, it is ${total}`);
    }
  });

  for (const stack of ["dev", "lean", "prod"]) {
    it(`${stack}: leaves nothing unpriced, and agrees with its own parts`, async () => {
      const found = estimateCost(await recordStack({ folder: PROJECT_FOLDER, stack, mode: "update" }));
      assert.deepEqual(found.unpriced, []);
      near(
        found.total,
        found.components.flatMap(({ items }) => items).reduce((sum, { monthly }) => sum + monthly, 0),
      );
      for (const { how } of found.components.flatMap(({ items }) => items)) assert.doesNotMatch(how, /NaN|undefined/);
    });
  }

  it("lean: is below 5 USD", async () => {
    const recording = await recordStack({ folder: PROJECT_FOLDER, stack: "lean", mode: "update" });
    const { total } = estimateCost(recording);
    assert(total < 5, `${total} USD a month`);
    assert(total > 1, "a key alone costs a dollar");
  });

  for (const stack of ["dev", "prod"])
    it(`${stack}: ends below the usage limit of its warehouse and below its budget`, async () => {
      const recording = await recordStack({ folder: PROJECT_FOLDER, stack, mode: "update" });
      const found = estimateCost(recording);
      const warehouse = found.components.flatMap(({ items }) => items).find(({ atMost }) => atMost !== undefined);
      assert(warehouse?.atMost && warehouse.monthly < warehouse.atMost, warehouse?.how);
      const budget = recording.resources.find(({ type }) => type === "aws:budgets/budget:Budget");
      assert(found.total < Number(budget?.inputs.limitAmount), `${found.total}`);
    });

  it("counts the runs of every dataset", async () => {
    const recording = await recordStack({ folder: PROJECT_FOLDER, stack: "lean", mode: "update" });
    const monthly = (assumed: readonly string[]) =>
      estimateCost(recording, parseUsage(assumed))
        .components.filter(({ component }) => component.startsWith("IngestionTask"))
        .map((task) => task.monthly);
    const short = monthly(["minutesPerTask=1"]);
    assert.equal(short.length, Object.keys(recording.outputs.taskDefinitionArns as object).length);
    assert(short.length > 1);
    assert(short.every((usd) => usd > 0));
    for (const [index, usd] of monthly(["minutesPerTask=10"]).entries()) near(usd, 10 * (short[index] ?? 0));
  });
});
