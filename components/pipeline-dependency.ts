import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { Dataset } from "../runtime/dataset/index.ts";
import type { Alerts } from "./alerts.ts";
import { arn } from "./arns.ts";
import type { Context } from "./context.ts";
import type { Grantee } from "./grantee.ts";
import type { PipelineGroup } from "./pipeline-group.ts";
import { ServiceRole, type ServiceRoleArgs } from "./service-role.ts";
import { PUBLISHED } from "./state-machine/events.ts";
import { type Transform, transformed } from "./transform.ts";

export interface PipelineDependencyArgs {
  readonly context: Context;
  /** Says what it comes after. */
  readonly dataset: Dataset;
  /** ARN of the state machine that is started. */
  readonly machineArn: pulumi.Input<string>;
  /** Lets a role start it. */
  readonly grantStart: (role: Grantee) => void;
  readonly group: PipelineGroup;
  /** Takes starts that failed. */
  readonly alerts: Alerts;
  /** @default true */
  readonly enabled?: boolean;
  readonly transform?:
    | {
        readonly rule?: Transform<aws.cloudwatch.EventRuleArgs>;
        readonly target?: Transform<aws.cloudwatch.EventTargetArgs>;
        readonly role?: ServiceRoleArgs["transform"];
      }
    | undefined;
}

/**
 * Starts a dataset's pipeline whenever one of the datasets that it comes after was published. A start that is refused is tried
 * again for an hour; then the event becomes a message in the dead-letter queue. DatasetPipeline makes it.
 * @example new PipelineDependency("returns", { context, dataset, machineArn, grantStart, group, alerts });
 *
 * **Cost**: nothing; events of AWS's own default bus cost 1 USD per million.
 *
 * **Security**: its role, which only this rule can take, starts this one pipeline. Events of other stacks start nothing.
 */
export class PipelineDependency extends pulumi.ComponentResource {
  readonly nodes: {
    readonly rule: aws.cloudwatch.EventRule;
    readonly target: aws.cloudwatch.EventTarget;
    readonly role: ServiceRole;
  };

  constructor(name: string, args: PipelineDependencyArgs, opts: pulumi.ComponentResourceOptions = {}) {
    super("tidegate:pipeline:PipelineDependency", name, {}, opts);
    const { context, dataset, group, alerts, transform } = args;
    const child = { parent: this };
    const ruleName = context.name("rule", `${dataset.name}-after`);

    const rule = new aws.cloudwatch.EventRule(
      `${name}-rule`,
      transformed(
        {
          name: ruleName,
          description: `${dataset.name} comes after ${dataset.after.join(" and after ")}`,
          eventPattern: JSON.stringify({
            source: [group.eventSource],
            "detail-type": [PUBLISHED],
            detail: { dataset: dataset.after },
          }),
          state: (args.enabled ?? true) ? "ENABLED" : "DISABLED",
        },
        transform?.rule,
      ),
      child,
    );
    const role = new ServiceRole(
      `${name}-starter`,
      {
        context,
        label: `${dataset.name}-after`,
        description: `What the rule that starts ${dataset.name} may do`,
        service: "events.amazonaws.com",
        sourceArn: arn(context, "events", `rule/${ruleName}`),
        transform: transform?.role,
      },
      child,
    );
    args.grantStart(role);
    const target = new aws.cloudwatch.EventTarget(
      `${name}-target`,
      transformed(
        {
          rule: rule.name,
          arn: args.machineArn,
          roleArn: role.arn,
          input: "{}",
          retryPolicy: { maximumEventAgeInSeconds: 3600, maximumRetryAttempts: 10 },
          deadLetterConfig: { arn: alerts.deadLetterQueueArn },
        },
        transform?.target,
      ),
      { ...child, dependsOn: role.nodes.policies },
    );
    this.nodes = { rule, target, role };
    this.registerOutputs({});
  }
}
