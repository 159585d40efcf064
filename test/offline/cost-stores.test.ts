import assert from "node:assert/strict";
import * as aws from "@pulumi/aws";
import { estimate, near } from "../support/cost.ts";

const HOURS = 730;
const SECRET = 0.4;

/** A task that is told of a store, and starts 730 times a month. */
function loader(variable: string): void {
  const task = new aws.ecs.TaskDefinition("task", {
    family: "task",
    containerDefinitions: JSON.stringify([{ name: "task", environment: [{ name: variable, value: "x" }] }]),
    cpu: "256",
    memory: "512",
  });
  new aws.scheduler.Schedule("hourly", {
    scheduleExpression: "rate(1 hour)",
    flexibleTimeWindow: { mode: "OFF" },
    target: { arn: "arn", roleArn: "arn", ecsParameters: { taskDefinitionArn: task.arn } },
  });
}

async function items(program: () => unknown, component: string, ...assumed: string[]) {
  const found = await estimate(program, assumed);
  assert.deepEqual(found.unpriced, []);
  const own = found.components.find((each) => each.component === component);
  assert(own, component);
  return own;
}

describe("the cost of a serverless warehouse", () => {
  const workgroup =
    (amount?: number, breachAction = "deactivate", period = "monthly") =>
    () => {
      const made = new aws.redshiftserverless.Workgroup("group", {
        workgroupName: "w",
        namespaceName: "n",
        baseCapacity: 16,
      });
      if (amount !== undefined)
        new aws.redshiftserverless.UsageLimit("limit", {
          resourceArn: made.arn,
          usageType: "serverless-compute",
          amount,
          breachAction,
          period,
        });
      loader("TIDEGATE_WAREHOUSE");
    };
  const GROUP = "Workgroup group";
  const assumed = ["loadMinutesPerRun=3", "queryMinutes=30"];
  const hours = ((HOURS * 3 + 30) / 60) * 16;

  it("is by RPU-hours of loads and questions", async () => {
    const { monthly, items: parts } = await items(workgroup(), GROUP, ...assumed);
    near(monthly, hours * 0.375);
    assert.match(parts[0]?.how ?? "", /; no usage limit$/);
    assert.equal(parts[0]?.atMost, undefined);
  });

  it("counts a minute for each load at least", async () => {
    near(
      (await items(workgroup(), GROUP, "loadMinutesPerRun=0.1", "queryMinutes=0")).monthly,
      (HOURS / 60) * 16 * 0.375,
    );
  });

  it("ends at a usage limit that stops it, and shows that ceiling", async () => {
    const { monthly, items: parts } = await items(workgroup(100), GROUP, ...assumed);
    near(monthly, 100 * 0.375);
    assert.equal(parts[0]?.atMost, 37.5);
    assert.match(parts[0]?.how ?? "", /its usage limit of 100 RPU-hours, 37\.50 USD, ends it$/);
    near((await items(workgroup(1e6), GROUP, ...assumed)).monthly, hours * 0.375);
    near((await items(workgroup(12, "deactivate", "weekly"), GROUP, ...assumed)).monthly, ((12 * 365) / 84) * 0.375);
  });

  it("ends at the lowest of several limits that stop it", async () => {
    const program =
      (...amounts: number[]) =>
      () => {
        const made = new aws.redshiftserverless.Workgroup("group", {
          workgroupName: "w",
          namespaceName: "n",
          baseCapacity: 16,
        });
        for (const [index, amount] of amounts.entries())
          new aws.redshiftserverless.UsageLimit(`limit-${index}`, {
            resourceArn: made.arn,
            usageType: "serverless-compute",
            amount,
            breachAction: "deactivate",
          });
        loader("TIDEGATE_WAREHOUSE");
      };
    near((await items(program(100, 50), GROUP, ...assumed)).monthly, 50 * 0.375);
    near((await items(program(50, 100), GROUP, ...assumed)).monthly, 50 * 0.375);
  });

  it("goes on beyond a limit that only warns", async () => {
    const { monthly, items: parts } = await items(workgroup(100, "log"), GROUP, ...assumed);
    near(monthly, hours * 0.375);
    assert.equal(parts[0]?.atMost, undefined);
    assert.match(parts[0]?.how ?? "", /37\.50 USD, only warns$/);
  });

  it("stores what is loaded, and keeps the administrator's secret", async () => {
    const namespace = () => {
      new aws.redshiftserverless.Namespace("space", { namespaceName: "n", manageAdminPassword: true });
      loader("TIDEGATE_WAREHOUSE");
    };
    near((await items(namespace, "Namespace space", "tableGb=50")).monthly, 50 * 0.024 + SECRET);
  });
});

describe("the cost of a provisioned warehouse", () => {
  const cluster = (args: Partial<aws.redshift.ClusterArgs>) => () =>
    void new aws.redshift.Cluster("cluster", { clusterIdentifier: "c", nodeType: "ra3.large", ...args });

  it("is by nodes, twice in two zones", async () => {
    near((await items(cluster({}), "Cluster cluster")).monthly, HOURS * 0.543);
    near((await items(cluster({ numberOfNodes: 2, multiAz: true }), "Cluster cluster")).monthly, 4 * HOURS * 0.543);
  });

  it("is not guessed for a node that the table does not have", async () => {
    const { unpriced, total } = await estimate(cluster({ nodeType: "ra9.huge" }));
    assert.deepEqual(unpriced, [
      { type: "aws:redshift/cluster:Cluster", reason: "the price table has no ra9.huge", count: 1 },
    ]);
    assert.equal(total, 0);
  });
});

describe("the cost of a database", () => {
  const DATABASE = "Instance database";
  const database =
    (args: Partial<aws.rds.InstanceArgs> = {}) =>
    () =>
      void new aws.rds.Instance("database", { instanceClass: "db.t4g.micro", allocatedStorage: 20, ...args });

  it("is by class and storage, both twice with a standby", async () => {
    near((await items(database(), DATABASE)).monthly, HOURS * 0.016 + 20 * 0.115);
    near((await items(database({ multiAz: true }), DATABASE)).monthly, 2 * HOURS * 0.016 + 20 * 0.23);
  });

  it("has a secret for the administrator, and measurements by the second", async () => {
    const changes = { manageMasterUserPassword: true, monitoringInterval: 30 };
    near((await items(database(changes), DATABASE)).monthly, HOURS * 0.016 + 20 * 0.115 + SECRET + 0.54 * 0.5);
  });

  it("is not guessed for another class, or for measurements that are kept for money", async () => {
    const reason = async (args: Partial<aws.rds.InstanceArgs>) =>
      (await estimate(database(args))).unpriced.map((each) => each.reason);
    assert.deepEqual(await reason({ instanceClass: "db.z9.huge" }), ["the price table has no db.z9.huge"]);
    assert.match(String(await reason({ performanceInsightsRetentionPeriod: 31 })), /longer than the free 7 days/);
  });

  it("has a proxy by processors, two at least", async () => {
    const program = (instanceClass: string) => () => {
      database({ instanceClass })();
      new aws.rds.Proxy("proxy", { engineFamily: "POSTGRESQL", roleArn: "arn", vpcSubnetIds: [] });
    };
    near((await items(program("db.t4g.micro"), "Proxy proxy")).monthly, 2 * HOURS * 0.015);
    near((await items(program("db.m7g.xlarge"), "Proxy proxy")).monthly, 4 * HOURS * 0.015);
  });
});
