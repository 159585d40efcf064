import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { arn } from "./arns.ts";
import type { Context } from "./context.ts";
import type { EncryptionKey } from "./encryption-key.ts";
import type { ServiceRole } from "./service-role.ts";
import { type Transform, transformed } from "./transform.ts";

export interface TaskRunnerArgs {
  readonly context: Context;
  /** What the cluster is called within the stack. @default the component's name */
  readonly label?: string;
  readonly key: EncryptionKey;
  /** Days that logs are kept, one of the numbers that CloudWatch takes. @default 90 */
  readonly logRetentionDays?: number;
  readonly transform?:
    | {
        readonly cluster?: Transform<aws.ecs.ClusterArgs>;
        readonly capacityProviders?: Transform<aws.ecs.ClusterCapacityProvidersArgs>;
        readonly logGroup?: Transform<aws.cloudwatch.LogGroupArgs>;
      }
    | undefined;
}

/** How likely a task is placed on each kind of capacity. */
export interface CapacityShare {
  readonly capacityProvider: string;
  readonly weight: number;
}

/**
 * Where tasks run: an ECS cluster on Fargate, and one log group for all of them.
 * @example const runner = new TaskRunner("runner", { context, key, logRetentionDays: 30 });
 *
 * **Cost**: the cluster is free. A task of 0.25 vCPU and 512 MiB on arm64 costs about 0.01 USD an hour, on Spot about a third of
 * that. Container Insights costs 0.30 USD a month per metric, only while tasks run. Logs: 0.50 USD per GB.
 *
 * **Security**: logs are encrypted with the platform's key and expire.
 */
export class TaskRunner extends pulumi.ComponentResource {
  readonly clusterArn: pulumi.Output<string>;
  /** The cluster's name and ARN as text that is known at preview, for policies. */
  readonly clusterName: string;
  readonly plannedClusterArn: pulumi.Output<string>;
  readonly logGroupName: string;
  /** Spot first, with on-demand as the other possibility. */
  readonly capacity: readonly CapacityShare[] = [
    { capacityProvider: "FARGATE_SPOT", weight: 4 },
    { capacityProvider: "FARGATE", weight: 1 },
  ];
  readonly nodes: {
    readonly cluster: aws.ecs.Cluster;
    readonly capacityProviders: aws.ecs.ClusterCapacityProviders;
    readonly logGroup: aws.cloudwatch.LogGroup;
  };
  readonly #context: Context;

  constructor(name: string, args: TaskRunnerArgs, opts: pulumi.ComponentResourceOptions = {}) {
    super("tidegate:compute:TaskRunner", name, {}, opts);
    const { context, transform } = args;
    const child = { parent: this };
    this.#context = context;
    this.clusterName = context.name("cluster", args.label ?? name);
    this.plannedClusterArn = arn(context, "ecs", `cluster/${this.clusterName}`);
    this.logGroupName = context.name("logGroup", "tasks");

    const logGroup = new aws.cloudwatch.LogGroup(
      `${name}-logs`,
      transformed(
        { name: this.logGroupName, retentionInDays: args.logRetentionDays ?? 90, kmsKeyId: args.key.arn },
        transform?.logGroup,
      ),
      child,
    );
    const cluster = new aws.ecs.Cluster(
      `${name}-cluster`,
      transformed(
        { name: this.clusterName, settings: [{ name: "containerInsights", value: "enabled" }] },
        transform?.cluster,
      ),
      child,
    );
    const capacityProviders = new aws.ecs.ClusterCapacityProviders(
      `${name}-capacity`,
      transformed(
        {
          clusterName: cluster.name,
          capacityProviders: this.capacity.map(({ capacityProvider }) => capacityProvider),
          defaultCapacityProviderStrategies: [...this.capacity],
        },
        transform?.capacityProviders,
      ),
      child,
    );
    this.clusterArn = cluster.arn;
    this.nodes = { cluster, capacityProviders, logGroup };
    this.registerOutputs({ clusterArn: this.clusterArn, logGroupName: this.logGroupName });
  }

  /** Lets a role write the log streams below a prefix. @param streamPrefix such as `daily_prices` */
  grantLog(role: ServiceRole, streamPrefix: string): void {
    role.allow("write-logs", [
      {
        sid: "LogStreams",
        actions: ["logs:CreateLogStream", "logs:PutLogEvents"],
        resources: arn(this.#context, "logs", `log-group:${this.logGroupName}:log-stream:${streamPrefix}/*`),
      },
    ]);
  }
}
