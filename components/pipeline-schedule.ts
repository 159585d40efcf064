import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { Schedule } from "../runtime/dataset/index.ts";
import type { Alerts } from "./alerts.ts";
import { arn } from "./arns.ts";
import type { Context } from "./context.ts";
import type { EncryptionKey } from "./encryption-key.ts";
import type { Grantee } from "./grantee.ts";
import type { PipelineGroup } from "./pipeline-group.ts";
import { ServiceRole, type ServiceRoleArgs } from "./service-role.ts";
import { type Transform, transformed } from "./transform.ts";

export interface PipelineScheduleArgs {
  readonly context: Context;
  /** Name of the dataset. */
  readonly dataset: string;
  /** Its rhythm. */
  readonly schedule: Schedule;
  /** ARN of the state machine that is started. */
  readonly machineArn: pulumi.Input<string>;
  /** Lets a role start it. */
  readonly grantStart: (role: Grantee) => void;
  readonly group: PipelineGroup;
  readonly key: EncryptionKey;
  /** Takes starts that failed. */
  readonly alerts: Alerts;
  /** @default true */
  readonly enabled?: boolean;
  readonly transform?:
    | { readonly schedule?: Transform<aws.scheduler.ScheduleArgs>; readonly role?: ServiceRoleArgs["transform"] }
    | undefined;
}

/**
 * Starts a dataset's pipeline in its rhythm. A start that is refused is tried again for an hour; then it becomes a message in the
 * dead-letter queue, and that an alarm. DatasetPipeline makes it.
 * @example new PipelineSchedule("prices", { context, dataset: "prices", schedule: daily("00:15", "UTC"), machineArn, grantStart, group, key, alerts });
 *
 * **Cost**: 1 USD per million starts, of which 14 million a month are free.
 *
 * **Security**: its role, which only schedules of the group can take, starts this one pipeline. The schedule is encrypted with the
 * platform's key.
 */
export class PipelineSchedule extends pulumi.ComponentResource {
  readonly scheduleName: string;
  readonly nodes: { readonly schedule: aws.scheduler.Schedule; readonly role: ServiceRole };

  constructor(name: string, args: PipelineScheduleArgs, opts: pulumi.ComponentResourceOptions = {}) {
    super("tidegate:pipeline:PipelineSchedule", name, {}, opts);
    const { context, dataset, group, key, alerts } = args;
    this.scheduleName = context.name("schedule", dataset);

    const role = new ServiceRole(
      `${name}-starter`,
      {
        context,
        label: `${dataset}-schedule`,
        description: `What the schedule of ${dataset} may do`,
        service: "scheduler.amazonaws.com",
        sourceArn: arn(context, "scheduler", `schedule-group/${group.scheduleGroupName}`),
        transform: args.transform?.role,
      },
      { parent: this },
    );
    args.grantStart(role);
    alerts.grantDeadLetter(role);
    key.grantSchedule(role, arn(context, "scheduler", `schedule/${group.scheduleGroupName}/${this.scheduleName}`));

    const schedule = new aws.scheduler.Schedule(
      `${name}-schedule`,
      transformed(
        {
          name: this.scheduleName,
          groupName: group.nodes.scheduleGroup.name,
          description: `Brings in ${dataset}`,
          scheduleExpression: `cron(${args.schedule.cron})`,
          scheduleExpressionTimezone: args.schedule.timeZone,
          flexibleTimeWindow: { mode: "FLEXIBLE", maximumWindowInMinutes: 15 },
          state: (args.enabled ?? true) ? "ENABLED" : "DISABLED",
          kmsKeyArn: key.arn,
          target: {
            arn: args.machineArn,
            roleArn: role.arn,
            input: "{}",
            retryPolicy: { maximumEventAgeInSeconds: 3600, maximumRetryAttempts: 10 },
            deadLetterConfig: { arn: alerts.deadLetterQueueArn },
          },
        },
        args.transform?.schedule,
      ),
      { parent: this, dependsOn: role.nodes.policies },
    );
    this.nodes = { schedule, role };
    this.registerOutputs({ scheduleName: this.scheduleName });
  }
}
