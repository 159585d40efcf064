import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { bucketArn, iamArn, objectArn } from "./arns.ts";
import type { Context } from "./context.ts";
import type { EncryptionKey } from "./encryption-key.ts";
import type { Grantee } from "./grantee.ts";
import { checkDoors, closedDoors, type LakeDoors } from "./lake-access.ts";
import { lakeLifecycle } from "./lake-lifecycle.ts";
import { LakeReplica, type LakeReplicaArgs, type ReplicaChoice } from "./lake-replica.ts";
import type { LogBucket } from "./log-bucket.ts";
import type { Statement } from "./policy-document.ts";
import { type ObjectLock, PrivateBucket, type PrivateBucketTransform } from "./private-bucket.ts";
import { type Transform, transformed } from "./transform.ts";

export interface DataLakeArgs {
  readonly context: Context;
  /** What the lake is called within the stack. @default the component's name */
  readonly label?: string;
  readonly key: EncryptionKey;
  /** Where the lake begins in its bucket, without slashes at its ends. @default "lake" */
  readonly prefix?: string;
  /** Days that replaced and deleted versions are kept, those of state at most a week. @default 30 */
  readonly keepVersionsDays?: number;
  /** Where requests are logged. @default nowhere */
  readonly logs?: LogBucket | undefined;
  /** @default versions can be deleted at any time */
  readonly objectLock?: ObjectLock | undefined;
  /**
   * Refuses objects to everybody else. Redshift without enhanced VPC routing comes from outside of the network: name the role
   * that it loads with among the principals.
   * @default whoever has the right, from anywhere
   * @example { network: network.cidr, cidrs: ["203.0.113.0/24"] }
   */
  readonly onlyFrom?: LakeDoors | undefined;
  /** @default no copy in another region */
  readonly replica?: ReplicaChoice | undefined;
  readonly transform?:
    | (PrivateBucketTransform & {
        readonly events?: Transform<aws.s3.BucketNotificationArgs>;
        readonly replica?: LakeReplicaArgs["transform"];
      })
    | undefined;
}

/** A part of the lake, in keys relative to its prefix. At least one of both is not empty. */
export interface LakePart {
  /** Folders, without slashes at their ends. @example ["raw/daily_prices"] */
  readonly folders: readonly string[];
  /** Single objects. @default none @example ["definitions.json"] */
  readonly objects?: readonly string[];
}

/**
 * The object store that everything else reads from and writes to.
 * @example
 * const lake = new DataLake("lake", { context, key });
 * lake.grantRead(role, { folders: ["processed/daily_prices"] });
 * @example
 * new DataLake("lake", {
 *   context, key, logs,
 *   objectLock: { mode: "governance", days: 30 },
 *   onlyFrom: { network: "10.40.0.0/16", principals: ["arn:aws:iam::123456789012:role/analyst"] },
 *   replica: { region: "eu-central-1" },
 * });
 *
 * What is written is announced to EventBridge (`Object Created` and so on, with source aws.s3). Raw and bundles that nobody has
 * read for 30 days get cheaper by themselves, see lake-lifecycle.ts.
 *
 * **Cost**: see PrivateBucket; a million rows of daily prices are about 60 MB, raw and processed together. Intelligent-Tiering
 * stores what was not read for a month at 0.0125 USD per GB, after 90 days at 0.004 USD, and watches for 0.0025 USD per 1,000
 * objects. Events of S3 cost nothing. A replica: see LakeReplica.
 *
 * **Security**: see PrivateBucket. Grants are for folders and single objects, listing included, and never for deletion: what was
 * written can be replaced, and the replaced version is kept. With `onlyFrom` a right is not enough: objects are refused unless
 * the request comes through one of the given doors, see lake-access.ts; names of objects are not covered by it.
 */
export class DataLake extends pulumi.ComponentResource {
  /** The bucket's name, known at preview. */
  readonly bucketName: pulumi.Output<string>;
  readonly prefix: string;
  /** `s3://bucket/prefix`, known at preview. */
  readonly url: pulumi.Output<string>;
  readonly nodes: {
    readonly bucket: PrivateBucket;
    readonly events: aws.s3.BucketNotification;
    readonly replica: LakeReplica | undefined;
  };
  readonly #context: Context;
  readonly #key: EncryptionKey;

  /** @throws UserError when the lock or the doors cannot be */
  constructor(name: string, args: DataLakeArgs, opts: pulumi.ComponentResourceOptions = {}) {
    if (args.onlyFrom) checkDoors(args.onlyFrom);
    super("tidegate:storage:DataLake", name, {}, opts);
    const { context, key, objectLock, transform } = args;
    const child = { parent: this };
    const label = args.label ?? name;
    this.#context = context;
    this.#key = key;
    this.prefix = args.prefix ?? "lake";
    const bucket = new PrivateBucket(
      `${name}-store`,
      {
        context,
        key,
        label,
        keepVersionsDays: args.keepVersionsDays ?? 30,
        lifecycle: lakeLifecycle(this.prefix),
        statements: doorsOf(args, label),
        logs: args.logs,
        objectLock,
        transform,
      },
      child,
    );
    const events = new aws.s3.BucketNotification(
      `${name}-events`,
      transformed({ bucket: bucket.id, eventbridge: true }, transform?.events),
      child,
    );
    const replica =
      args.replica &&
      new LakeReplica(
        `${name}-replica`,
        {
          ...args.replica,
          context,
          label: replicaLabel(label),
          source: { bucket, key },
          prefix: this.prefix,
          objectLock,
          transform: transform?.replica,
        },
        child,
      );
    this.bucketName = bucket.bucketName;
    this.url = pulumi.interpolate`s3://${this.bucketName}/${this.prefix}`;
    this.nodes = { bucket, events, replica };
    this.registerOutputs({ bucketName: this.bucketName, prefix: this.prefix, url: this.url });
  }

  /** Lets a role list and read a part of the lake. */
  grantRead(role: Grantee, part: LakePart): void {
    role.allow("read-lake", [...this.#access(part, ["s3:GetObject"]), this.#key.readStatement("s3")]);
  }

  /** Lets a role list, read and write a part of the lake. */
  grantWrite(role: Grantee, part: LakePart): void {
    role.allow("write-lake", [
      ...this.#access(part, ["s3:GetObject", "s3:PutObject", "s3:AbortMultipartUpload"]),
      this.#key.writeStatement("s3"),
    ]);
  }

  #access({ folders, objects = [] }: LakePart, actions: readonly string[]): Statement[] {
    const keys = [...folders.map((folder) => `${folder}/*`), ...objects].map((key) => `${this.prefix}/${key}`);
    return [
      {
        // S3 also asks this right about a key that is missing, before it says so.
        sid: "List",
        actions: ["s3:ListBucket"],
        resources: bucketArn(this.#context, this.bucketName),
        conditions: { StringLike: { "s3:prefix": keys } },
      },
      { sid: "Objects", actions, resources: keys.map((key) => objectArn(this.#context, this.bucketName, key)) },
    ];
  }
}

const replicaLabel = (label: string): string => `${label}-replica`;

/** What the bucket's policy says about doors; the role that copies into the replica comes through one of its own. */
function doorsOf({ context, onlyFrom, replica }: DataLakeArgs, label: string): Statement[] {
  if (!onlyFrom) return [];
  const copier = iamArn(context, `role/${context.name("role", replicaLabel(label))}`);
  const principals = [...(onlyFrom.principals ?? []), ...(replica ? [copier] : [])];
  return closedDoors(context, context.worldName("bucket", label), { ...onlyFrom, principals });
}
