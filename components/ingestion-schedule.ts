import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { Alerts } from "./alerts.ts";
import { arn } from "./arns.ts";
import type { Context } from "./context.ts";
import type { EncryptionKey } from "./encryption-key.ts";
import type { IngestionTask } from "./ingestion-task.ts";
import type { Network } from "./network.ts";
import { ServiceRole, type ServiceRoleArgs } from "./service-role.ts";
import type { TaskRunner } from "./task-runner.ts";
import { type Transform, transformed } from "./transform.ts";

export interface IngestionScheduleArgs {
  readonly context: Context;
  /** What is started, in the rhythm of its dataset. */
  readonly task: IngestionTask;
  readonly runner: TaskRunner;
  readonly network: Network;
  readonly key: EncryptionKey;
  /** Takes starts that failed. */
  readonly alerts: Alerts;
  /** The group of the platform's schedules. */
  readonly group: aws.scheduler.ScheduleGroup;
  /** Name of the group as text that is known at preview. */
  readonly groupName: string;
  /** @default true */
  readonly enabled?: boolean;
  readonly transform?:
    | { readonly schedule?: Transform<aws.scheduler.ScheduleArgs>; readonly role?: ServiceRoleArgs["transform"] }
    | undefined;
}

/**
 * Starts a dataset's task in its rhythm. A start that ECS refuses, for instance because there is no capacity, is tried again for
 * an hour; then it becomes a message in the dead-letter queue, and that an alarm.
 * @example
 * new IngestionSchedule("prices", { context, task, runner, network, key, alerts, group, groupName });
 *
 * **Cost**: 1 USD per million starts, of which 14 million a month are free.
 *
 * **Security**: its role, which only schedules of the group can take, starts this one task on this one cluster with the task's own
 * roles. The schedule is encrypted with the platform's key.
 */
export class IngestionSchedule extends pulumi.ComponentResource {
  readonly task: IngestionTask;
  readonly scheduleName: string;
  readonly nodes: { readonly schedule: aws.scheduler.Schedule; readonly role: ServiceRole };

  constructor(name: string, args: IngestionScheduleArgs, opts: pulumi.ComponentResourceOptions = {}) {
    super("tidegate:schedule:IngestionSchedule", name, {}, opts);
    const { context, task, runner, network, key, alerts, groupName } = args;
    const { dataset } = task;
    this.task = task;
    this.scheduleName = context.name("schedule", dataset.name);

    const role = new ServiceRole(
      `${name}-starter`,
      {
        context,
        label: `${dataset.name}-schedule`,
        description: `What the schedule of ${dataset.name} may do`,
        service: "scheduler.amazonaws.com",
        sourceArn: arn(context, "scheduler", `schedule-group/${groupName}`),
        transform: args.transform?.role,
      },
      { parent: this },
    );
    task.grantRun(role);
    alerts.grantDeadLetter(role);
    key.grantSchedule(role, arn(context, "scheduler", `schedule/${groupName}/${this.scheduleName}`));

    const schedule = new aws.scheduler.Schedule(
      `${name}-schedule`,
      transformed(
        {
          name: this.scheduleName,
          groupName: args.group.name,
          description: `Brings in ${dataset.name}`,
          scheduleExpression: `cron(${dataset.schedule.cron})`,
          scheduleExpressionTimezone: dataset.schedule.timeZone,
          flexibleTimeWindow: { mode: "FLEXIBLE", maximumWindowInMinutes: 15 },
          state: (args.enabled ?? true) ? "ENABLED" : "DISABLED",
          kmsKeyArn: key.arn,
          target: {
            arn: runner.clusterArn,
            roleArn: role.arn,
            retryPolicy: { maximumEventAgeInSeconds: 3600, maximumRetryAttempts: 10 },
            deadLetterConfig: { arn: alerts.deadLetterQueueArn },
            ecsParameters: {
              taskDefinitionArn: task.taskDefinitionArn,
              taskCount: 1,
              platformVersion: "LATEST",
              capacityProviderStrategies: [...runner.capacity],
              enableEcsManagedTags: true,
              propagateTags: "TASK_DEFINITION",
              networkConfiguration: {
                subnets: network.taskSubnetIds,
                securityGroups: [network.taskSecurityGroupId],
                assignPublicIp: network.assignPublicIp,
              },
            },
          },
        },
        args.transform?.schedule,
      ),
      { parent: this, dependsOn: [...role.nodes.policies, runner.nodes.capacityProviders] },
    );
    this.nodes = { schedule, role };
    this.registerOutputs({ scheduleName: this.scheduleName });
  }
}
