import * as aws from "@pulumi/aws";
import type * as pulumi from "@pulumi/pulumi";
import { arn } from "./arns.ts";
import type { Context } from "./context.ts";
import type { EncryptionKey } from "./encryption-key.ts";
import type { Statement } from "./policy-document.ts";
import { type Transform, transformed } from "./transform.ts";

/** Where RDS writes, by instance. https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_LogAccess.Procedural.UploadtoCloudWatch.html */
export const databaseLogs = (instance: string): string => `/aws/rds/instance/${instance}`;

/** Where Redshift Serverless writes, by namespace. https://docs.aws.amazon.com/redshift/latest/mgmt/serverless-audit-logging.html */
export const serverlessLogs = (namespace: string): string => `/aws/redshift/${namespace}`;

/** Where a Redshift cluster writes. https://docs.aws.amazon.com/redshift/latest/mgmt/db-auditing.html */
export const clusterLogs = (cluster: string): string => `/aws/redshift/cluster/${cluster}`;

interface StoreLogsArgs {
  readonly key: EncryptionKey;
  /** What the names of the groups begin with, as the service wants them. */
  readonly folder: string;
  readonly kinds: readonly string[];
  readonly retentionDays: number;
  readonly transform?: Transform<aws.cloudwatch.LogGroupArgs> | undefined;
}

/**
 * The log groups of a store, made before the store writes to them: a group that the service makes by itself is kept for ever and
 * not encrypted with the platform's key. The key has to admit them, see `admitStoreLogs`.
 */
export const storeLogs = (
  name: string,
  { key, folder, kinds, retentionDays, transform }: StoreLogsArgs,
  opts: pulumi.CustomResourceOptions,
): aws.cloudwatch.LogGroup[] =>
  kinds.map(
    (kind) =>
      new aws.cloudwatch.LogGroup(
        `${name}-${kind}`,
        transformed({ name: `${folder}/${kind}`, retentionInDays: retentionDays, kmsKeyId: key.arn }, transform),
        opts,
      ),
  );

/** What a key's policy has to say for the log groups of the databases and warehouses of this stack. */
export const admitStoreLogs = (context: Context): Statement => ({
  sid: "LogGroupsOfStores",
  principals: { Service: context.region.apply((region) => `logs.${region}.amazonaws.com`) },
  actions: ["kms:Encrypt", "kms:Decrypt", "kms:ReEncrypt*", "kms:GenerateDataKey*", "kms:DescribeKey"],
  resources: "*",
  conditions: {
    ArnLike: {
      "kms:EncryptionContext:aws:logs:arn": [
        databaseLogs(context.prefix("database")),
        serverlessLogs(context.prefix("warehouse")),
        clusterLogs(context.prefix("warehouse")),
      ].map((folder) => arn(context, "logs", `log-group:${folder}*`)),
    },
  },
});
