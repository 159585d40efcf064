import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { arn } from "./arns.ts";
import type { Context } from "./context.ts";
import type { EncryptionKey } from "./encryption-key.ts";
import { type Transform, transformed } from "./transform.ts";

export interface PipelineGroupArgs {
  readonly context: Context;
  readonly key: EncryptionKey;
  /** Days that logs are kept, one of the numbers that CloudWatch takes. @default 90 */
  readonly logRetentionDays?: number;
  readonly transform?:
    | {
        readonly scheduleGroup?: Transform<aws.scheduler.ScheduleGroupArgs>;
        readonly logGroup?: Transform<aws.cloudwatch.LogGroupArgs>;
      }
    | undefined;
}

/**
 * What the pipelines of a platform have in common: the group of their schedules, the log of their state machines and the source of
 * their events.
 * @example const group = new PipelineGroup("pipelines", { context, key, logRetentionDays: 30 });
 *
 * **Cost**: logs cost 0.50 USD per GB; pipelines that write only errors there stay far below a GB a month.
 *
 * **Security**: the log is encrypted with the platform's key and expires.
 */
export class PipelineGroup extends pulumi.ComponentResource {
  /** Name of the group of schedules, known at preview. */
  readonly scheduleGroupName: string;
  readonly logGroupName: string;
  /** ARN of the log group as text that is known at preview. */
  readonly plannedLogGroupArn: pulumi.Output<string>;
  /** Source of the events that the pipelines put on the default event bus. No other stack's pipelines have the same. */
  readonly eventSource: string;
  readonly nodes: { readonly scheduleGroup: aws.scheduler.ScheduleGroup; readonly logGroup: aws.cloudwatch.LogGroup };

  constructor(name: string, args: PipelineGroupArgs, opts: pulumi.ComponentResourceOptions = {}) {
    super("tidegate:pipeline:PipelineGroup", name, {}, opts);
    const { context, transform } = args;
    const child = { parent: this };
    this.scheduleGroupName = context.name("scheduleGroup", "datasets");
    this.logGroupName = context.name("logGroup", "pipelines");
    this.plannedLogGroupArn = arn(context, "logs", `log-group:${this.logGroupName}`);
    this.eventSource = `tidegate.${context.project}-${context.stack}`;
    const scheduleGroup = new aws.scheduler.ScheduleGroup(
      `${name}-schedules`,
      transformed({ name: this.scheduleGroupName }, transform?.scheduleGroup),
      child,
    );
    const logGroup = new aws.cloudwatch.LogGroup(
      `${name}-logs`,
      transformed(
        { name: this.logGroupName, retentionInDays: args.logRetentionDays ?? 90, kmsKeyId: args.key.arn },
        transform?.logGroup,
      ),
      child,
    );
    this.nodes = { scheduleGroup, logGroup };
    this.registerOutputs({ scheduleGroupName: this.scheduleGroupName, logGroupName: this.logGroupName });
  }
}
