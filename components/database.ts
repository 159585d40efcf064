import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { arn } from "./arns.ts";
import { type Context, stateful } from "./context.ts";
import type { DatabaseArgs } from "./database-args.ts";
import { PARAMETERS, writeSystemMetrics } from "./database-behaviour.ts";
import { DatabaseProxy } from "./database-proxy.ts";
import { databaseUserSql } from "./database-user.ts";
import type { EncryptionKey } from "./encryption-key.ts";
import type { Grantee } from "./grantee.ts";
import { ServiceRole } from "./service-role.ts";
import { databaseLogs, storeLogs } from "./store-logs.ts";
import { type StoreNetwork, storeNetwork } from "./store-network.ts";
import { transformed } from "./transform.ts";

export type { DatabaseArgs } from "./database-args.ts";

/** What dashboards and alarms need to know of a database. */
export interface DatabaseMetrics {
  readonly instance: string;
  /** Of burstable classes, which use up what they saved. */
  readonly hasCredits: boolean;
}

const LOGS = ["postgresql", "upgrade"];

/**
 * A Postgres on RDS for what applications read.
 * @example
 * const database = new Database("database", { context, key, vpcId, subnetIds, clients: { tasks: network.taskSecurityGroupId } });
 * database.grantConnect(taskRole);
 * @example
 * new Database("database", { context, key, vpcId, subnetIds, instanceClass: "db.m7g.large", storage: 400, multiZone: true, proxy: true });
 *
 * **Cost**: db.t4g.micro costs 0.016 USD an hour, 11.70 USD a month, and 20 GB of gp3 2.30 USD; twice that with a standby. Backups
 * up to the size of the database are free. A proxy costs 0.015 USD per vCPU and hour, 22 USD a month at least.
 *
 * **Security**: encrypted with the platform's key, with its backups, logs and insights; TLS is required; never public; only the
 * given clients connect, and it connects to nothing. AWS makes and rotates the administrator's password. Roles sign in with
 * tokens of IAM, as users that the administrator makes, see DatabaseSetup.
 * @stateful protected, with deletion protection and a final snapshot, unless the context is disposable.
 */
export class Database extends pulumi.ComponentResource {
  /** Name of the database in Postgres. */
  readonly database: string;
  readonly port: number;
  /** Where clients connect to: the proxy if there is one. Unknown at preview. */
  readonly host: pulumi.Output<string>;
  /** The user that loads; the name is of this stack alone. */
  readonly user: string;
  /** What a task's TIDEGATE_DATABASE is. Unknown at preview, therefore tasks read it from the parameter below. */
  readonly url: pulumi.Output<string>;
  /** ARN of the parameter with the url, known at preview. */
  readonly plannedAddressArn: pulumi.Output<string>;
  readonly securityGroupId: pulumi.Output<string>;
  /** ARN of the secret with the administrator's password. */
  readonly administratorSecretArn: pulumi.Output<string>;
  readonly metrics: DatabaseMetrics;
  readonly nodes: StoreNetwork & {
    readonly parameterGroup: aws.rds.ParameterGroup;
    readonly subnetGroup: aws.rds.SubnetGroup;
    readonly monitoringRole: ServiceRole;
    readonly logGroups: readonly aws.cloudwatch.LogGroup[];
    readonly instance: aws.rds.Instance;
    readonly proxy: DatabaseProxy | undefined;
    readonly address: aws.ssm.Parameter;
  };
  readonly #context: Context;
  readonly #key: EncryptionKey;

  constructor(name: string, args: DatabaseArgs, opts: pulumi.ComponentResourceOptions = {}) {
    super("tidegate:database:Database", name, {}, opts);
    const { context, key, transform } = args;
    const child = { parent: this };
    const label = args.label ?? "database";
    const physical = context.name("database", label);
    const version = args.version ?? "17";
    const instanceClass = args.instanceClass ?? "db.t4g.micro";
    this.#context = context;
    this.#key = key;
    this.database = args.database ?? "market";
    this.port = args.port ?? 6432;
    this.user = context.name("databaseUser", "loader");

    const network = storeNetwork(name, { ...args, label, port: this.port, transform }, child);
    const subnetGroup = new aws.rds.SubnetGroup(
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
    const parameterGroup = new aws.rds.ParameterGroup(
      `${name}-parameters`,
      transformed(
        {
          name: context.name("parameterGroup", `${label}-${version}`),
          description: `How ${physical} behaves`,
          family: `postgres${version}`,
          parameters: PARAMETERS,
        },
        transform?.parameterGroup,
      ),
      child,
    );
    const monitoringRole = new ServiceRole(
      `${name}-monitoring`,
      {
        context,
        label: `${label}-monitoring`,
        description: "Lets RDS write what the operating system of the database does",
        service: "monitoring.rds.amazonaws.com",
        sourceArn: arn(context, "rds", `db:${physical}`),
        transform: transform?.monitoringRole,
      },
      child,
    );
    monitoringRole.allow("write-metrics", writeSystemMetrics(context));
    const logGroups = storeLogs(
      name,
      {
        key,
        folder: databaseLogs(physical),
        kinds: LOGS,
        retentionDays: args.logRetentionDays ?? 90,
        transform: transform?.logGroup,
      },
      child,
    );
    const instance = new aws.rds.Instance(
      `${name}-instance`,
      transformed(
        {
          identifier: physical,
          engine: "postgres",
          engineVersion: version,
          instanceClass,
          allocatedStorage: args.storage ?? 20,
          maxAllocatedStorage: args.maxStorage ?? 100,
          storageType: "gp3",
          storageEncrypted: true,
          kmsKeyId: key.arn,
          dbName: this.database,
          username: args.administrator ?? "database_admin",
          manageMasterUserPassword: true,
          masterUserSecretKmsKeyId: key.arn,
          iamDatabaseAuthenticationEnabled: true,
          port: this.port,
          publiclyAccessible: false,
          multiAz: args.multiZone ?? false,
          dbSubnetGroupName: subnetGroup.name,
          vpcSecurityGroupIds: [network.securityGroup.id],
          parameterGroupName: parameterGroup.name,
          caCertIdentifier: "rds-ca-rsa2048-g1",
          backupRetentionPeriod: args.backupDays ?? (context.disposable ? 7 : 35),
          backupWindow: "02:00-02:30",
          maintenanceWindow: "sun:03:00-sun:03:30",
          autoMinorVersionUpgrade: true,
          copyTagsToSnapshot: true,
          deleteAutomatedBackups: context.disposable,
          deletionProtection: !context.disposable,
          skipFinalSnapshot: context.disposable,
          ...(context.disposable ? {} : { finalSnapshotIdentifier: `${physical}-final` }),
          enabledCloudwatchLogsExports: LOGS,
          performanceInsightsEnabled: true,
          performanceInsightsKmsKeyId: key.arn,
          performanceInsightsRetentionPeriod: 7,
          monitoringInterval: 60,
          monitoringRoleArn: monitoringRole.arn,
        },
        transform?.instance,
      ),
      { ...child, ...stateful(context), dependsOn: [...logGroups, ...monitoringRole.nodes.policies] },
    );
    this.administratorSecretArn = instance.masterUserSecrets.apply((secrets) => secrets?.[0]?.secretArn ?? "");
    const proxy = args.proxy
      ? new DatabaseProxy(
          `${name}-proxy`,
          {
            context,
            label,
            instance,
            subnetIds: args.subnetIds,
            securityGroupId: network.securityGroup.id,
            port: this.port,
            transform,
          },
          child,
        )
      : undefined;
    this.host = proxy?.host ?? instance.address;
    this.url = pulumi.interpolate`postgres://${this.user}@${this.host}:${this.port}/${this.database}`;
    const parameterName = `/${context.name("secret", `${label}-address`)}`;
    const address = new aws.ssm.Parameter(
      `${name}-address`,
      transformed(
        {
          name: parameterName,
          description: `Where tasks find ${physical}, and as whom`,
          type: "String",
          value: this.url,
        },
        transform?.address,
      ),
      child,
    );
    this.plannedAddressArn = arn(context, "ssm", `parameter${parameterName}`);
    this.securityGroupId = network.securityGroup.id;
    this.metrics = { instance: physical, hasCredits: /^db\.t\d/.test(instanceClass) };
    this.nodes = {
      ...network,
      parameterGroup,
      subnetGroup,
      monitoringRole,
      logGroups,
      instance,
      proxy,
      address,
    };
    this.registerOutputs({ host: this.host, url: this.url });
  }

  /** What the administrator has to run, so that `user` can sign in. */
  setupSql(user: string = this.user): string {
    return databaseUserSql(user, this.database);
  }

  /**
   * Lets a role sign in as a user of Postgres. The ARN of a user holds an id of the instance that nobody knows before it exists,
   * and IAM has no condition for it; so it is the user's name that is of this stack alone.
   * https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/UsingWithRDS.IAMDBAuth.IAMPolicy.html
   */
  grantConnect(role: Grantee, user: string = this.user): void {
    role.allow("connect-database", [
      {
        sid: "SignIn",
        actions: ["rds-db:connect"],
        resources: arn(this.#context, "rds-db", `dbuser:*/${user}`),
      },
    ]);
  }

  /** Lets a role read the administrator's password. RDS names the secret by itself, and tags it with the instance. */
  grantAdministration(role: Grantee): void {
    const instance = arn(this.#context, "rds", `db:${this.metrics.instance}`);
    role.allow("administer-database", [
      {
        sid: "Password",
        actions: ["secretsmanager:GetSecretValue"],
        resources: arn(this.#context, "secretsmanager", "secret:rds!db-*"),
        conditions: { StringEquals: { "aws:ResourceTag/aws:rds:primaryDBInstanceArn": instance } },
      },
      this.#key.readStatement("secretsmanager"),
    ]);
  }

  /** Lets the role that starts a task hand the url over as `TIDEGATE_DATABASE`, from the parameter. */
  grantAddress(role: Grantee): void {
    role.allow("read-database-address", [
      { sid: "Address", actions: ["ssm:GetParameters"], resources: this.plannedAddressArn },
    ]);
  }
}
