import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { UserError } from "../runtime/dataset/index.ts";
import { arn } from "./arns.ts";
import { type Context, stateful } from "./context.ts";
import type { Grantee } from "./grantee.ts";
import { clusterLogs, storeLogs } from "./store-logs.ts";
import { type Transform, transformed } from "./transform.ts";
import {
  DEFAULTS,
  OWN_STATEMENTS,
  RUN_STATEMENTS,
  type WarehouseAccess,
  type WarehouseAccessTransform,
  warehouseAccess,
} from "./warehouse-access.ts";
import type { Warehouse, WarehouseBase, WarehouseMetrics } from "./warehouse-base.ts";

/** Nodes whose storage is apart from their computing. https://docs.aws.amazon.com/redshift/latest/mgmt/working-with-clusters.html */
export type NodeType = "ra3.large" | "ra3.xlplus" | "ra3.4xlarge" | "ra3.16xlarge";

export interface ProvisionedWarehouseArgs extends WarehouseBase {
  readonly kind: "provisioned";
  /** @default "ra3.large" */
  readonly nodeType?: NodeType;
  /** 1 to 128; several share the work. @default 1 */
  readonly nodes?: number;
  /** A second set of nodes in another zone; wants two nodes or more, and no ra3.large. @default false */
  readonly multiZone?: boolean;
  /** Days that daily snapshots are kept, 1 to 35. @default 7 */
  readonly snapshotDays?: number;
  /** When AWS may maintain it, in UTC. @default "sun:03:00-sun:04:00" */
  readonly maintenance?: string;
  readonly transform?:
    | (WarehouseAccessTransform & {
        readonly parameterGroup?: Transform<aws.redshift.ParameterGroupArgs>;
        readonly subnetGroup?: Transform<aws.redshift.SubnetGroupArgs>;
        readonly cluster?: Transform<aws.redshift.ClusterArgs>;
        readonly logging?: Transform<aws.redshift.LoggingArgs>;
        readonly logGroup?: Transform<aws.cloudwatch.LogGroupArgs>;
      })
    | undefined;
}

const LOGS = ["userlog", "connectionlog", "useractivitylog"];

/**
 * A warehouse that is always on: a Redshift cluster of RA3 nodes.
 * @example
 * new ProvisionedWarehouse("warehouse", { kind: "provisioned", context, key, lake, vpcId, subnetIds, s3PrefixListId });
 * @example
 * new ProvisionedWarehouse("warehouse", {
 *   kind: "provisioned", context, key, lake, vpcId, subnetIds, s3PrefixListId,
 *   nodeType: "ra3.4xlarge", nodes: 2, multiZone: true, snapshotDays: 35,
 * });
 *
 * **Cost**: a node of ra3.large costs 0.543 USD an hour, 396 USD a month; ra3.xlplus twice, ra3.4xlarge six times that. Storage:
 * 0.024 USD per GB and month. It is worth it beyond about 1,000 RPU-hours a month.
 *
 * **Security**: encrypted with the platform's key, audit logs included; TLS is required; never public; only the given clients
 * connect, and only S3 is reached, through the network. AWS makes and rotates the administrator's password. COPY reads
 * processed/ and loads/warehouse/ of the lake. A grant makes a database user of its own for each role, who owns what it makes.
 * @stateful protected, and snapshotted before a deletion, unless the context is disposable.
 */
export class ProvisionedWarehouse extends pulumi.ComponentResource implements Warehouse {
  readonly url: pulumi.Output<string>;
  readonly database: string;
  readonly port: number;
  readonly securityGroupId: pulumi.Output<string>;
  readonly administratorSecretArn: pulumi.Output<string>;
  readonly metrics: WarehouseMetrics;
  readonly nodes: WarehouseAccess & {
    readonly parameterGroup: aws.redshift.ParameterGroup;
    readonly subnetGroup: aws.redshift.SubnetGroup;
    readonly cluster: aws.redshift.Cluster;
    readonly logging: aws.redshift.Logging;
    readonly logGroups: readonly aws.cloudwatch.LogGroup[];
  };
  readonly #context: Context;
  readonly #cluster: string;

  constructor(name: string, args: ProvisionedWarehouseArgs, opts: pulumi.ComponentResourceOptions = {}) {
    refuseImpossible(args);
    super("tidegate:warehouse:ProvisionedWarehouse", name, {}, opts);
    const { context, key, transform, nodes = 1 } = args;
    const child = { parent: this };
    const label = args.label ?? DEFAULTS.label;
    const physical = context.name("warehouse", label);
    this.#context = context;
    this.#cluster = physical;
    this.database = args.database ?? DEFAULTS.database;
    this.port = args.port ?? DEFAULTS.port;

    const access = warehouseAccess(name, args, child);
    const logGroups = storeLogs(
      name,
      {
        key,
        folder: clusterLogs(physical),
        kinds: LOGS,
        retentionDays: args.logRetentionDays ?? 90,
        transform: transform?.logGroup,
      },
      child,
    );
    const parameterGroup = new aws.redshift.ParameterGroup(
      `${name}-parameters`,
      transformed(
        {
          name: context.name("parameterGroup", label),
          description: `How ${physical} behaves`,
          family: "redshift-2.0",
          parameters: [
            { name: "require_ssl", value: "true" },
            { name: "enable_user_activity_logging", value: "true" },
          ],
        },
        transform?.parameterGroup,
      ),
      child,
    );
    const subnetGroup = new aws.redshift.SubnetGroup(
      `${name}-subnets`,
      transformed(
        {
          name: context.name("subnetGroup", label),
          description: `Where ${physical} stands`,
          subnetIds: args.subnetIds,
        },
        transform?.subnetGroup,
      ),
      child,
    );
    const cluster = new aws.redshift.Cluster(
      `${name}-cluster`,
      transformed(
        {
          clusterIdentifier: physical,
          nodeType: args.nodeType ?? "ra3.large",
          clusterType: nodes === 1 ? "single-node" : "multi-node",
          numberOfNodes: nodes,
          multiAz: args.multiZone ?? false,
          databaseName: this.database,
          masterUsername: args.administrator ?? DEFAULTS.administrator,
          manageMasterPassword: true,
          masterPasswordSecretKmsKeyId: key.arn,
          port: this.port,
          encrypted: "true",
          kmsKeyId: key.arn,
          enhancedVpcRouting: true,
          publiclyAccessible: false,
          clusterSubnetGroupName: subnetGroup.name,
          clusterParameterGroupName: parameterGroup.name,
          vpcSecurityGroupIds: [access.securityGroup.id],
          iamRoles: [access.copyRole.arn],
          defaultIamRoleArn: access.copyRole.arn,
          allowVersionUpgrade: true,
          preferredMaintenanceWindow: args.maintenance ?? "sun:03:00-sun:04:00",
          automatedSnapshotRetentionPeriod: args.snapshotDays ?? 7,
          skipFinalSnapshot: context.disposable,
          ...(context.disposable ? {} : { finalSnapshotIdentifier: `${physical}-final` }),
        },
        transform?.cluster,
      ),
      { ...child, ...stateful(context), dependsOn: access.copyRole.nodes.policies },
    );
    const logging = new aws.redshift.Logging(
      `${name}-audit`,
      transformed(
        { clusterIdentifier: cluster.clusterIdentifier, logDestinationType: "cloudwatch", logExports: LOGS },
        transform?.logging,
      ),
      { ...child, dependsOn: logGroups },
    );
    this.url = pulumi.interpolate`redshift://${physical}/${this.database}?copyRole=${access.copyRole.plannedArn}`;
    this.securityGroupId = access.securityGroup.id;
    this.administratorSecretArn = cluster.masterPasswordSecretArn;
    this.metrics = { kind: "provisioned", cluster: physical };
    this.nodes = { ...access, parameterGroup, subnetGroup, cluster, logging, logGroups };
    this.registerOutputs({ url: this.url });
  }

  grantLoad(role: Grantee): void {
    const name = (kind: string, end = "") => arn(this.#context, "redshift", `${kind}:${this.#cluster}${end}`);
    role.allow("load-warehouse", [
      {
        sid: "SignIn",
        actions: ["redshift:GetClusterCredentialsWithIAM"],
        resources: name("dbname", `/${this.database}`),
      },
      { sid: "Statements", actions: RUN_STATEMENTS, resources: name("cluster") },
      OWN_STATEMENTS,
    ]);
  }
}

function refuseImpossible({
  nodeType = "ra3.large",
  nodes = 1,
  multiZone,
  snapshotDays = 7,
}: ProvisionedWarehouseArgs) {
  const faults = [];
  if (!Number.isInteger(nodes) || nodes < 1 || nodes > 128)
    faults.push({ path: "nodes", problem: "is no number of nodes", value: nodes, allowed: "1 to 128" });
  if (!Number.isInteger(snapshotDays) || snapshotDays < 1 || snapshotDays > 35)
    faults.push({ path: "snapshotDays", problem: "is no retention", value: snapshotDays, allowed: "1 to 35 days" });
  if (multiZone && (nodes < 2 || nodeType === "ra3.large"))
    faults.push({
      path: "multiZone",
      problem: `is not possible with ${nodes} of ${nodeType}`,
      value: multiZone,
      allowed: "two nodes or more of ra3.xlplus, ra3.4xlarge or ra3.16xlarge",
    });
  if (faults.length > 0) throw new UserError("this warehouse cannot be made:", faults);
}
