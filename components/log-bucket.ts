import * as pulumi from "@pulumi/pulumi";
import { bucketArn, objectArn } from "./arns.ts";
import type { Context } from "./context.ts";
import type { Statement } from "./policy-document.ts";
import { PrivateBucket, type PrivateBucketTransform } from "./private-bucket.ts";

export interface LogBucketArgs {
  readonly context: Context;
  /** What the bucket is called within the stack. @default the component's name */
  readonly label?: string;
  /** Labels of the stack's buckets that log here. @example ["lake", "artifacts"] */
  readonly sources: readonly string[];
  /** Days that logs are kept. @default 365 */
  readonly keepDays?: number;
  readonly transform?: PrivateBucketTransform | undefined;
}

/**
 * Where S3 writes who asked for what in other buckets, a folder for each.
 * @example
 * const logs = new LogBucket("access-logs", { context, sources: ["lake"] });
 * const lake = new DataLake("lake", { context, key, logs });
 *
 * **Cost**: a line of about 500 bytes per request; a million requests are about 0.5 GB, a cent a month for as long as they are
 * kept.
 *
 * **Security**: only S3's log delivery can write, for the named buckets of this account. Encrypted with a key of S3's own: into a
 * bucket whose default is a KMS key, S3 delivers no access logs. Otherwise as every bucket, see PrivateBucket.
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/enable-server-access-logging.html
 */
export class LogBucket extends pulumi.ComponentResource {
  /** The bucket's name, known at preview. */
  readonly bucketName: pulumi.Output<string>;
  /** The name once the bucket and its rules exist. */
  readonly id: pulumi.Output<string>;
  readonly nodes: { readonly bucket: PrivateBucket };

  constructor(name: string, args: LogBucketArgs, opts: pulumi.ComponentResourceOptions = {}) {
    super("tidegate:storage:LogBucket", name, {}, opts);
    const { context } = args;
    const label = args.label ?? name;
    const bucket = new PrivateBucket(
      `${name}-store`,
      {
        context,
        key: "s3",
        label,
        keepVersionsDays: 7,
        lifecycle: [
          {
            id: "old-logs",
            status: "Enabled",
            filter: { prefix: "" },
            expiration: { days: args.keepDays ?? 365 },
          },
        ],
        statements: delivery(context, context.worldName("bucket", label), args.sources),
        transform: args.transform,
      },
      { parent: this },
    );
    this.bucketName = bucket.bucketName;
    this.id = bucket.id;
    this.nodes = { bucket };
    this.registerOutputs({ bucketName: this.bucketName });
  }
}

/** Each bucket has its logs in a folder of its own name, and in no other. */
const delivery = (context: Context, bucket: pulumi.Output<string>, sources: readonly string[]): Statement[] =>
  sources.map((label, index) => {
    const source = context.worldName("bucket", label);
    return {
      sid: `AccessLogs${index + 1}`,
      principals: { Service: "logging.s3.amazonaws.com" },
      actions: ["s3:PutObject"],
      resources: objectArn(context, bucket, pulumi.interpolate`${source}/*`),
      conditions: {
        StringEquals: { "aws:SourceAccount": context.account },
        ArnLike: { "aws:SourceArn": bucketArn(context, source) },
      },
    };
  });
