import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { arn } from "./arns.ts";
import type { Context } from "./context.ts";
import { ServiceRole, type ServiceRoleArgs } from "./service-role.ts";
import { type Transform, transformed } from "./transform.ts";

export interface DatabaseProxyTransform {
  readonly proxy?: Transform<aws.rds.ProxyArgs>;
  readonly proxyRole?: ServiceRoleArgs["transform"];
  readonly proxyTargetGroup?: Transform<aws.rds.ProxyDefaultTargetGroupArgs>;
  readonly proxyTarget?: Transform<aws.rds.ProxyTargetArgs>;
}

interface DatabaseProxyArgs {
  readonly context: Context;
  readonly label: string;
  readonly instance: aws.rds.Instance;
  readonly subnetIds: pulumi.Input<pulumi.Input<string>[]>;
  readonly securityGroupId: pulumi.Input<string>;
  readonly port: number;
  readonly transform?: DatabaseProxyTransform | undefined;
}

/**
 * Keeps connections to a database open and shares them among many clients. Database makes it.
 * @example new DatabaseProxy("proxy", { context, label: "database", instance, subnetIds, securityGroupId, port: 6432 });
 *
 * **Cost**: 0.015 USD per vCPU of the database and hour, for two vCPUs at least: 22 USD a month.
 *
 * **Security**: TLS is required; a client's token of IAM signs in to the proxy, and the proxy signs in to the database with one
 * of its own, so that there is no password anywhere. It reaches the users of this stack. The proxy shares the database's
 * security group, and talks to the database within it.
 */
export class DatabaseProxy extends pulumi.ComponentResource {
  readonly host: pulumi.Output<string>;
  readonly nodes: {
    readonly role: ServiceRole;
    readonly proxy: aws.rds.Proxy;
    readonly targetGroup: aws.rds.ProxyDefaultTargetGroup;
    readonly target: aws.rds.ProxyTarget;
    readonly inside: readonly [aws.vpc.SecurityGroupIngressRule, aws.vpc.SecurityGroupEgressRule];
  };

  constructor(name: string, args: DatabaseProxyArgs, opts: pulumi.ComponentResourceOptions = {}) {
    super("tidegate:database:DatabaseProxy", name, {}, opts);
    const { context, label, instance, securityGroupId, port, transform } = args;
    const child = { parent: this };
    const role = new ServiceRole(
      `${name}-sign-in`,
      {
        context,
        label: `${label}-proxy`,
        description: "Lets the proxy sign in to the database",
        service: "rds.amazonaws.com",
        sourceArn: arn(context, "rds", "*"),
        transform: transform?.proxyRole,
      },
      child,
    );
    role.allow("connect-database", [
      {
        sid: "SignIn",
        actions: ["rds-db:connect"],
        resources: arn(context, "rds-db", `dbuser:*/${context.prefix("databaseUser")}*`),
      },
    ]);
    const within = {
      securityGroupId,
      referencedSecurityGroupId: securityGroupId,
      description: `${label}: from the proxy to the database`,
      ipProtocol: "tcp",
      fromPort: port,
      toPort: port,
    };
    const inside = [
      new aws.vpc.SecurityGroupIngressRule(`${name}-in`, within, child),
      new aws.vpc.SecurityGroupEgressRule(`${name}-out`, within, child),
    ] as const;
    const proxy = new aws.rds.Proxy(
      `${name}-proxy`,
      transformed(
        {
          name: context.name("database", `${label}-proxy`),
          engineFamily: "POSTGRESQL",
          defaultAuthScheme: "IAM_AUTH",
          roleArn: role.arn,
          requireTls: true,
          debugLogging: false,
          idleClientTimeout: 600,
          vpcSubnetIds: args.subnetIds,
          vpcSecurityGroupIds: [securityGroupId],
        },
        transform?.proxy,
      ),
      { ...child, dependsOn: role.nodes.policies },
    );
    const targetGroup = new aws.rds.ProxyDefaultTargetGroup(
      `${name}-targets`,
      transformed(
        { dbProxyName: proxy.name, connectionPoolConfig: { maxConnectionsPercent: 80, connectionBorrowTimeout: 60 } },
        transform?.proxyTargetGroup,
      ),
      child,
    );
    const target = new aws.rds.ProxyTarget(
      `${name}-target`,
      transformed(
        {
          dbProxyName: proxy.name,
          targetGroupName: targetGroup.name,
          dbInstanceIdentifier: instance.identifier,
        },
        transform?.proxyTarget,
      ),
      child,
    );
    this.host = proxy.endpoint;
    this.nodes = { role, proxy, targetGroup, target, inside };
    this.registerOutputs({ host: this.host });
  }
}
