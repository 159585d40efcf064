import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { arn } from "./arns.ts";
import type { Context } from "./context.ts";
import type { EncryptionKey } from "./encryption-key.ts";
import { ServiceRole, type ServiceRoleArgs } from "./service-role.ts";
import { type Transform, transformed } from "./transform.ts";

export interface FlowLogArgs {
  readonly context: Context;
  /** What the log is called within the stack. @default the component's name */
  readonly label?: string;
  readonly key: EncryptionKey;
  readonly vpcId: pulumi.Input<string>;
  /** Days that records are kept, one of the numbers that CloudWatch takes. @default 90 */
  readonly retentionDays?: number;
  /** Which connections: those that were let through, those that were not, or both. @default "ALL" */
  readonly traffic?: "ACCEPT" | "REJECT" | "ALL";
  readonly transform?:
    | {
        readonly logGroup?: Transform<aws.cloudwatch.LogGroupArgs>;
        readonly flowLog?: Transform<aws.ec2.FlowLogArgs>;
        readonly role?: ServiceRoleArgs["transform"];
      }
    | undefined;
}

/**
 * Who talked to whom in a VPC, and who was refused.
 * @example new FlowLog("flows", { context, key, vpcId: network.vpcId, retentionDays: 30, traffic: "REJECT" });
 *
 * **Cost**: 0.50 USD per GB of records and 0.03 USD a month per GB kept; a task makes a few kB a minute.
 *
 * **Security**: records are encrypted with the platform's key and expire; the role that writes them can write nothing else.
 */
export class FlowLog extends pulumi.ComponentResource {
  readonly logGroupName: string;
  readonly nodes: {
    readonly logGroup: aws.cloudwatch.LogGroup;
    readonly role: ServiceRole;
    readonly flowLog: aws.ec2.FlowLog;
  };

  constructor(name: string, args: FlowLogArgs, opts: pulumi.ComponentResourceOptions = {}) {
    super("tidegate:network:FlowLog", name, {}, opts);
    const { context, transform } = args;
    const child = { parent: this };
    const label = args.label ?? name;
    this.logGroupName = context.name("logGroup", label);

    const logGroup = new aws.cloudwatch.LogGroup(
      `${name}-logs`,
      transformed(
        { name: this.logGroupName, retentionInDays: args.retentionDays ?? 90, kmsKeyId: args.key.arn },
        transform?.logGroup,
      ),
      child,
    );
    const role = new ServiceRole(
      `${name}-writer`,
      {
        context,
        label,
        description: "Writes the flow log of the network",
        service: "vpc-flow-logs.amazonaws.com",
        sourceArn: arn(context, "ec2", "vpc-flow-log/*"),
        transform: transform?.role,
      },
      child,
    );
    role.allow("write-flow-log", [
      {
        sid: "LogStreams",
        actions: ["logs:CreateLogStream", "logs:DescribeLogStreams", "logs:PutLogEvents"],
        resources: arn(context, "logs", `log-group:${this.logGroupName}:*`),
      },
      {
        // AWS lists groups by this one name for all of them.
        sid: "LogGroups",
        actions: ["logs:DescribeLogGroups"],
        resources: arn(context, "logs", "log-group:*"),
      },
    ]);
    const flowLog = new aws.ec2.FlowLog(
      `${name}-flow-log`,
      transformed(
        {
          vpcId: args.vpcId,
          trafficType: args.traffic ?? "ALL",
          logDestinationType: "cloud-watch-logs",
          logDestination: logGroup.arn,
          iamRoleArn: role.arn,
          maxAggregationInterval: 600,
        },
        transform?.flowLog,
      ),
      { ...child, dependsOn: role.nodes.policies },
    );
    this.nodes = { logGroup, role, flowLog };
    this.registerOutputs({ logGroupName: this.logGroupName });
  }
}
