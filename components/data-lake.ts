import * as pulumi from "@pulumi/pulumi";
import { bucketArn, objectArn } from "./arns.ts";
import type { Context } from "./context.ts";
import type { EncryptionKey } from "./encryption-key.ts";
import type { Statement } from "./policy-document.ts";
import { PrivateBucket, type PrivateBucketTransform } from "./private-bucket.ts";
import type { ServiceRole } from "./service-role.ts";

export interface DataLakeArgs {
  readonly context: Context;
  /** What the lake is called within the stack. @default the component's name */
  readonly label?: string;
  readonly key: EncryptionKey;
  /** Where the lake begins in its bucket, without slashes at its ends. @default "lake" */
  readonly prefix?: string;
  readonly transform?: PrivateBucketTransform | undefined;
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
 *
 * **Cost**: see PrivateBucket; a million rows of daily prices are about 60 MB, raw and processed together.
 *
 * **Security**: see PrivateBucket. Grants are for folders and single objects, listing included, and never for deletion: what was
 * written can be replaced, and the replaced version is kept.
 */
export class DataLake extends pulumi.ComponentResource {
  /** The bucket's name, known at preview. */
  readonly bucketName: pulumi.Output<string>;
  readonly prefix: string;
  /** `s3://bucket/prefix`, known at preview. */
  readonly url: pulumi.Output<string>;
  readonly nodes: { readonly bucket: PrivateBucket };
  readonly #context: Context;
  readonly #key: EncryptionKey;

  constructor(name: string, args: DataLakeArgs, opts: pulumi.ComponentResourceOptions = {}) {
    super("tidegate:storage:DataLake", name, {}, opts);
    this.#context = args.context;
    this.#key = args.key;
    const bucket = new PrivateBucket(
      `${name}-store`,
      { context: args.context, key: args.key, label: args.label ?? name, transform: args.transform },
      { parent: this },
    );
    this.bucketName = bucket.bucketName;
    this.prefix = args.prefix ?? "lake";
    this.url = pulumi.interpolate`s3://${this.bucketName}/${this.prefix}`;
    this.nodes = { bucket };
    this.registerOutputs({ bucketName: this.bucketName, prefix: this.prefix, url: this.url });
  }

  /** Lets a role list and read a part of the lake. */
  grantRead(role: ServiceRole, part: LakePart): void {
    role.allow("read-lake", [...this.#access(part, ["s3:GetObject"]), this.#key.readStatement("s3")]);
  }

  /** Lets a role list, read and write a part of the lake. */
  grantWrite(role: ServiceRole, part: LakePart): void {
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
