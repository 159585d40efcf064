import assert from "node:assert/strict";
import { IngestionSchedule } from "../../components/ingestion-schedule.ts";
import { scheduleParts } from "../support/components.ts";
import { inputs, joined, made, recorded, resource, statements } from "../support/pulumi.ts";

const schedule = (args: { enabled?: boolean } = {}, mode: "preview" | "update" = "preview") =>
  recorded(() => new IngestionSchedule("nightly", { ...scheduleParts("daily_prices"), ...args }), { mode });

const CLUSTER = "arn:aws:ecs:eu-west-1:123456789012:cluster/tidegate-test-runner";

describe("IngestionSchedule", () => {
  it("is a schedule and its role", async () => {
    assert.deepEqual(
      made(await schedule()).filter((name) => name.includes("nightly")),
      [
        "aws:iam/role:Role nightly-starter-role",
        "aws:iam/rolePolicy:RolePolicy nightly-starter-read-schedule",
        "aws:iam/rolePolicy:RolePolicy nightly-starter-run-task",
        "aws:iam/rolePolicy:RolePolicy nightly-starter-send-dead-letters",
        "aws:scheduler/schedule:Schedule nightly-schedule",
        "tidegate:schedule:IngestionSchedule nightly",
        "tidegate:security:ServiceRole nightly-starter",
      ],
    );
  });

  it("starts the task in the dataset's rhythm, on Spot if possible, and keeps what could not be started", async () => {
    const recording = await schedule({}, "update");
    const output = (name: string, property: string) => resource(recording, name).outputs[property];
    assert.deepEqual(inputs(recording, "nightly-schedule"), {
      name: "tidegate-test-daily_prices",
      groupName: "tidegate-test-datasets",
      description: "Brings in daily_prices",
      scheduleExpression: "cron(30 18 ? * MON-FRI *)",
      scheduleExpressionTimezone: "America/New_York",
      flexibleTimeWindow: { mode: "FLEXIBLE", maximumWindowInMinutes: 15 },
      state: "ENABLED",
      kmsKeyArn: output("key-key", "arn"),
      target: {
        arn: CLUSTER,
        roleArn: output("nightly-starter-role", "arn"),
        retryPolicy: { maximumEventAgeInSeconds: 3600, maximumRetryAttempts: 10 },
        deadLetterConfig: { arn: output("alerts-dead-letters", "arn") },
        ecsParameters: {
          taskDefinitionArn: output("ingest-definition", "arn"),
          taskCount: 1,
          platformVersion: "LATEST",
          capacityProviderStrategies: [
            { capacityProvider: "FARGATE_SPOT", weight: 4 },
            { capacityProvider: "FARGATE", weight: 1 },
          ],
          enableEcsManagedTags: true,
          propagateTags: "TASK_DEFINITION",
          networkConfiguration: {
            subnets: output("network-vpc", "publicSubnetIds"),
            securityGroups: [output("network-tasks", "id")],
            assignPublicIp: true,
          },
        },
      },
    });
    assert.deepEqual(joined(recording, "nightly-schedule", "groupName"), ["group"]);
    assert.deepEqual(joined(recording, "nightly-schedule", "kmsKeyArn"), ["key-key"]);
    assert(joined(recording, "nightly-schedule", "target").includes("alerts-dead-letters"));
  });

  it("waits for its role's rights and the cluster's capacity", async () => {
    const { dependencies } = resource(await schedule(), "nightly-schedule");
    const names = dependencies.map((urn) => urn.split("::").at(-1));
    for (const name of ["run-task", "send-dead-letters", "read-schedule"])
      assert(names.includes(`nightly-starter-${name}`), name);
    assert(names.includes("runner-capacity"));
  });

  it("can be switched off", async () => {
    assert.equal(inputs(await schedule({ enabled: false }), "nightly-schedule").state, "DISABLED");
  });

  it("has a role that only schedules of the group can take", async () => {
    const [trust] = statements(await schedule(), "nightly-starter-role", "assumeRolePolicy");
    assert.deepEqual(trust?.Principal, { Service: "scheduler.amazonaws.com" });
    assert.deepEqual(trust?.Condition, {
      StringEquals: { "aws:SourceAccount": "123456789012" },
      ArnLike: { "aws:SourceArn": "arn:aws:scheduler:eu-west-1:123456789012:schedule-group/tidegate-test-datasets" },
    });
  });

  it("has a role that may start this task on this cluster and nothing else", async () => {
    const roles = "arn:aws:iam::123456789012:role/tidegate-test-daily_prices";
    assert.deepEqual(statements(await schedule(), "nightly-starter-run-task"), [
      {
        Sid: "Run",
        Effect: "Allow",
        Action: ["ecs:RunTask"],
        Resource: "arn:aws:ecs:eu-west-1:123456789012:task-definition/tidegate-test-daily_prices:*",
        Condition: { ArnEquals: { "ecs:cluster": CLUSTER } },
      },
      {
        Sid: "TagWhatItStarts",
        Effect: "Allow",
        Action: ["ecs:TagResource"],
        Resource: "arn:aws:ecs:eu-west-1:123456789012:task/tidegate-test-runner/*",
        Condition: { StringEquals: { "ecs:CreateAction": "RunTask" } },
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

  it("has a role that may read its own schedule and fill the dead-letter queue", async () => {
    const recording = await schedule();
    const [read] = statements(recording, "nightly-starter-read-schedule");
    assert.deepEqual(read?.Condition, {
      StringEquals: {
        "kms:EncryptionContext:aws:scheduler:schedule:arn":
          "arn:aws:scheduler:eu-west-1:123456789012:schedule/tidegate-test-datasets/tidegate-test-daily_prices",
      },
      "ForAnyValue:StringEquals": { "kms:ResourceAliases": "alias/tidegate-test-key" },
    });
    const [send] = statements(recording, "nightly-starter-send-dead-letters");
    assert.deepEqual(send, {
      Sid: "DeadLetters",
      Effect: "Allow",
      Action: ["sqs:SendMessage"],
      Resource: "arn:aws:sqs:eu-west-1:123456789012:tidegate-test-dead-letters",
    });
  });
});
