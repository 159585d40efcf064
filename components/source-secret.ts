import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { UserError } from "../runtime/dataset/index.ts";
import { arn, iamArn } from "./arns.ts";
import { type Context, stateful } from "./context.ts";
import type { EncryptionKey } from "./encryption-key.ts";
import type { Grantee } from "./grantee.ts";
import { denyWithoutTls, policyDocument } from "./policy-document.ts";
import { type Transform, transformed } from "./transform.ts";

export interface SourceSecretArgs {
  readonly context: Context;
  readonly key: EncryptionKey;
  /** Name of the secret in dataset definitions. @example "TIINGO_TOKEN" */
  readonly secret: string;
  /** Who else reads the value: ARNs of roles, or patterns of them. @default roles of this stack alone */
  readonly readers?: readonly pulumi.Input<string>[] | undefined;
  /** Renews the value from time to time. @default a person does, when the source gives a new one */
  readonly rotation?: Rotation | undefined;
  readonly transform?:
    | {
        readonly secret?: Transform<aws.secretsmanager.SecretArgs>;
        readonly policy?: Transform<aws.secretsmanager.SecretPolicyArgs>;
        readonly rotation?: Transform<aws.secretsmanager.SecretRotationArgs>;
      }
    | undefined;
}

/** A function of one's own that gets a new value from the source. https://docs.aws.amazon.com/secretsmanager/latest/userguide/rotating-secrets.html */
export interface Rotation {
  /** Secrets Manager must be allowed to invoke it. */
  readonly functionArn: pulumi.Input<string>;
  /** The function's role, which reads and writes the value. */
  readonly roleArn: pulumi.Input<string>;
  /** Days from one value to the next, 1 to 90. @default 30 */
  readonly days?: number;
}

/**
 * A place for a source's token. Its value is set once by a person, outside of the program, so that it is never in the state:
 * `aws secretsmanager put-secret-value --secret-id <name> --secret-string <token>`.
 * @example const token = new SourceSecret("tiingo-token", { context, key, secret: "TIINGO_TOKEN" });
 * @example
 * new SourceSecret("vendor-token", { context, key, secret: "VENDOR_TOKEN", rotation: { functionArn, roleArn, days: 30 } });
 *
 * **Cost**: 0.40 USD a month.
 *
 * **Security**: encrypted with the platform's key; a grant is for this one secret, and whatever other rights say, nobody but roles
 * of this stack and the given readers reads the value, administrators included, and nobody without TLS; after a deletion it can
 * be brought back for 7 days (disposable) or 30. @stateful protected unless the context is disposable.
 */
export class SourceSecret extends pulumi.ComponentResource {
  /** Name in Secrets Manager. */
  readonly secretName: string;
  /**
   * The ARN without the six characters that Secrets Manager appends: known at preview, and what ECS and the API take as well.
   * https://docs.aws.amazon.com/secretsmanager/latest/userguide/troubleshoot.html#ARN_secretnamehyphen
   */
  readonly plannedArn: pulumi.Output<string>;
  readonly nodes: {
    readonly secret: aws.secretsmanager.Secret;
    readonly policy: aws.secretsmanager.SecretPolicy;
    readonly rotation: aws.secretsmanager.SecretRotation | undefined;
  };
  readonly #key: EncryptionKey;
  readonly #secret: string;

  constructor(name: string, args: SourceSecretArgs, opts: pulumi.ComponentResourceOptions = {}) {
    refuseImpossible(args);
    super("tidegate:security:SourceSecret", name, {}, opts);
    const { context, rotation, transform } = args;
    const child = { parent: this };
    this.#key = args.key;
    this.#secret = args.secret;
    this.secretName = context.name("secret", args.secret);
    this.plannedArn = arn(context, "secretsmanager", `secret:${this.secretName}`);
    const secret = new aws.secretsmanager.Secret(
      `${name}-secret`,
      transformed(
        {
          name: this.secretName,
          description: `${args.secret} for the sources of ${context.project}; set its value by hand`,
          kmsKeyId: args.key.arn,
          recoveryWindowInDays: context.disposable ? 7 : 30,
        },
        transform?.secret,
      ),
      { ...child, ...stateful(context) },
    );
    const policy = new aws.secretsmanager.SecretPolicy(
      `${name}-policy`,
      transformed({ secretArn: secret.arn, policy: secretDocument(args), blockPublicPolicy: true }, transform?.policy),
      child,
    );
    const renewal =
      rotation &&
      new aws.secretsmanager.SecretRotation(
        `${name}-rotation`,
        transformed(
          {
            secretId: secret.id,
            rotationLambdaArn: rotation.functionArn,
            rotationRules: { automaticallyAfterDays: rotation.days ?? 30 },
            rotateImmediately: false,
          },
          transform?.rotation,
        ),
        { ...child, dependsOn: policy },
      );
    this.nodes = { secret, policy, rotation: renewal };
    this.registerOutputs({ secretName: this.secretName });
  }

  /** Lets a role read the value. */
  grantRead(role: Grantee): void {
    role.allow(`read-${this.#secret}`, [
      {
        sid: "Secret",
        actions: ["secretsmanager:GetSecretValue"],
        resources: pulumi.interpolate`${this.plannedArn}-??????`,
      },
      this.#key.readStatement("secretsmanager"),
    ]);
  }
}

/** The value is for tasks. A person sets it, and has no need to read it back. */
function secretDocument({ context, readers = [], rotation }: SourceSecretArgs): pulumi.Output<string> {
  const roles = iamArn(context, `role/${context.prefix("role")}*`);
  return policyDocument([
    {
      sid: "OnlyReadersRead",
      effect: "Deny",
      principals: "*",
      actions: ["secretsmanager:GetSecretValue"],
      resources: "*",
      conditions: {
        ArnNotLike: { "aws:PrincipalArn": [roles, ...readers, ...(rotation ? [rotation.roleArn] : [])] },
      },
    },
    denyWithoutTls("secretsmanager", "*"),
  ]);
}

function refuseImpossible({ rotation }: SourceSecretArgs): void {
  const days = rotation?.days ?? 30;
  if (Number.isInteger(days) && days >= 1 && days <= 90) return;
  throw new UserError("this secret cannot be made:", [
    { path: "rotation.days", problem: "is no time between two values", value: days, allowed: "1 to 90 days" },
  ]);
}
