import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { join, relative, resolve, sep } from "node:path";
import * as awsx from "@pulumi/awsx";
import * as pulumi from "@pulumi/pulumi";
import { arn } from "./arns.ts";
import { PROJECT_FOLDER } from "./bundle.ts";
import type { Context } from "./context.ts";
import type { EncryptionKey } from "./encryption-key.ts";
import type { Grantee } from "./grantee.ts";
import type { Architecture } from "./image.ts";
import { type Transform, transformed } from "./transform.ts";

export interface OwnImageArgs {
  readonly context: Context;
  /** What the image is called within the stack. @default the component's name */
  readonly label?: string;
  readonly key: EncryptionKey;
  /** The folder with the Dockerfile, relative to the project's. @example "image" */
  readonly folder: string;
  /** @default "arm64" */
  readonly architecture?: Architecture;
  readonly transform?:
    | { readonly repository?: Transform<awsx.ecr.RepositoryArgs>; readonly image?: Transform<awsx.ecr.ImageArgs> }
    | undefined;
}

/**
 * An image of one's own for tasks, for certificates, fonts or tools that the stock image lacks. It has to have `node` of the stock
 * image's major version on its path and a user `node`; the program of a task comes from the artifact store as ever. Docker has to
 * be there where the stack is deployed; a stack with the stock image needs none.
 * @example
 * const image = new OwnImage("image", { context, key, folder: "image" });
 * new IngestionTask("prices", { image, ...more });
 *
 * **Cost**: 0.10 USD per GB and month in the repository, which keeps the last ten images.
 *
 * **Security**: encrypted with the platform's key, scanned at each push. A tag names one content for ever, and tasks name the image
 * by its digest.
 */
export class OwnImage extends pulumi.ComponentResource {
  /** Repository and digest; known once the image was built. */
  readonly uri: pulumi.Output<string>;
  readonly nodes: { readonly repository: awsx.ecr.Repository; readonly image: awsx.ecr.Image };
  readonly #context: Context;
  readonly #repositoryName: string;

  constructor(name: string, args: OwnImageArgs, opts: pulumi.ComponentResourceOptions = {}) {
    super("tidegate:compute:OwnImage", name, {}, opts);
    const { context, transform } = args;
    const child = { parent: this };
    this.#context = context;
    this.#repositoryName = context.name("repository", args.label ?? name);
    const repository = new awsx.ecr.Repository(
      `${name}-repository`,
      transformed(
        {
          name: this.#repositoryName,
          imageTagMutability: "IMMUTABLE",
          imageScanningConfiguration: { scanOnPush: true },
          encryptionConfigurations: [{ encryptionType: "KMS", kmsKey: args.key.arn }],
          lifecyclePolicy: { rules: [{ tagStatus: "any", maximumNumberOfImages: 10 }] },
          forceDelete: context.disposable,
          tags: { ...context.tags },
        },
        transform?.repository,
      ),
      child,
    );
    const folder = resolve(PROJECT_FOLDER, args.folder);
    const image = new awsx.ecr.Image(
      `${name}-image`,
      transformed(
        {
          repositoryUrl: repository.url,
          context: folder,
          platform: args.architecture === "x86_64" ? "linux/amd64" : "linux/arm64",
          imageTag: digestOf(folder),
        },
        transform?.image,
      ),
      child,
    );
    this.uri = image.imageUri;
    this.nodes = { repository, image };
    this.registerOutputs({ uri: this.uri });
  }

  /** Lets the role that starts tasks pull the image. */
  grantPull(role: Grantee): void {
    role.allow("pull-image", [
      { sid: "LogIn", actions: ["ecr:GetAuthorizationToken"], resources: "*" },
      {
        sid: "Pull",
        actions: ["ecr:BatchCheckLayerAvailability", "ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"],
        resources: arn(this.#context, "ecr", `repository/${this.#repositoryName}`),
      },
    ]);
  }
}

/** The beginning of a digest of all files of a folder, names and contents: the same files give the same tag. */
function digestOf(folder: string): string {
  const hash = createHash("sha256");
  const files = readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
  for (const file of files) {
    const content = readFileSync(file);
    hash.update(JSON.stringify([relative(folder, file).split(sep).join("/"), content.length])).update(content);
  }
  return hash.digest("hex").slice(0, 20);
}
