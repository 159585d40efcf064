import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { Alerts } from "./alerts.ts";
import { arn } from "./arns.ts";
import type { Artifact, ArtifactStore } from "./artifacts.ts";
import { containerDefinitions } from "./container-definition.ts";
import type { Context } from "./context.ts";
import type { Database } from "./database.ts";
import { type Architecture, NODE_IMAGE } from "./image.ts";
import type { Network } from "./network.ts";
import type { OwnImage } from "./own-image.ts";
import { ServiceRole, type ServiceRoleArgs } from "./service-role.ts";
import type { TaskRunner } from "./task-runner.ts";
import { type Transform, transformed } from "./transform.ts";

export interface DatabaseSetupArgs {
  readonly context: Context;
  readonly database: Database;
  /** Users who sign in with tokens; they can make tables. @default the one that loads */
  readonly users?: readonly string[];
  readonly runner: TaskRunner;
  readonly network: Pick<Network, "taskSubnetIds" | "taskSecurityGroupId" | "assignPublicIp">;
  readonly artifacts: ArtifactStore;
  /** The program, runtime/tasks/administer.ts, in `artifacts`. */
  readonly artifact: Artifact;
  /** Takes starts that failed. */
  readonly alerts: Alerts;
  /** @default NODE_IMAGE */
  readonly image?: string | OwnImage;
  /** @default "arm64" */
  readonly architecture?: Architecture;
  readonly transform?:
    | {
        readonly task?: Transform<aws.ecs.TaskDefinitionArgs>;
        readonly taskRole?: ServiceRoleArgs["transform"];
        readonly executionRole?: ServiceRoleArgs["transform"];
        readonly startRole?: ServiceRoleArgs["transform"];
        readonly rule?: Transform<aws.cloudwatch.EventRuleArgs>;
        readonly target?: Transform<aws.cloudwatch.EventTargetArgs>;
        readonly statements?: Transform<aws.ssm.ParameterArgs>;
      }
    | undefined;
}

/** What the task is called, and what its log streams begin with. */
const TASK = "database-setup";

/**
 * Makes the users of a database who sign in with tokens of IAM, which only its administrator can. What there is to do stands in a
 * parameter; whenever that is written, at the first deployment and when it changes, a task does it within the network.
 * @example
 * new DatabaseSetup("setup", { context, database, runner, network, artifacts, artifact, alerts });
 *
 * **Cost**: less than a cent for each change; the parameter is free.
 *
 * **Security**: this task alone reads the administrator's password, and only of this instance; those who load never see it. The
 * statements come from the program, and can be read in the parameter.
 */
export class DatabaseSetup extends pulumi.ComponentResource {
  readonly nodes: {
    readonly task: aws.ecs.TaskDefinition;
    readonly taskRole: ServiceRole;
    readonly executionRole: ServiceRole;
    readonly startRole: ServiceRole;
    readonly rule: aws.cloudwatch.EventRule;
    readonly target: aws.cloudwatch.EventTarget;
    readonly statements: aws.ssm.Parameter;
  };

  constructor(name: string, args: DatabaseSetupArgs, opts: pulumi.ComponentResourceOptions = {}) {
    super("tidegate:database:DatabaseSetup", name, {}, opts);
    const { context, database, runner, network, artifacts, artifact, alerts, transform } = args;
    const child = { parent: this };
    const family = context.name("taskFamily", TASK);
    const parameterName = `/${context.name("secret", TASK)}`;
    const plannedParameterArn = arn(context, "ssm", `parameter${parameterName}`);
    const image = args.image ?? NODE_IMAGE;

    const byEcs = { context, service: "ecs-tasks.amazonaws.com", sourceArn: arn(context, "ecs", "*") };
    const taskRole = new ServiceRole(
      `${name}-task`,
      {
        ...byEcs,
        label: `${TASK}-task`,
        description: "What the task that prepares the database may do",
        transform: transform?.taskRole,
      },
      child,
    );
    database.grantAdministration(taskRole);
    artifacts.grantRead(taskRole, artifact);
    const executionRole = new ServiceRole(
      `${name}-execution`,
      {
        ...byEcs,
        label: `${TASK}-execution`,
        description: "What ECS may do to start the task that prepares the database",
        transform: transform?.executionRole,
      },
      child,
    );
    runner.grantLog(executionRole, TASK);
    executionRole.allow("read-statements", [
      { sid: "Statements", actions: ["ssm:GetParameters"], resources: plannedParameterArn },
    ]);
    if (typeof image !== "string") image.grantPull(executionRole);
    const task = new aws.ecs.TaskDefinition(
      `${name}-definition`,
      transformed(
        {
          family,
          requiresCompatibilities: ["FARGATE"],
          networkMode: "awsvpc",
          cpu: "256",
          memory: "512",
          runtimePlatform: {
            operatingSystemFamily: "LINUX",
            cpuArchitecture: (args.architecture ?? "arm64").toUpperCase(),
          },
          taskRoleArn: taskRole.arn,
          executionRoleArn: executionRole.arn,
          containerDefinitions: containerDefinitions([
            {
              name: TASK,
              image: typeof image === "string" ? image : image.uri,
              region: context.region,
              logGroup: runner.logGroupName,
              environment: { TIDEGATE_ARTIFACT: artifact.url, TIDEGATE_ARTIFACT_SHA256: artifact.sha256 },
              secrets: { TIDEGATE_ADMINISTRATION: plannedParameterArn },
            },
          ]),
        },
        transform?.task,
      ),
      {
        ...child,
        dependsOn: [
          runner.nodes.logGroup,
          artifact.object,
          ...taskRole.nodes.policies,
          ...executionRole.nodes.policies,
        ],
      },
    );

    const ruleName = context.name("rule", TASK);
    const rule = new aws.cloudwatch.EventRule(
      `${name}-rule`,
      transformed(
        {
          name: ruleName,
          description: "Prepares the database when there is something to prepare",
          eventPattern: JSON.stringify({
            source: ["aws.ssm"],
            "detail-type": ["Parameter Store Change"],
            detail: { name: [parameterName], operation: ["Create", "Update"] },
          }),
          state: "ENABLED",
        },
        transform?.rule,
      ),
      child,
    );
    const startRole = new ServiceRole(
      `${name}-start`,
      {
        context,
        label: `${TASK}-start`,
        description: "What the rule that prepares the database may do",
        service: "events.amazonaws.com",
        sourceArn: arn(context, "events", `rule/${ruleName}`),
        transform: transform?.startRole,
      },
      child,
    );
    startRole.allow("run-task", [
      {
        sid: "Run",
        actions: ["ecs:RunTask"],
        resources: arn(context, "ecs", `task-definition/${family}:*`),
        conditions: { ArnEquals: { "ecs:cluster": runner.plannedClusterArn } },
      },
      {
        sid: "PassItsRoles",
        actions: ["iam:PassRole"],
        resources: [taskRole.plannedArn, executionRole.plannedArn],
        conditions: { StringEquals: { "iam:PassedToService": "ecs-tasks.amazonaws.com" } },
      },
    ]);
    const target = new aws.cloudwatch.EventTarget(
      `${name}-target`,
      transformed(
        {
          rule: rule.name,
          arn: runner.clusterArn,
          roleArn: startRole.arn,
          ecsTarget: {
            taskDefinitionArn: task.arn,
            taskCount: 1,
            launchType: "FARGATE",
            platformVersion: "LATEST",
            networkConfiguration: {
              subnets: network.taskSubnetIds,
              securityGroups: [network.taskSecurityGroupId],
              assignPublicIp: network.assignPublicIp,
            },
          },
          retryPolicy: { maximumEventAgeInSeconds: 3600, maximumRetryAttempts: 10 },
          deadLetterConfig: { arn: alerts.deadLetterQueueArn },
        },
        transform?.target,
      ),
      { ...child, dependsOn: startRole.nodes.policies },
    );
    const statements = new aws.ssm.Parameter(
      `${name}-statements`,
      transformed(
        {
          name: parameterName,
          description: "What the administrator of the database has to do",
          type: "String",
          value: pulumi.jsonStringify({
            host: database.nodes.instance.address,
            port: database.port,
            database: database.database,
            secret: database.administratorSecretArn,
            statements: (args.users ?? [database.user]).map((user) => database.setupSql(user)).join("\n"),
          }),
        },
        transform?.statements,
      ),
      // What is written before somebody looks at it would never be done.
      { ...child, dependsOn: [target, ...database.nodes.ingress] },
    );
    this.nodes = { task, taskRole, executionRole, startRole, rule, target, statements };
    this.registerOutputs({});
  }
}
