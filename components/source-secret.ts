import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { arn } from "./arns.ts";
import { type Context, stateful } from "./context.ts";
import type { EncryptionKey } from "./encryption-key.ts";
import type { ServiceRole } from "./service-role.ts";
import { type Transform, transformed } from "./transform.ts";

export interface SourceSecretArgs {
  readonly context: Context;
  readonly key: EncryptionKey;
  /** Name of the secret in dataset definitions. @example "TIINGO_TOKEN" */
  readonly secret: string;
  readonly transform?: { readonly secret?: Transform<aws.secretsmanager.SecretArgs> } | undefined;
}

/**
 * A place for a source's token. Its value is set once by a person, outside of the program, so that it is never in the state:
 * `aws secretsmanager put-secret-value --secret-id <name> --secret-string <token>`.
 * @example const token = new SourceSecret("tiingo-token", { context, key, secret: "TIINGO_TOKEN" });
 *
 * **Cost**: 0.40 USD a month.
 *
 * **Security**: encrypted with the platform's key; a grant is for this one secret; after a deletion it can be brought back for 7
 * days (disposable) or 30. @stateful protected unless the context is disposable.
 */
export class SourceSecret extends pulumi.ComponentResource {
  /** Name in Secrets Manager. */
  readonly secretName: string;
  /**
   * The ARN without the six characters that Secrets Manager appends: known at preview, and what ECS and the API take as well.
   * https://docs.aws.amazon.com/secretsmanager/latest/userguide/troubleshoot.html#ARN_secretnamehyphen
   */
  readonly plannedArn: pulumi.Output<string>;
  readonly nodes: { readonly secret: aws.secretsmanager.Secret };
  readonly #key: EncryptionKey;
  readonly #secret: string;

  constructor(name: string, args: SourceSecretArgs, opts: pulumi.ComponentResourceOptions = {}) {
    super("tidegate:security:SourceSecret", name, {}, opts);
    const { context } = args;
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
        args.transform?.secret,
      ),
      { parent: this, ...stateful(context) },
    );
    this.nodes = { secret };
    this.registerOutputs({ secretName: this.secretName });
  }

  /** Lets a role read the value. */
  grantRead(role: ServiceRole): void {
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
