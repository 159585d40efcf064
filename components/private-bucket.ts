import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { type Fault, UserError } from "../runtime/dataset/index.ts";
import { bucketArn, objectArn } from "./arns.ts";
import { type Context, stateful } from "./context.ts";
import type { EncryptionKey } from "./encryption-key.ts";
import { denyWithoutTls, policyDocument, type Statement } from "./policy-document.ts";
import { type Transform, transformed } from "./transform.ts";

export interface PrivateBucketTransform {
  readonly bucket?: Transform<aws.s3.BucketArgs>;
  readonly ownership?: Transform<aws.s3.BucketOwnershipControlsArgs>;
  readonly publicAccessBlock?: Transform<aws.s3.BucketPublicAccessBlockArgs>;
  readonly versioning?: Transform<aws.s3.BucketVersioningArgs>;
  readonly encryption?: Transform<aws.s3.BucketServerSideEncryptionConfigurationArgs>;
  readonly lifecycle?: Transform<aws.s3.BucketLifecycleConfigurationArgs>;
  readonly policy?: Transform<aws.s3.BucketPolicyArgs>;
  readonly logging?: Transform<aws.s3.BucketLoggingArgs>;
  readonly objectLock?: Transform<aws.s3.BucketObjectLockConfigurationArgs>;
}

/** For how long nobody can delete or replace a version of an object. */
export interface ObjectLock {
  /** With `governance`, who has the right s3:BypassGovernanceRetention still can; with `compliance` nobody, not even AWS. */
  readonly mode: "governance" | "compliance";
  /** From the moment a version is written, 1 to 36,500. */
  readonly days: number;
}

type LifecycleRule = pulumi.Unwrap<aws.types.input.s3.BucketLifecycleConfigurationRule>;

export interface PrivateBucketArgs {
  readonly context: Context;
  /** What the bucket is called within the stack. @default the component's name */
  readonly label?: string;
  /** Encrypts the objects; `"s3"` for a key of S3's own, where nothing else works. */
  readonly key: EncryptionKey | "s3";
  /** Days that replaced and deleted versions are kept. @default 30 */
  readonly keepVersionsDays?: number;
  /** Rules beside those for replaced versions and unfinished uploads. @default none */
  readonly lifecycle?: readonly LifecycleRule[];
  /** Statements that the bucket's policy has beside those of every bucket. @default none */
  readonly statements?: readonly Statement[];
  /** Where requests are logged: a LogBucket that has this bucket among its sources. @default nowhere */
  readonly logs?: { readonly id: pulumi.Output<string> } | undefined;
  /** Can be added later, but never taken away again. @default versions can be deleted at any time */
  readonly objectLock?: ObjectLock | undefined;
  readonly transform?: PrivateBucketTransform | undefined;
}

/**
 * A bucket as every bucket of a platform is.
 * @example const bucket = new PrivateBucket("reports", { context, key });
 *
 * **Cost**: storage at 0.023 USD per GB and month (S3 Standard, us-east-1), replaced versions too for `keepVersionsDays`, and for
 * as long as a lock keeps them.
 *
 * **Security**: versioned; encrypted with the platform's key, whatever a request asks for; TLS 1.2 or newer; no ACLs, no public
 * access; requests are logged where `logs` says. @stateful protected unless the context is disposable.
 */
export class PrivateBucket extends pulumi.ComponentResource {
  /** The name, known at preview. */
  readonly bucketName: pulumi.Output<string>;
  /** The name once the bucket and its rules exist, for what is put into it. */
  readonly id: pulumi.Output<string>;
  readonly nodes: {
    readonly bucket: aws.s3.Bucket;
    readonly ownership: aws.s3.BucketOwnershipControls;
    readonly publicAccessBlock: aws.s3.BucketPublicAccessBlock;
    readonly versioning: aws.s3.BucketVersioning;
    readonly encryption: aws.s3.BucketServerSideEncryptionConfiguration;
    readonly lifecycle: aws.s3.BucketLifecycleConfiguration;
    readonly policy: aws.s3.BucketPolicy;
    readonly logging: aws.s3.BucketLogging | undefined;
    readonly objectLock: aws.s3.BucketObjectLockConfiguration | undefined;
  };

  /** @throws UserError when the lock cannot be */
  constructor(name: string, args: PrivateBucketArgs, opts: pulumi.ComponentResourceOptions = {}) {
    refuseLock(args);
    super("tidegate:storage:PrivateBucket", name, {}, opts);
    const { context, key, transform } = args;
    const child: pulumi.CustomResourceOptions = { parent: this };
    this.bucketName = context.worldName("bucket", args.label ?? name);

    const bucket = new aws.s3.Bucket(
      `${name}-bucket`,
      transformed({ bucket: this.bucketName, forceDestroy: context.disposable }, transform?.bucket),
      { ...child, ...stateful(context) },
    );
    const ownership = new aws.s3.BucketOwnershipControls(
      `${name}-ownership`,
      transformed({ bucket: bucket.id, rule: { objectOwnership: "BucketOwnerEnforced" } }, transform?.ownership),
      child,
    );
    const publicAccessBlock = new aws.s3.BucketPublicAccessBlock(
      `${name}-public-access-block`,
      transformed(
        {
          bucket: bucket.id,
          blockPublicAcls: true,
          blockPublicPolicy: true,
          ignorePublicAcls: true,
          restrictPublicBuckets: true,
        },
        transform?.publicAccessBlock,
      ),
      child,
    );
    const versioning = new aws.s3.BucketVersioning(
      `${name}-versioning`,
      transformed({ bucket: bucket.id, versioningConfiguration: { status: "Enabled" } }, transform?.versioning),
      child,
    );
    const encryption = new aws.s3.BucketServerSideEncryptionConfiguration(
      `${name}-encryption`,
      transformed(
        {
          bucket: bucket.id,
          rules: [
            key === "s3"
              ? { applyServerSideEncryptionByDefault: { sseAlgorithm: "AES256" } }
              : {
                  applyServerSideEncryptionByDefault: { sseAlgorithm: "aws:kms", kmsMasterKeyId: key.arn },
                  bucketKeyEnabled: true,
                },
          ],
        },
        transform?.encryption,
      ),
      child,
    );
    const lifecycle = new aws.s3.BucketLifecycleConfiguration(
      `${name}-lifecycle`,
      transformed(
        { bucket: bucket.id, rules: [...leftovers(args.keepVersionsDays ?? 30), ...(args.lifecycle ?? [])] },
        transform?.lifecycle,
      ),
      // S3 wants versioning settled before rules about versions.
      { ...child, dependsOn: [versioning] },
    );
    const policy = new aws.s3.BucketPolicy(
      `${name}-policy`,
      transformed(
        { bucket: bucket.id, policy: policyDocument(bucketPolicy(args, this.bucketName)) },
        transform?.policy,
      ),
      // A policy put while the access block is being put is refused as a conflicting operation.
      { ...child, dependsOn: [publicAccessBlock] },
    );
    const logging =
      args.logs &&
      new aws.s3.BucketLogging(
        `${name}-logging`,
        transformed(
          {
            bucket: bucket.id,
            targetBucket: args.logs.id,
            targetPrefix: pulumi.interpolate`${this.bucketName}/`,
            targetObjectKeyFormat: { partitionedPrefix: { partitionDateSource: "EventTime" } },
          },
          transform?.logging,
        ),
        child,
      );
    const objectLock =
      args.objectLock &&
      new aws.s3.BucketObjectLockConfiguration(
        `${name}-lock`,
        transformed(
          {
            bucket: bucket.id,
            rule: {
              defaultRetention: { mode: args.objectLock.mode.toUpperCase(), days: args.objectLock.days },
            },
          },
          transform?.objectLock,
        ),
        { ...child, dependsOn: [versioning] },
      );
    this.id = pulumi.all([bucket.id, encryption.id, policy.id, versioning.id]).apply(([id]) => id);
    this.nodes = {
      bucket,
      ownership,
      publicAccessBlock,
      versioning,
      encryption,
      lifecycle,
      policy,
      logging,
      objectLock,
    };
    this.registerOutputs({ bucketName: this.bucketName });
  }
}

function refuseLock({ context, objectLock }: PrivateBucketArgs): void {
  if (!objectLock) return;
  const { mode, days } = objectLock;
  const faults: Fault[] = [];
  if (!Number.isInteger(days) || days < 1 || days > 36_500)
    faults.push({ path: "objectLock.days", problem: "is no number of days", value: days, allowed: "1 to 36500" });
  if (mode === "compliance" && context.disposable)
    faults.push({
      path: "objectLock.mode",
      problem: "what nobody can delete cannot go together with the stack",
      value: mode,
      allowed: "governance",
      fix: "or set disposable to false",
    });
  if (faults.length > 0) throw new UserError("this bucket cannot be locked:", faults);
}

const leftovers = (days: number): LifecycleRule[] => [
  {
    id: "replaced-versions",
    status: "Enabled",
    filter: { prefix: "" },
    noncurrentVersionExpiration: { noncurrentDays: days },
    expiration: { expiredObjectDeleteMarker: true },
  },
  {
    id: "unfinished-uploads",
    status: "Enabled",
    filter: { prefix: "" },
    abortIncompleteMultipartUpload: { daysAfterInitiation: 7 },
  },
];

/**
 * A put that says nothing about encryption gets the bucket's own key; naming any other way is refused, so that the policy needs
 * no id of a key. https://docs.aws.amazon.com/AmazonS3/latest/userguide/UsingKMSEncryption.html
 */
function bucketPolicy(
  { context, key, statements = [] }: PrivateBucketArgs,
  bucket: pulumi.Output<string>,
): Statement[] {
  const objects = objectArn(context, bucket, "*");
  const everything = [bucketArn(context, bucket), objects];
  const denyPutWith = (sid: string, header: string): Statement => ({
    sid,
    effect: "Deny",
    principals: "*",
    actions: ["s3:PutObject"],
    resources: objects,
    conditions: { Null: { [header]: "false" } },
  });
  return [
    denyWithoutTls("s3", everything),
    {
      sid: "DenyOldTls",
      effect: "Deny",
      principals: "*",
      actions: ["s3:*"],
      resources: everything,
      conditions: { NumericLessThan: { "s3:TlsVersion": "1.2" } },
    },
    // Services that write into such a bucket may well name the one encryption that it has.
    ...(key === "s3" ? [] : [denyPutWith("DenyOtherEncryption", "s3:x-amz-server-side-encryption")]),
    denyPutWith("DenyOtherKey", "s3:x-amz-server-side-encryption-aws-kms-key-id"),
    denyPutWith("DenyCustomerProvidedKey", "s3:x-amz-server-side-encryption-customer-algorithm"),
    ...statements,
  ];
}
