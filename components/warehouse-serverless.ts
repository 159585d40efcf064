import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { UserError } from "../runtime/dataset/index.ts";
import { arn } from "./arns.ts";
import { type Context, stateful } from "./context.ts";
import type { Grantee } from "./grantee.ts";
import type { ServiceRole } from "./service-role.ts";
import { serverlessLogs, storeLogs } from "./store-logs.ts";
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
import { capacityFaults } from "./warehouse-capacity.ts";

/** How much computing a month may use, in RPU-hours, and what happens then. */
export interface MonthlyUsage {
  readonly rpuHours: number;
  /** `deactivate` refuses queries until the month ends; `emit-metric` and `log` only tell. @default "deactivate" */
  readonly atLimit?: "deactivate" | "emit-metric" | "log";
}

export interface ServerlessWarehouseArgs extends WarehouseBase {
  readonly kind: "serverless";
  /** RPUs that a query begins with: 8 to 512 in steps of 8. @default 8 */
  readonly baseCapacity?: number;
  /** RPUs that it may grow to. @default baseCapacity */
  readonly maxCapacity?: number;
  /** @default { rpuHours: 60, atLimit: "deactivate" } */
  readonly usage?: MonthlyUsage | "unlimited";
  /** Seconds after which a statement is ended. @default 3600 */
  readonly longestStatement?: number;
  readonly transform?:
    | (WarehouseAccessTransform & {
        readonly namespace?: Transform<aws.redshiftserverless.NamespaceArgs>;
        readonly workgroup?: Transform<aws.redshiftserverless.WorkgroupArgs>;
        readonly usageLimit?: Transform<aws.redshiftserverless.UsageLimitArgs>;
        readonly logGroup?: Transform<aws.cloudwatch.LogGroupArgs>;
      })
    | undefined;
}

const LOGS = ["userlog", "connectionlog", "useractivitylog"];
const DEFAULT_USAGE: MonthlyUsage = { rpuHours: 60 };

/** The tag that a workgroup is granted by: its ARN ends with an id that nobody knows before it exists. */
const GRANT_TAG = "Warehouse";

/**
 * A warehouse that computes only while it is asked: a namespace of Redshift Serverless and its workgroup.
 * @example
 * new ServerlessWarehouse("warehouse", { kind: "serverless", context, key, lake, vpcId, subnetIds, s3PrefixListId });
 * @example
 * new ServerlessWarehouse("warehouse", {
 *   kind: "serverless", context, key, lake, vpcId, subnetIds, s3PrefixListId,
 *   baseCapacity: 32, maxCapacity: 128, usage: { rpuHours: 1000, atLimit: "emit-metric" },
 * });
 *
 * **Cost**: 0.375 USD per RPU-hour, by the second and at least a minute each time: a minute of 8 RPUs costs 0.05 USD. The usage
 * limit bounds a month: 60 RPU-hours are 22.50 USD. Storage: 0.024 USD per GB and month.
 *
 * **Security**: encrypted with the platform's key, audit logs included; TLS is required; never public; only the given clients
 * connect, and only S3 is reached, through the network. AWS makes and rotates the administrator's password. COPY reads
 * processed/ and loads/warehouse/ of the lake. A grant makes a database user of its own for each role, who owns what it makes.
 * @stateful the namespace is protected unless the context is disposable.
 */
export class ServerlessWarehouse extends pulumi.ComponentResource implements Warehouse {
  readonly url: pulumi.Output<string>;
  readonly database: string;
  readonly port: number;
  readonly securityGroupId: pulumi.Output<string>;
  readonly administratorSecretArn: pulumi.Output<string>;
  readonly metrics: WarehouseMetrics;
  readonly nodes: Omit<WarehouseAccess, "copyRole"> & {
    readonly copyRole: ServiceRole;
    readonly namespace: aws.redshiftserverless.Namespace;
    readonly workgroup: aws.redshiftserverless.Workgroup;
    readonly usageLimit: aws.redshiftserverless.UsageLimit | undefined;
    readonly logGroups: readonly aws.cloudwatch.LogGroup[];
  };
  readonly #context: Context;
  readonly #workgroup: string;

  constructor(name: string, args: ServerlessWarehouseArgs, opts: pulumi.ComponentResourceOptions = {}) {
    const faults = capacityFaults(args);
    if (faults.length > 0) throw new UserError("this warehouse cannot be made:", faults);
    super("tidegate:warehouse:ServerlessWarehouse", name, {}, opts);
    const { context, key, transform } = args;
    const child = { parent: this };
    const physical = context.name("warehouse", args.label ?? DEFAULTS.label);
    const usage = args.usage === "unlimited" ? undefined : (args.usage ?? DEFAULT_USAGE);
    this.#context = context;
    this.#workgroup = physical;
    this.database = args.database ?? DEFAULTS.database;
    this.port = args.port ?? DEFAULTS.port;

    const access = warehouseAccess(name, args, child);
    const logGroups = storeLogs(
      name,
      {
        key,
        folder: serverlessLogs(physical),
        kinds: LOGS,
        retentionDays: args.logRetentionDays ?? 90,
        transform: transform?.logGroup,
      },
      child,
    );
    const namespace = new aws.redshiftserverless.Namespace(
      `${name}-namespace`,
      transformed(
        {
          namespaceName: physical,
          dbName: this.database,
          adminUsername: args.administrator ?? DEFAULTS.administrator,
          manageAdminPassword: true,
          adminPasswordSecretKmsKeyId: key.arn,
          kmsKeyId: key.arn,
          iamRoles: [access.copyRole.arn],
          defaultIamRoleArn: access.copyRole.arn,
          logExports: LOGS,
        },
        transform?.namespace,
      ),
      { ...child, ...stateful(context), dependsOn: [...logGroups, ...access.copyRole.nodes.policies] },
    );
    const workgroup = new aws.redshiftserverless.Workgroup(
      `${name}-workgroup`,
      transformed(
        {
          workgroupName: physical,
          namespaceName: namespace.namespaceName,
          baseCapacity: args.baseCapacity ?? 8,
          maxCapacity: args.maxCapacity ?? args.baseCapacity ?? 8,
          enhancedVpcRouting: true,
          publiclyAccessible: false,
          port: this.port,
          subnetIds: args.subnetIds,
          securityGroupIds: [access.securityGroup.id],
          configParameters: parameters(args.longestStatement ?? 3600),
          tags: { ...context.tags, [GRANT_TAG]: physical },
        },
        transform?.workgroup,
      ),
      child,
    );
    const usageLimit =
      usage &&
      new aws.redshiftserverless.UsageLimit(
        `${name}-usage`,
        transformed(
          {
            resourceArn: workgroup.arn,
            usageType: "serverless-compute",
            period: "monthly",
            amount: usage.rpuHours,
            breachAction: usage.atLimit ?? "deactivate",
          },
          transform?.usageLimit,
        ),
        child,
      );
    this.url = pulumi.interpolate`redshift-serverless://${physical}/${this.database}?copyRole=${access.copyRole.plannedArn}`;
    this.securityGroupId = access.securityGroup.id;
    this.administratorSecretArn = namespace.adminPasswordSecretArn;
    this.metrics = { kind: "serverless", workgroup: physical, namespace: physical, rpuHours: usage?.rpuHours };
    this.nodes = { ...access, namespace, workgroup, usageLimit, logGroups };
    this.registerOutputs({ url: this.url });
  }

  grantLoad(role: Grantee): void {
    const workgroups = arn(this.#context, "redshift-serverless", "workgroup/*");
    const conditions = { StringEquals: { [`aws:ResourceTag/${GRANT_TAG}`]: this.#workgroup } };
    role.allow("load-warehouse", [
      { sid: "SignIn", actions: ["redshift-serverless:GetCredentials"], resources: workgroups, conditions },
      { sid: "Statements", actions: RUN_STATEMENTS, resources: workgroups, conditions },
      OWN_STATEMENTS,
    ]);
  }
}

/** Redshift names all of these when it is asked, and what is left out here would look like a change ever after. */
const parameters = (longestStatement: number): { parameterKey: string; parameterValue: string }[] =>
  Object.entries({
    auto_mv: "true",
    datestyle: "ISO, MDY",
    enable_case_sensitive_identifier: "false",
    enable_user_activity_logging: "true",
    max_query_execution_time: String(longestStatement),
    query_group: "default",
    require_ssl: "true",
    search_path: "$user, public",
    use_fips_ssl: "false",
  }).map(([parameterKey, parameterValue]) => ({ parameterKey, parameterValue }));
