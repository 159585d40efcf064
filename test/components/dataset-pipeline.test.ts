import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import { DatasetPipeline, type DatasetPipelineArgs } from "../../components/dataset-pipeline.ts";
import type { Grantee } from "../../components/grantee.ts";
import { pipelineDefinition } from "../../components/state-machine/pipeline.ts";
import { checkPolicies } from "../../offline/policy.ts";
import { rules } from "../../policies/rules/index.ts";
import type { Dataset } from "../../runtime/dataset/index.ts";
import { pipelineParts, roleOf } from "../support/components.ts";
import { datasetCalled } from "../support/datasets.ts";
import { inputs, joined, made, type Options, recorded, resource, statements } from "../support/pulumi.ts";

interface Given {
  readonly args?: Partial<DatasetPipelineArgs>;
  readonly dataset?: Partial<Dataset>;
  readonly options?: Options;
}

const pipeline = ({ args, dataset, options }: Given = {}) =>
  recorded(() => {
    const changed = { ...datasetCalled("daily_prices"), ...dataset };
    new DatasetPipeline("prices", { ...pipelineParts("daily_prices", { dataset: changed }), ...args });
  }, options);

const arn = (service: string, rest: string) => `arn:aws:${service}:eu-west-1:123456789012:${rest}`;
const MACHINE = arn("states", "stateMachine:tidegate-test-daily_prices");
const CLUSTER = arn("ecs", "cluster/tidegate-test-runner");

describe("DatasetPipeline", () => {
  it("is a state machine with a role of its own, and a schedule", async () => {
    assert.deepEqual(
      made(await pipeline()).filter((name) => name.includes(" prices")),
      [
        "aws:iam/role:Role prices-execution-role",
        "aws:iam/role:Role prices-schedule-starter-role",
        "aws:iam/rolePolicy:RolePolicy prices-execution-read-lake",
        "aws:iam/rolePolicy:RolePolicy prices-execution-run-itself",
        "aws:iam/rolePolicy:RolePolicy prices-execution-run-task",
        "aws:iam/rolePolicy:RolePolicy prices-execution-use-key",
        "aws:iam/rolePolicy:RolePolicy prices-schedule-starter-read-schedule",
        "aws:iam/rolePolicy:RolePolicy prices-schedule-starter-send-dead-letters",
        "aws:iam/rolePolicy:RolePolicy prices-schedule-starter-start-pipeline",
        "aws:scheduler/schedule:Schedule prices-schedule-schedule",
        "aws:sfn/stateMachine:StateMachine prices-machine",
        "tidegate:pipeline:DatasetPipeline prices",
        "tidegate:pipeline:PipelineSchedule prices-schedule",
        "tidegate:security:ServiceRole prices-execution",
        "tidegate:security:ServiceRole prices-schedule-starter",
      ],
    );
  });

  it("logs errors, traces, and encrypts what it keeps with the platform's key", async () => {
    const recording = await pipeline({ options: { mode: "update" } });
    const { definition: _, ...machine } = inputs(recording, "prices-machine");
    assert.deepEqual(machine, {
      name: "tidegate-test-daily_prices",
      roleArn: resource(recording, "prices-execution-role").outputs.arn,
      type: "STANDARD",
      loggingConfiguration: {
        level: "ERROR",
        includeExecutionData: true,
        logDestination: arn("logs", "log-group:/tidegate/test/pipelines:*"),
      },
      tracingConfiguration: { enabled: true },
      encryptionConfiguration: {
        type: "CUSTOMER_MANAGED_KMS_KEY",
        kmsKeyId: resource(recording, "key-key").outputs.arn,
        kmsDataKeyReusePeriodSeconds: 300,
      },
    });
    assert.deepEqual(joined(recording, "prices-machine", "encryptionConfiguration"), ["key-key"]);
    const all = await pipeline({ args: { logLevel: "ALL" }, options: { mode: "update" } });
    const { level } = inputs(all, "prices-machine").loggingConfiguration as { level: string };
    assert.equal(level, "ALL");
  });

  it("has the definition that belongs to its surroundings", async () => {
    const recording = await pipeline({ options: { mode: "update" } });
    const { outputs: vpc } = resource(recording, "network-vpc");
    assert.deepEqual(
      JSON.parse(String(inputs(recording, "prices-machine").definition)),
      JSON.parse(
        JSON.stringify(
          pipelineDefinition({
            partition: "aws",
            dataset: "daily_prices",
            eventSource: "tidegate.tidegate-test",
            bucket: "tidegate-test-lake-123456789012",
            prefix: "lake",
            cluster: CLUSTER,
            taskFamily: "tidegate-test-daily_prices",
            subnets: vpc.publicSubnetIds as string[],
            securityGroups: [String(resource(recording, "network-tasks").outputs.id)],
            assignPublicIp: true,
            capacity: [{ capacityProvider: "FARGATE_SPOT", weight: 1 }],
            fallback: [{ capacityProvider: "FARGATE", weight: 1 }],
            timeout: 2 * 3600 + 900,
            loads: false,
          }),
        ),
      ),
    );
  });

  it("loads when its task has something to load into", async () => {
    const grant = (_role: Grantee) => {};
    const warehouse = { url: pulumi.output("redshift-serverless://work/market"), grantLoad: grant };
    const recording = await recorded(
      () => new DatasetPipeline("prices", pipelineParts("daily_prices", { warehouse })),
      { mode: "update" },
    );
    assert("Load" in JSON.parse(String(inputs(recording, "prices-machine").definition)).States);
  });

  it("waits for its role's rights, its task and the cluster's capacity", async () => {
    const { dependencies } = resource(await pipeline(), "prices-machine");
    const names = dependencies.map((urn) => urn.split("::").at(-1));
    for (const name of ["run-task", "read-lake", "run-itself", "use-key"])
      assert(names.includes(`prices-execution-${name}`), name);
    assert(names.includes("ingest-definition"));
    assert(names.includes("runner-capacity"));
  });

  it("has a role that only this machine and its distributed maps can take", async () => {
    const [trust] = statements(await pipeline(), "prices-execution-role", "assumeRolePolicy");
    assert.deepEqual(trust?.Principal, { Service: "states.amazonaws.com" });
    assert.deepEqual(trust?.Condition, {
      StringEquals: { "aws:SourceAccount": "123456789012" },
      ArnLike: { "aws:SourceArn": [MACHINE, `${MACHINE}/*`] },
    });
  });

  it("may run its own task on its own cluster, with the task's own roles, and nothing else", async () => {
    const roles = "arn:aws:iam::123456789012:role/tidegate-test-daily_prices";
    assert.deepEqual(statements(await pipeline(), "prices-execution-run-task"), [
      {
        Sid: "Run",
        Effect: "Allow",
        Action: ["ecs:RunTask"],
        Resource: arn("ecs", "task-definition/tidegate-test-daily_prices:*"),
        Condition: { ArnEquals: { "ecs:cluster": CLUSTER } },
      },
      {
        Sid: "TagWhatItStarts",
        Effect: "Allow",
        Action: ["ecs:TagResource"],
        Resource: arn("ecs", "task/tidegate-test-runner/*"),
        Condition: { StringEquals: { "ecs:CreateAction": "RunTask" } },
      },
      {
        Sid: "Watch",
        Effect: "Allow",
        Action: ["ecs:DescribeTasks", "ecs:StopTask"],
        Resource: arn("ecs", "task/tidegate-test-runner/*"),
      },
      {
        Sid: "HearOfItsEnd",
        Effect: "Allow",
        Action: ["events:DescribeRule", "events:PutRule", "events:PutTargets"],
        Resource: arn("events", "rule/StepFunctionsGetEventsForECSTaskRule"),
      },
      {
        Sid: "PassItsRoles",
        Effect: "Allow",
        Action: ["iam:PassRole"],
        Resource: [`${roles}-task`, `${roles}-execution`],
        Condition: { StringEquals: { "iam:PassedToService": "ecs-tasks.amazonaws.com" } },
      },
    ]);
  });

  it("may read its own plans and what its batches left, put events of its platform, and start and watch itself", async () => {
    const recording = await pipeline();
    const [, plans] = statements(recording, "prices-execution-read-lake");
    assert.deepEqual(
      [plans?.Action, plans?.Resource],
      [
        ["s3:GetObject"],
        ["plan.json", "extract-*.json"].map(
          (name) => `arn:aws:s3:::tidegate-test-lake-123456789012/lake/runs/daily_prices/*/${name}`,
        ),
      ],
    );
    const [tell, many, watch, ...others] = statements(recording, "prices-execution-run-itself");
    assert.deepEqual(tell, {
      Sid: "TellOfItself",
      Effect: "Allow",
      Action: ["events:PutEvents"],
      Resource: arn("events", "event-bus/default"),
      Condition: { StringEquals: { "events:source": "tidegate.tidegate-test" } },
    });
    assert.deepEqual([many?.Action, many?.Resource], [["states:StartExecution"], MACHINE]);
    assert.equal(watch?.Resource, arn("states", "execution:tidegate-test-daily_prices/*"));
    assert.deepEqual(
      others.map(({ Sid }) => Sid),
      ["WriteLog", "WriteTrace"],
    );
  });

  it("is granted to somebody who starts it, and nothing more", async () => {
    const recording = await recorded(() => {
      const given = pipelineParts("daily_prices");
      new DatasetPipeline("prices", given).grantStart(roleOf(given.context));
    });
    assert.deepEqual(statements(recording, "someone-start-pipeline"), [
      { Sid: "Start", Effect: "Allow", Action: ["states:StartExecution"], Resource: MACHINE },
    ]);
  });

  it("passes every policy, before and after the first deployment", async () => {
    const dataset = { after: ["coinbase_candles"] };
    const recordings = [await pipeline({ dataset }), await pipeline({ dataset, options: { mode: "update" } })];
    const { rules: verdicts } = await checkPolicies(rules, recordings);
    const found = verdicts.flatMap(({ violations }) =>
      violations.filter(({ urn }) => urn?.split("::").at(-1)?.startsWith("prices")).map(({ message }) => message),
    );
    assert.deepEqual(found, []);
  });
});

describe("the schedule of a pipeline", () => {
  it("is left out for a dataset that runs on demand: the machine is there and can be started", async () => {
    const { schedule: _, ...onDemand } = datasetCalled("daily_prices");
    const names: (string | undefined)[] = [];
    const recording = await recorded(() => {
      const given = pipelineParts("daily_prices", { dataset: onDemand });
      const pipeline = new DatasetPipeline("prices", given);
      pipeline.grantStart(roleOf(given.context));
      names.push(pipeline.scheduleName);
    });
    assert.deepEqual(names, [undefined]);
    const own = made(recording).filter((name) => name.includes(" prices"));
    assert.deepEqual(
      own.filter((name) => /schedule/i.test(name)),
      [],
    );
    assert(own.includes("aws:sfn/stateMachine:StateMachine prices-machine"));
    assert.deepEqual(
      statements(recording, "someone-start-pipeline").map(({ Action }) => Action),
      [["states:StartExecution"]],
    );
  });

  it("starts the state machine in the dataset's rhythm and keeps what could not be started", async () => {
    const recording = await pipeline({ options: { mode: "update" } });
    const output = (name: string, property: string) => resource(recording, name).outputs[property];
    assert.deepEqual(inputs(recording, "prices-schedule-schedule"), {
      name: "tidegate-test-daily_prices",
      groupName: "tidegate-test-datasets",
      description: "Brings in daily_prices",
      scheduleExpression: "cron(30 18 ? * MON-FRI *)",
      scheduleExpressionTimezone: "America/New_York",
      flexibleTimeWindow: { mode: "FLEXIBLE", maximumWindowInMinutes: 15 },
      state: "ENABLED",
      kmsKeyArn: output("key-key", "arn"),
      target: {
        arn: output("prices-machine", "arn"),
        roleArn: output("prices-schedule-starter-role", "arn"),
        input: "{}",
        retryPolicy: { maximumEventAgeInSeconds: 3600, maximumRetryAttempts: 10 },
        deadLetterConfig: { arn: output("alerts-dead-letters", "arn") },
      },
    });
    assert.deepEqual(joined(recording, "prices-schedule-schedule", "groupName"), ["group-schedules"]);
    assert.deepEqual(joined(recording, "prices-schedule-schedule", "kmsKeyArn"), ["key-key"]);
  });

  it("waits for its role's rights, and can be switched off", async () => {
    const { dependencies, inputs: given } = resource(
      await pipeline({ args: { enabled: false } }),
      "prices-schedule-schedule",
    );
    const names = dependencies.map((urn) => urn.split("::").at(-1));
    for (const name of ["start-pipeline", "send-dead-letters", "read-schedule"])
      assert(names.includes(`prices-schedule-starter-${name}`), name);
    assert.equal(given.state, "DISABLED");
  });

  it("has a role that only schedules of the group can take, to start this pipeline", async () => {
    const recording = await pipeline();
    const [trust] = statements(recording, "prices-schedule-starter-role", "assumeRolePolicy");
    assert.deepEqual(trust?.Principal, { Service: "scheduler.amazonaws.com" });
    assert.deepEqual(trust?.Condition, {
      StringEquals: { "aws:SourceAccount": "123456789012" },
      ArnLike: { "aws:SourceArn": arn("scheduler", "schedule-group/tidegate-test-datasets") },
    });
    const [start] = statements(recording, "prices-schedule-starter-start-pipeline");
    assert.equal(start?.Resource, MACHINE);
    const [read] = statements(recording, "prices-schedule-starter-read-schedule");
    assert.deepEqual(read?.Condition, {
      StringEquals: {
        "kms:EncryptionContext:aws:scheduler:schedule:arn": arn(
          "scheduler",
          "schedule/tidegate-test-datasets/tidegate-test-daily_prices",
        ),
      },
      "ForAnyValue:StringEquals": { "kms:ResourceAliases": "alias/tidegate-test-key" },
    });
  });
});

describe("the dependency of a pipeline", () => {
  const dataset = { after: ["coinbase_candles", "dividends"] };

  it("starts it when one of the datasets that it comes after was published in this stack", async () => {
    const recording = await pipeline({ dataset, options: { mode: "update" } });
    const output = (name: string, property: string) => resource(recording, name).outputs[property];
    const { eventPattern, ...rule } = inputs(recording, "prices-after-rule");
    assert.deepEqual(rule, {
      name: "tidegate-test-daily_prices-after",
      description: "daily_prices comes after coinbase_candles and after dividends",
      state: "ENABLED",
    });
    assert.deepEqual(JSON.parse(String(eventPattern)), {
      source: ["tidegate.tidegate-test"],
      "detail-type": ["dataset published"],
      detail: { dataset: ["coinbase_candles", "dividends"] },
    });
    const { rule: _, ...target } = inputs(recording, "prices-after-target");
    assert.deepEqual(target, {
      arn: output("prices-machine", "arn"),
      roleArn: output("prices-after-starter-role", "arn"),
      input: "{}",
      retryPolicy: { maximumEventAgeInSeconds: 3600, maximumRetryAttempts: 10 },
      deadLetterConfig: { arn: output("alerts-dead-letters", "arn") },
    });
    assert.deepEqual(joined(recording, "prices-after-target", "rule"), ["prices-after-rule"]);
  });

  it("has a role that only this rule can take, to start this pipeline", async () => {
    const recording = await pipeline({ dataset });
    const [trust] = statements(recording, "prices-after-starter-role", "assumeRolePolicy");
    assert.deepEqual(trust?.Principal, { Service: "events.amazonaws.com" });
    assert.deepEqual(trust?.Condition, {
      StringEquals: { "aws:SourceAccount": "123456789012" },
      ArnLike: { "aws:SourceArn": arn("events", "rule/tidegate-test-daily_prices-after") },
    });
    const [start] = statements(recording, "prices-after-starter-start-pipeline");
    assert.deepEqual([start?.Action, start?.Resource], [["states:StartExecution"], MACHINE]);
  });

  it("waits for its role's rights, and is switched off with the schedule", async () => {
    const recording = await pipeline({ dataset, args: { enabled: false } });
    const names = resource(recording, "prices-after-target").dependencies.map((urn) => urn.split("::").at(-1));
    assert(names.includes("prices-after-starter-start-pipeline"));
    assert.equal(inputs(recording, "prices-after-rule").state, "DISABLED");
  });
});
