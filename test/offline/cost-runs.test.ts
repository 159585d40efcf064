import assert from "node:assert/strict";
import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { pipelineDefinition } from "../../components/state-machine/pipeline.ts";
import { courseOf } from "../../offline/cost/definition.ts";
import { estimate, near } from "../support/cost.ts";
import { VALUES } from "../support/state-machine/pipeline.ts";

const HOURLY = 730;
const ONE_HOUR = ["minutesPerTask=60"];
const STEPS = 5;
const ARM_HOUR = 0.25 * 0.03238 + 0.5 * 0.00356;

type Values = Partial<typeof VALUES>;

const definition = (dataset: string, changes: Values = {}) =>
  pipelineDefinition({ ...VALUES, taskFamily: dataset, dataset, assignPublicIp: false, ...changes });

const task = (family: string) =>
  new aws.ecs.TaskDefinition(family, {
    family,
    containerDefinitions: "[]",
    cpu: "256",
    memory: "512",
    runtimePlatform: { cpuArchitecture: "ARM64" },
  });

/** A dataset's task and its state machine. */
function machine(dataset: string, changes: Values = {}, args: Partial<aws.sfn.StateMachineArgs> = {}) {
  task(dataset);
  return new aws.sfn.StateMachine(`${dataset}-machine`, {
    name: dataset,
    roleArn: "arn",
    definition: JSON.stringify(definition(dataset, changes)),
    ...args,
  });
}

const hourly = (arn: pulumi.Input<string>) =>
  new aws.scheduler.Schedule("hourly", {
    scheduleExpression: "rate(1 hour)",
    flexibleTimeWindow: { mode: "OFF" },
    target: { arn, roleArn: "arn" },
  });

const monthly = (found: Awaited<ReturnType<typeof estimate>>, component: string): number => {
  const own = found.components.find((each) => each.component === component);
  assert(own, `nothing called ${component} in ${found.components.map((each) => each.component)}`);
  return own.monthly;
};

const spot = { capacity: [{ capacityProvider: "FARGATE_SPOT", weight: 1 }] };
const onDemand = { capacity: [{ capacityProvider: "FARGATE", weight: 1 }] };

describe("the cost of runs", () => {
  it("counts every task that a scheduled state machine starts", async () => {
    const price = async (changes: Values, ...assumed: string[]) =>
      monthly(
        await estimate(() => hourly(machine("prices", changes).arn), [...ONE_HOUR, ...assumed]),
        "TaskDefinition prices",
      );
    near(await price(onDemand), HOURLY * STEPS * ARM_HOUR);
    near(await price(spot), HOURLY * STEPS * ARM_HOUR * 0.3);
    near(await price({ ...spot, loads: false }), HOURLY * (STEPS - 1) * ARM_HOUR * 0.3);
    near(await price(spot, "batchesPerRun=10"), HOURLY * (STEPS + 9) * ARM_HOUR * 0.3);
    near(await price({ ...spot, assignPublicIp: true }), HOURLY * STEPS * (ARM_HOUR * 0.3 + 0.005));
  });

  it("counts no dataset for a task that nothing starts again and again", async () => {
    class Lake extends pulumi.ComponentResource {
      constructor() {
        super("tidegate:storage:DataLake", "lake");
        new aws.s3.Bucket("bucket", {}, { parent: this });
      }
    }
    const found = await estimate(() => {
      new Lake();
      task("administration");
      hourly(machine("prices", spot).arn);
    }, ["storedGb=1000", "putsPerRun=0", "getsPerRun=0"]);
    near(monthly(found, "DataLake lake"), 1000 * 0.023);
    near(monthly(found, "TaskDefinition administration"), 0);
  });

  it("knows a machine by its name where the ARN is text", async () => {
    const found = await estimate(() => {
      machine("prices", spot);
      hourly("arn:aws:states:us-east-1:123456789012:stateMachine:prices");
    }, ONE_HOUR);
    near(monthly(found, "TaskDefinition prices"), HOURLY * STEPS * ARM_HOUR * 0.3);
  });

  it("follows events from one dataset to those after it", async () => {
    const found = await estimate(() => {
      hourly(machine("prices", spot).arn);
      const second = machine("ratios", spot);
      const rule = new aws.cloudwatch.EventRule("after", {
        name: "after",
        eventPattern: JSON.stringify({ source: ["s"], detail: { dataset: ["prices"] } }),
      });
      new aws.cloudwatch.EventTarget("after", { rule: rule.name, arn: second.arn });
      machine("never", spot);
    }, ONE_HOUR);
    near(monthly(found, "TaskDefinition ratios"), HOURLY * STEPS * ARM_HOUR * 0.3);
    near(monthly(found, "StateMachine never-machine"), 0);
  });

  it("prices transitions of the definition beyond those that are free, events and traces", async () => {
    const { transitions } = courseOf(JSON.parse(JSON.stringify(definition("prices"))), 1);
    const price = async (assumed: string[], args: Partial<aws.sfn.StateMachineArgs> = {}) =>
      monthly(await estimate(() => hourly(machine("prices", {}, args).arn), assumed), "StateMachine prices-machine");
    const events = HOURLY / 1e6;
    const all = HOURLY * transitions;
    assert(all > 4000);
    near(await price(["freeTransitions=0"]), (all * 0.025) / 1000 + events);
    near(await price([]), ((all - 4000) * 0.025) / 1000 + events);
    near(await price(["freeTransitions=1e9"]), events);
    const traced = { tracingConfiguration: { enabled: true } };
    near(await price(["freeTransitions=1e9"], traced), events + (HOURLY * 5) / 1e6);
  });

  it("prices machines for tasks that run on a capacity provider of EC2, and no Fargate", async () => {
    const group = (types: string[], onDemandPercentageAboveBaseCapacity: number) =>
      new aws.autoscaling.Group("machines", {
        minSize: 0,
        maxSize: 4,
        mixedInstancesPolicy: {
          instancesDistribution: { onDemandPercentageAboveBaseCapacity },
          launchTemplate: {
            launchTemplateSpecification: { launchTemplateId: "lt-1" },
            overrides: types.map((instanceType) => ({ instanceType })),
          },
        },
      });
    const program = (types: string[], percentage: number) => () => {
      new aws.ecs.CapacityProvider("on-machines", {
        name: "on-machines",
        autoScalingGroupProvider: { autoScalingGroupArn: group(types, percentage).arn },
      });
      hourly(machine("prices", { capacity: [{ capacityProvider: "on-machines", weight: 1 }] }).arn);
    };
    const assumed = ["minutesPerTask=45"];
    const hours = HOURLY * STEPS;
    const disk = (hours / HOURLY) * 30 * 0.08;
    const found = await estimate(program(["c7g.large", "m7g.large"], 0), assumed);
    near(monthly(found, "Group machines"), hours * 0.0816 * 0.4 + disk);
    near(monthly(found, "TaskDefinition prices"), 0);
    assert.match(
      found.components.find(({ component }) => component === "TaskDefinition prices")?.items[0]?.how ?? "",
      /on machines/,
    );
    near(monthly(await estimate(program(["c7g.large"], 100), assumed), "Group machines"), hours * 0.0725 + disk);
    const { unpriced } = await estimate(program(["z9.huge"], 0));
    assert.deepEqual(unpriced, [
      { type: "aws:autoscaling/group:Group", reason: "the price table has no z9.huge", count: 1 },
    ]);
  });

  it("takes dashboards as free as long as the account has free ones", async () => {
    const program = () => {
      for (const name of ["a", "b"]) new aws.cloudwatch.Dashboard(name, { dashboardName: name, dashboardBody: "{}" });
    };
    near((await estimate(program)).total, 0);
    near((await estimate(program, ["freeDashboards=0"])).total, 6);
    near((await estimate(program, ["freeDashboards=1"])).total, 3);
  });

  it("prices alarms by the metrics that they look at", async () => {
    const alarm = (metricQueries: aws.types.input.cloudwatch.MetricAlarmMetricQuery[]) => () =>
      void new aws.cloudwatch.MetricAlarm("alarm", {
        comparisonOperator: "GreaterThanThreshold",
        evaluationPeriods: 1,
        metricQueries,
      });
    const metric = { metricName: "m", stat: "Sum", period: 60 };
    near((await estimate(alarm([]))).total, 0.1);
    const two = [
      { id: "a", metric },
      { id: "b", metric },
      { id: "c", expression: "a / b", returnData: true },
    ];
    near((await estimate(alarm(two))).total, 0.2);
  });

  it("tells logs of runs, of connections and of stores apart", async () => {
    const found = await estimate(() => {
      const group = (name: string) => new aws.cloudwatch.LogGroup(name, { name, retentionInDays: 365 });
      new aws.ec2.FlowLog("flows", { vpcId: "vpc-1", trafficType: "ALL", logDestination: group("/flows").arn });
      group("/aws/rds/instance/db/postgresql");
      group("/aws/rds/instance/db/upgrade");
      group("/tasks");
    }, ["flowLogGb=2", "storeLogGb=4"]);
    const price = (gb: number) => gb * 0.5 + gb * 12 * 0.03;
    near(monthly(found, "LogGroup /flows"), price(2));
    near(monthly(found, "LogGroup /aws/rds/instance/db/postgresql"), price(2));
    near(monthly(found, "LogGroup /tasks"), 0);
  });
});
