import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import { Alerts } from "../../components/alerts.ts";
import { ArtifactStore } from "../../components/artifacts.ts";
import { Database } from "../../components/database.ts";
import { DatabaseSetup, type DatabaseSetupArgs } from "../../components/database-setup.ts";
import { TaskRunner } from "../../components/task-runner.ts";
import { Secret } from "../../offline/wire.ts";
import { alertsArgs } from "../support/components.ts";
import { inputs, joined, json, made, recorded, resource, statements } from "../support/pulumi.ts";
import { storeParts } from "../support/stores.ts";

const setup = (given: Partial<DatabaseSetupArgs> = {}, mode: "preview" | "update" = "preview") =>
  recorded(
    () => {
      const parts = storeParts();
      const { context, key } = parts;
      const runner = new TaskRunner("runner", { context, key });
      const artifacts = new ArtifactStore("artifacts", { context, key });
      new DatabaseSetup("setup", {
        context,
        database: new Database("database", parts),
        runner,
        network: {
          taskSubnetIds: pulumi.output(["subnet-a"]),
          taskSecurityGroupId: pulumi.output("sg-tasks"),
          assignPublicIp: false,
        },
        artifacts,
        artifact: artifacts.add("administer", "components/bootstrap/program.ts"),
        alerts: new Alerts("alerts", alertsArgs(context, key, runner)),
        ...given,
      });
    },
    { mode },
  );

const PARAMETER = "arn:aws:ssm:eu-west-1:123456789012:parameter/tidegate/test/database-setup";

describe("DatabaseSetup", () => {
  it("is a task, a rule that starts it, and a parameter with what there is to do", async () => {
    const own = made(await setup()).filter((name) => name.includes(" setup"));
    assert.deepEqual(own, [
      "aws:cloudwatch/eventRule:EventRule setup-rule",
      "aws:cloudwatch/eventTarget:EventTarget setup-target",
      "aws:ecs/taskDefinition:TaskDefinition setup-definition",
      "aws:iam/role:Role setup-execution-role",
      "aws:iam/role:Role setup-start-role",
      "aws:iam/role:Role setup-task-role",
      "aws:iam/rolePolicy:RolePolicy setup-execution-read-statements",
      "aws:iam/rolePolicy:RolePolicy setup-execution-write-logs",
      "aws:iam/rolePolicy:RolePolicy setup-start-run-task",
      "aws:iam/rolePolicy:RolePolicy setup-task-administer-database",
      "aws:iam/rolePolicy:RolePolicy setup-task-read-artifact",
      "aws:ssm/parameter:Parameter setup-statements",
      "tidegate:database:DatabaseSetup setup",
      "tidegate:security:ServiceRole setup-execution",
      "tidegate:security:ServiceRole setup-start",
      "tidegate:security:ServiceRole setup-task",
    ]);
  });

  it("says where, with which secret and what, for each user", async () => {
    const value = taskOf(await setup({ users: ["one", "two"] }, "update"));
    assert.deepEqual(Object.keys(value), ["host", "port", "database", "secret", "statements"]);
    assert.deepEqual([value.port, value.database], [6432, "market"]);
    assert.match(String(value.host), /^tidegate-test-database\..*\.rds\.amazonaws\.com$/);
    assert.match(String(value.secret), /^arn:aws:secretsmanager:.*:secret:rds!db-/);
    assert.match(String(value.statements), /create role one login(.|\n)*create role two login/);
    const loader = taskOf(await setup({}, "update"));
    assert.match(String(loader.statements), /grant rds_iam to tidegate_test_loader;/);
  });

  it("is done whenever the parameter is written, which comes last", async () => {
    const recording = await setup();
    assert.deepEqual(json(recording, "setup-rule", "eventPattern"), {
      source: ["aws.ssm"],
      "detail-type": ["Parameter Store Change"],
      detail: { name: ["/tidegate/test/database-setup"], operation: ["Create", "Update"] },
    });
    const waits = resource(recording, "setup-statements").dependencies.map((urn) => urn.split("::").at(-1));
    for (const name of ["setup-target", "database-from-tasks", "database-instance"])
      assert(waits.includes(name), `the parameter does not wait for ${name}`);
    const { ecsTarget, retryPolicy } = inputs(recording, "setup-target");
    assert.deepEqual(retryPolicy, { maximumEventAgeInSeconds: 3600, maximumRetryAttempts: 10 });
    const { networkConfiguration, launchType, taskCount } = ecsTarget as Record<string, unknown>;
    assert.deepEqual([launchType, taskCount], ["FARGATE", 1]);
    assert.deepEqual(networkConfiguration, {
      subnets: ["subnet-a"],
      securityGroups: ["sg-tasks"],
      assignPublicIp: false,
    });
    assert.deepEqual(joined(recording, "setup-target", "deadLetterConfig"), ["alerts-dead-letters"]);
    assert.deepEqual(joined(recording, "setup-target", "ecsTarget"), ["setup-definition"]);
  });

  it("is the only one that reads the password, and of this instance alone", async () => {
    const recording = await setup();
    const [password, decrypt] = statements(recording, "setup-task-administer-database");
    assert.deepEqual(password, {
      Sid: "Password",
      Effect: "Allow",
      Action: ["secretsmanager:GetSecretValue"],
      Resource: "arn:aws:secretsmanager:eu-west-1:123456789012:secret:rds!db-*",
      Condition: {
        StringEquals: {
          "aws:ResourceTag/aws:rds:primaryDBInstanceArn":
            "arn:aws:rds:eu-west-1:123456789012:db:tidegate-test-database",
        },
      },
    });
    assert.deepEqual(decrypt?.Action, ["kms:Decrypt"]);
    assert.equal(statements(recording, "setup-execution-read-statements")[0]?.Resource, PARAMETER);
  });

  it("is started by its rule alone, with its own roles", async () => {
    const recording = await setup();
    const [trust] = statements(recording, "setup-start-role", "assumeRolePolicy");
    assert.deepEqual(trust?.Principal, { Service: "events.amazonaws.com" });
    const [run, pass] = statements(recording, "setup-start-run-task");
    assert.equal(run?.Resource, "arn:aws:ecs:eu-west-1:123456789012:task-definition/tidegate-test-database-setup:*");
    assert.deepEqual(pass?.Resource, [
      "arn:aws:iam::123456789012:role/tidegate-test-database-setup-task",
      "arn:aws:iam::123456789012:role/tidegate-test-database-setup-execution",
    ]);
  });

  it("has no secret in its definition, which is known at preview", async () => {
    const [container] = json(await setup(), "setup-definition", "containerDefinitions") as Record<string, unknown>[];
    assert.deepEqual(container?.secrets, [{ name: "TIDEGATE_ADMINISTRATION", valueFrom: PARAMETER }]);
    const environment = container?.environment as { name: string }[];
    assert.deepEqual(
      environment.map(({ name }) => name),
      ["TIDEGATE_ARTIFACT", "TIDEGATE_ARTIFACT_SHA256"],
    );
  });
});

function taskOf(recording: Awaited<ReturnType<typeof recorded>>): Record<string, unknown> {
  const { value } = inputs(recording, "setup-statements");
  assert(value instanceof Secret);
  return JSON.parse(String(value.value));
}
