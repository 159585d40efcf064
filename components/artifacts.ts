import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { bucketArn, objectArn } from "./arns.ts";
import { type Bundle, bundle, PROJECT_FOLDER } from "./bundle.ts";
import type { Context } from "./context.ts";
import type { EncryptionKey } from "./encryption-key.ts";
import type { LogBucket } from "./log-bucket.ts";
import { PrivateBucket, type PrivateBucketTransform } from "./private-bucket.ts";
import type { ServiceRole } from "./service-role.ts";
import { type Transform, transformed } from "./transform.ts";

export interface ArtifactStoreArgs {
  readonly context: Context;
  /** What the store is called within the stack. @default the component's name */
  readonly label?: string;
  readonly key: EncryptionKey;
  /** Where requests are logged. @default nowhere */
  readonly logs?: LogBucket | undefined;
  readonly transform?:
    | (PrivateBucketTransform & { readonly object?: Transform<aws.s3.BucketObjectv2Args> })
    | undefined;
}

/** A bundled program in the store. */
export interface Artifact {
  /** Key of the object, with the beginning of its digest in it. */
  readonly key: string;
  /** `s3://bucket/key`, known at preview. */
  readonly url: pulumi.Output<string>;
  /** Lower case hexadecimal SHA-256 of the object's bytes. */
  readonly sha256: string;
  readonly object: aws.s3.BucketObjectv2;
}

/**
 * The programs that tasks run, each bundled into one file whose key says its content.
 * @example
 * const artifacts = new ArtifactStore("artifacts", { context, key });
 * const ingest = artifacts.add("ingest", "runtime/tasks/run.ts");
 * artifacts.grantRead(role, ingest);
 *
 * **Cost**: a few MB of storage, less than a cent a month.
 *
 * **Security**: see PrivateBucket. A task is told the digest of its artifact and starts nothing else. Older artifacts stay, so
 * that an older task definition still starts.
 */
export class ArtifactStore extends pulumi.ComponentResource {
  /** The bucket's name, known at preview. */
  readonly bucketName: pulumi.Output<string>;
  readonly nodes: { readonly bucket: PrivateBucket };
  readonly #name: string;
  readonly #context: Context;
  readonly #key: EncryptionKey;
  readonly #transform: ArtifactStoreArgs["transform"];

  constructor(name: string, args: ArtifactStoreArgs, opts: pulumi.ComponentResourceOptions = {}) {
    super("tidegate:storage:ArtifactStore", name, {}, opts);
    this.#name = name;
    this.#context = args.context;
    this.#key = args.key;
    this.#transform = args.transform;
    const bucket = new PrivateBucket(
      `${name}-store`,
      { context: args.context, key: args.key, label: args.label ?? name, logs: args.logs, transform: args.transform },
      { parent: this },
    );
    this.bucketName = bucket.bucketName;
    this.nodes = { bucket };
    this.registerOutputs({ bucketName: this.bucketName });
  }

  /**
   * Bundles a program and stores it.
   * @param entry its file, relative to the project's folder
   * @throws UserError when it does not compile
   */
  add(name: string, entry: string): Artifact {
    const { code, sha256 } = bundledOnce(entry);
    const key = `artifacts/${name}-${sha256.slice(0, 20)}.cjs`;
    const object = new aws.s3.BucketObjectv2(
      `${this.#name}-${name}`,
      transformed(
        {
          bucket: this.nodes.bucket.id,
          key,
          source: new pulumi.asset.FileAsset(keep(key, code)),
          contentType: "text/javascript",
        },
        this.#transform?.object,
      ),
      { parent: this, retainOnDelete: true },
    );
    return { key, url: pulumi.interpolate`s3://${this.bucketName}/${key}`, sha256, object };
  }

  /** Lets a role read some artifacts. */
  grantRead(role: ServiceRole, ...artifacts: readonly Artifact[]): void {
    const keys = artifacts.map(({ key }) => key);
    role.allow("read-artifact", [
      {
        // Without the right to list, S3 calls a missing artifact forbidden.
        sid: "List",
        actions: ["s3:ListBucket"],
        resources: bucketArn(this.#context, this.bucketName),
        conditions: { StringLike: { "s3:prefix": keys } },
      },
      {
        sid: "Artifact",
        actions: ["s3:GetObject"],
        resources: keys.map((key) => objectArn(this.#context, this.bucketName, key)),
      },
      this.#key.readStatement("s3"),
    ]);
  }
}

const bundled = new Map<string, Bundle>();

/** The sources do not change while a program is evaluated, however often. */
function bundledOnce(entry: string): Bundle {
  const program = bundled.get(entry) ?? bundle(entry);
  bundled.set(entry, program);
  return program;
}

/** Pulumi keeps the text of an asset in its state, but of a file only the digest. @returns the file's path */
function keep(key: string, code: string): string {
  const path = join(PROJECT_FOLDER, ".tidegate", key);
  mkdirSync(join(path, ".."), { recursive: true });
  writeFileSync(path, code);
  return path;
}
