import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
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
}

export interface PrivateBucketArgs {
  readonly context: Context;
  /** What the bucket is called within the stack. @default the component's name */
  readonly label?: string;
  readonly key: EncryptionKey;
  /** Days that replaced and deleted versions are kept. @default 30 */
  readonly keepVersionsDays?: number;
  readonly transform?: PrivateBucketTransform | undefined;
}

/**
 * A bucket as every bucket of a platform is.
 * @example const bucket = new PrivateBucket("reports", { context, key });
 *
 * **Cost**: storage at 0.023 USD per GB and month (S3 Standard, us-east-1), replaced versions too for `keepVersionsDays`.
 *
 * **Security**: versioned; encrypted with the platform's key, whatever a request asks for; TLS 1.2 or newer; no ACLs, no public
 * access. @stateful protected unless the context is disposable.
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
  };

  constructor(name: string, args: PrivateBucketArgs, opts: pulumi.ComponentResourceOptions = {}) {
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
            {
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
      transformed({ bucket: bucket.id, rules: leftovers(args.keepVersionsDays ?? 30) }, transform?.lifecycle),
      // S3 wants versioning settled before rules about versions.
      { ...child, dependsOn: [versioning] },
    );
    const policy = new aws.s3.BucketPolicy(
      `${name}-policy`,
      transformed(
        { bucket: bucket.id, policy: policyDocument(bucketPolicy(context, this.bucketName)) },
        transform?.policy,
      ),
      // A policy put while the access block is being put is refused as a conflicting operation.
      { ...child, dependsOn: [publicAccessBlock] },
    );
    this.id = pulumi.all([bucket.id, encryption.id, policy.id, versioning.id]).apply(([id]) => id);
    this.nodes = { bucket, ownership, publicAccessBlock, versioning, encryption, lifecycle, policy };
    this.registerOutputs({ bucketName: this.bucketName });
  }
}

const leftovers = (days: number): pulumi.Unwrap<aws.types.input.s3.BucketLifecycleConfigurationRule>[] => [
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
function bucketPolicy(context: Context, bucket: pulumi.Output<string>): Statement[] {
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
    denyPutWith("DenyOtherEncryption", "s3:x-amz-server-side-encryption"),
    denyPutWith("DenyOtherKey", "s3:x-amz-server-side-encryption-aws-kms-key-id"),
    denyPutWith("DenyCustomerProvidedKey", "s3:x-amz-server-side-encryption-customer-algorithm"),
  ];
}
