import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { UserError } from "../runtime/dataset/index.ts";
import { arn } from "./arns.ts";
import type { Context } from "./context.ts";
import type { EncryptionKey } from "./encryption-key.ts";
import type { Grantee } from "./grantee.ts";
import type { Network } from "./network.ts";
import { SpotCapacity, type SpotCapacityArgs, type SpotInstances } from "./spot-capacity.ts";
import type { CapacityShare } from "./state-machine/values.ts";
import { type Transform, transformed } from "./transform.ts";

/**
 * What tasks run on: Fargate Spot, Fargate on demand, or EC2 Spot instances of the account. What was interrupted several times
 * runs on Fargate on demand, whatever the choice is.
 */
export type Capacity =
  | { readonly kind: "fargate-spot" }
  | { readonly kind: "fargate" }
  | ({ readonly kind: "ec2-spot"; readonly network: Network } & SpotInstances);

export interface TaskRunnerArgs {
  readonly context: Context;
  /** What the cluster is called within the stack. @default the component's name */
  readonly label?: string;
  readonly key: EncryptionKey;
  /** @default { kind: "fargate-spot" } */
  readonly capacity?: Capacity;
  /** Days that logs are kept, one of the numbers that CloudWatch takes. @default 90 */
  readonly logRetentionDays?: number;
  readonly transform?:
    | {
        readonly cluster?: Transform<aws.ecs.ClusterArgs>;
        readonly capacityProviders?: Transform<aws.ecs.ClusterCapacityProvidersArgs>;
        readonly logGroup?: Transform<aws.cloudwatch.LogGroupArgs>;
        readonly spot?: SpotCapacityArgs["transform"];
      }
    | undefined;
}

/**
 * Where tasks run: an ECS cluster with its capacity, and one log group for all tasks.
 * @example const runner = new TaskRunner("runner", { context, key, logRetentionDays: 30 });
 * @example
 * new TaskRunner("runner", { context, key, capacity: { kind: "ec2-spot", network, instanceTypes: ["c7g.large", "m7g.large"] } });
 *
 * **Cost**: the cluster is free. A task of 0.25 vCPU and 512 MiB on arm64 costs about 0.01 USD an hour, on Spot about a third of
 * that. Container Insights costs 0.30 USD a month per metric, only while tasks run. Logs: 0.50 USD per GB. EC2 Spot: see
 * SpotCapacity; it pays for tasks that need more than about 2 vCPU.
 *
 * **Security**: logs are encrypted with the platform's key and expire.
 */
export class TaskRunner extends pulumi.ComponentResource {
  readonly clusterArn: pulumi.Output<string>;
  /** The cluster's name and ARN as text that is known at preview, for policies. */
  readonly clusterName: string;
  readonly plannedClusterArn: pulumi.Output<string>;
  readonly logGroupName: string;
  /** Where a task is tried first. */
  readonly capacity: readonly CapacityShare[];
  /** Where a task runs that was interrupted too often. */
  readonly fallback: readonly CapacityShare[] = [{ capacityProvider: "FARGATE", weight: 1 }];
  /** What a task definition has to be compatible with. */
  readonly compatibilities: readonly ("EC2" | "FARGATE")[];
  readonly nodes: {
    readonly cluster: aws.ecs.Cluster;
    readonly capacityProviders: aws.ecs.ClusterCapacityProviders;
    readonly logGroup: aws.cloudwatch.LogGroup;
    readonly spot: SpotCapacity | undefined;
  };
  readonly #context: Context;

  /** @throws UserError for instances in a network without a way out */
  constructor(name: string, args: TaskRunnerArgs, opts: pulumi.ComponentResourceOptions = {}) {
    const choice = args.capacity ?? { kind: "fargate-spot" };
    refuseWithoutWayOut(choice);
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
    const spot =
      choice.kind === "ec2-spot"
        ? new SpotCapacity(
            `${name}-spot`,
            {
              ...choice,
              context,
              key: args.key,
              label: args.label ?? name,
              clusterName: this.clusterName,
              transform: transform?.spot,
            },
            child,
          )
        : undefined;
    const first = spot?.providerName ?? (choice.kind === "fargate" ? "FARGATE" : "FARGATE_SPOT");
    this.capacity = [{ capacityProvider: first, weight: 1 }];
    this.compatibilities = spot ? ["EC2", "FARGATE"] : ["FARGATE"];
    const capacityProviders = new aws.ecs.ClusterCapacityProviders(
      `${name}-capacity`,
      transformed(
        {
          clusterName: cluster.name,
          capacityProviders: [...(spot ? [spot.nodes.provider.name] : ["FARGATE_SPOT"]), "FARGATE"],
          defaultCapacityProviderStrategies: this.capacity.map((share) => ({ ...share })),
        },
        transform?.capacityProviders,
      ),
      child,
    );
    this.clusterArn = cluster.arn;
    this.nodes = { cluster, capacityProviders, logGroup, spot };
    this.registerOutputs({ clusterArn: this.clusterArn, logGroupName: this.logGroupName });
  }

  /** Lets a role write the log streams below a prefix. @param streamPrefix such as `daily_prices` */
  grantLog(role: Grantee, streamPrefix: string): void {
    role.allow("write-logs", [
      {
        sid: "LogStreams",
        actions: ["logs:CreateLogStream", "logs:PutLogEvents"],
        resources: arn(this.#context, "logs", `log-group:${this.logGroupName}:log-stream:${streamPrefix}/*`),
      },
    ]);
  }
}

/** https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-networking-awsvpc.html */
function refuseWithoutWayOut(choice: Capacity): void {
  if (choice.kind !== "ec2-spot" || !choice.network.assignPublicIp) return;
  throw new UserError("tasks cannot run on these instances:", [
    {
      path: "capacity.network",
      problem: "has its tasks in public subnets, where tasks on EC2 get no address that reaches the internet",
      allowed: "a network with private or isolated subnets for tasks",
      fix: 'give the network a NAT gateway (nat: "single"), or run tasks on Fargate',
    },
  ]);
}
