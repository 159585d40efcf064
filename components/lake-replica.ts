import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { bucketArn, objectArn } from "./arns.ts";
import type { Context } from "./context.ts";
import { EncryptionKey, type EncryptionKeyArgs } from "./encryption-key.ts";
import { type ObjectLock, PrivateBucket, type PrivateBucketTransform } from "./private-bucket.ts";
import { contextIn, inRegion } from "./region.ts";
import { ServiceRole, type ServiceRoleArgs } from "./service-role.ts";
import { type Transform, transformed } from "./transform.ts";

/** A second copy of the lake, far away. */
export interface ReplicaChoice {
  /** Another region than the lake's. @example "eu-central-1" */
  readonly region: string;
  /** Whether what is deleted in the lake is hidden in the replica as well. @default false: the replica forgets nothing */
  readonly deleteMarkers?: boolean;
}

export interface LakeReplicaArgs extends ReplicaChoice {
  /** The context of the lake, in its own region. */
  readonly context: Context;
  /** What the replica is called within the stack. @default the component's name */
  readonly label?: string;
  /** The lake's bucket and key. */
  readonly source: { readonly bucket: PrivateBucket; readonly key: EncryptionKey };
  /** Where the lake begins in its bucket. */
  readonly prefix: string;
  /** The lock of the lake's bucket, which its replica has to have too. @default none */
  readonly objectLock?: ObjectLock | undefined;
  readonly transform?:
    | {
        readonly key?: EncryptionKeyArgs["transform"];
        readonly bucket?: PrivateBucketTransform;
        readonly role?: ServiceRoleArgs["transform"];
        readonly replication?: Transform<aws.s3.BucketReplicationConfigArgs>;
      }
    | undefined;
}

/**
 * A bucket in another region to which S3 copies everything that is written into the lake from now on.
 * @example new LakeReplica("replica", { context, source: { bucket, key }, prefix: "lake", region: "eu-central-1" });
 *
 * **Cost**: the storage once more, 0.02 USD per GB between regions, 0.005 USD per 1,000 objects, and 1 USD a month for the key.
 *
 * **Security**: encrypted with a key of its own in that region, see EncryptionKey and PrivateBucket. S3 gets a role that reads
 * the lake's folder and writes copies into the replica, nothing else; it does not take part in deletions unless told so, so that
 * a mistake in one region is not one in both. @stateful protected unless the context is disposable.
 */
export class LakeReplica extends pulumi.ComponentResource {
  /** The replica's bucket, its name known at preview. */
  readonly bucketName: pulumi.Output<string>;
  readonly nodes: {
    readonly key: EncryptionKey;
    readonly bucket: PrivateBucket;
    readonly role: ServiceRole;
    readonly replication: aws.s3.BucketReplicationConfig;
  };

  constructor(name: string, args: LakeReplicaArgs, opts: pulumi.ComponentResourceOptions = {}) {
    super("tidegate:storage:LakeReplica", name, {}, opts);
    const { context, source, transform } = args;
    const label = args.label ?? name;
    const there = contextIn(context, args.region);
    const child = { parent: this };
    const far = { ...child, transformations: [inRegion(args.region)] };

    const key = new EncryptionKey(`${name}-key`, { context: there, label, transform: transform?.key }, far);
    const bucket = new PrivateBucket(
      `${name}-store`,
      { context: there, key, label, objectLock: args.objectLock, transform: transform?.bucket },
      far,
    );
    const role = new ServiceRole(
      `${name}-copier`,
      {
        context,
        label,
        description: "Copies the lake into another region",
        // S3 does not say for which bucket it replicates; it takes only roles that were passed within the account.
        service: "s3.amazonaws.com",
        sourceArn: undefined,
        transform: transform?.role,
      },
      child,
    );
    role.allow("replicate-lake", [
      {
        sid: "Source",
        actions: ["s3:GetReplicationConfiguration", "s3:ListBucket"],
        resources: bucketArn(context, source.bucket.bucketName),
      },
      {
        sid: "Versions",
        actions: [
          "s3:GetObjectVersionForReplication",
          "s3:GetObjectVersionAcl",
          "s3:GetObjectVersionTagging",
          ...(args.objectLock ? ["s3:GetObjectRetention", "s3:GetObjectLegalHold"] : []),
        ],
        resources: objectArn(context, source.bucket.bucketName, `${args.prefix}/*`),
      },
      {
        sid: "Replicas",
        actions: ["s3:ReplicateObject", "s3:ReplicateTags", ...(args.deleteMarkers ? ["s3:ReplicateDelete"] : [])],
        resources: objectArn(context, bucket.bucketName, `${args.prefix}/*`),
      },
      source.key.readStatement("s3"),
      key.replicateStatement(),
    ]);
    const replication = new aws.s3.BucketReplicationConfig(
      `${name}-replication`,
      transformed(
        {
          bucket: source.bucket.id,
          role: role.arn,
          rules: [
            {
              id: "lake",
              status: "Enabled",
              priority: 1,
              filter: { prefix: `${args.prefix}/` },
              deleteMarkerReplication: { status: args.deleteMarkers ? "Enabled" : "Disabled" },
              sourceSelectionCriteria: { sseKmsEncryptedObjects: { status: "Enabled" } },
              destination: {
                bucket: bucket.nodes.bucket.arn,
                encryptionConfiguration: { replicaKmsKeyId: key.arn },
              },
            },
          ],
        },
        transform?.replication,
      ),
      // Both buckets have to be versioned, and the role to have its rights, before S3 takes the rule.
      { ...child, dependsOn: [bucket.nodes.versioning, source.bucket.nodes.versioning, ...role.nodes.policies] },
    );
    this.bucketName = bucket.bucketName;
    this.nodes = { key, bucket, role, replication };
    this.registerOutputs({ bucketName: this.bucketName });
  }
}
