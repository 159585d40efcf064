import * as aws from "@pulumi/aws";
import type * as pulumi from "@pulumi/pulumi";
import { arn, bucketArn } from "./arns.ts";
import type { Statement } from "./policy-document.ts";
import { ServiceRole, type ServiceRoleArgs } from "./service-role.ts";
import { type StoreNetwork, type StoreNetworkTransform, storeNetwork } from "./store-network.ts";
import { type Transform, transformed } from "./transform.ts";
import type { WarehouseBase } from "./warehouse-base.ts";

export interface WarehouseAccessTransform extends StoreNetworkTransform {
  readonly egress?: Transform<aws.vpc.SecurityGroupEgressRuleArgs>;
  readonly copyRole?: ServiceRoleArgs["transform"];
}

export interface WarehouseAccess extends StoreNetwork {
  readonly egress: aws.vpc.SecurityGroupEgressRule;
  readonly copyRole: ServiceRole;
}

export const DEFAULTS = {
  label: "warehouse",
  database: "market",
  administrator: "warehouse_admin",
  port: 5439,
} as const;

/** Who reaches a warehouse, and what it reaches: S3, as a role that reads what is to be loaded. */
export function warehouseAccess(
  name: string,
  args: WarehouseBase & { readonly transform?: WarehouseAccessTransform | undefined },
  opts: pulumi.CustomResourceOptions,
): WarehouseAccess {
  const { context, lake, transform } = args;
  const label = args.label ?? DEFAULTS.label;
  const network = storeNetwork(name, { ...args, label, port: args.port ?? DEFAULTS.port }, opts);
  const egress = new aws.vpc.SecurityGroupEgressRule(
    `${name}-to-s3`,
    transformed(
      {
        securityGroupId: network.securityGroup.id,
        description: "COPY reads S3 through the endpoint of the network",
        ipProtocol: "tcp",
        fromPort: 443,
        toPort: 443,
        prefixListId: args.s3PrefixListId,
      },
      transform?.egress,
    ),
    opts,
  );
  const copyRole = new ServiceRole(
    `${name}-copy`,
    {
      context,
      label: `${label}-copy`,
      description: "What COPY may read",
      // Redshift Serverless takes a role by either name.
      // https://docs.aws.amazon.com/redshift/latest/mgmt/serverless-security-other-services.html
      service: ["redshift-serverless.amazonaws.com", "redshift.amazonaws.com"],
      sourceArn: arn(context, "redshift*", "*"),
      transform: transform?.copyRole,
    },
    opts,
  );
  lake.grantRead(copyRole, { folders: ["processed", "loads/warehouse"] });
  copyRole.allow("locate-lake", [
    { sid: "Region", actions: ["s3:GetBucketLocation"], resources: bucketArn(context, lake.bucketName) },
  ]);
  return { ...network, egress, copyRole };
}

/**
 * Looking after statements that one has started oneself; the Data API knows no narrower resource for it.
 * https://docs.aws.amazon.com/redshift/latest/mgmt/data-api-iam.html
 */
export const OWN_STATEMENTS: Statement = {
  sid: "OwnStatements",
  actions: ["redshift-data:DescribeStatement", "redshift-data:GetStatementResult", "redshift-data:CancelStatement"],
  resources: "*",
  conditions: { StringEquals: { "redshift-data:statement-owner-iam-userid": `\${aws:userid}` } },
};

/** Starting statements, alone or several as one transaction. */
export const RUN_STATEMENTS = ["redshift-data:ExecuteStatement", "redshift-data:BatchExecuteStatement"] as const;
