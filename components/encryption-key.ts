import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { arn, iamArn } from "./arns.ts";
import { type Context, stateful } from "./context.ts";
import { type Conditions, policyDocument, type Statement } from "./policy-document.ts";
import type { ServiceRole } from "./service-role.ts";
import { type Transform, transformed } from "./transform.ts";

export interface EncryptionKeyArgs {
  readonly context: Context;
  /** What the key is called within the stack. @default the component's name */
  readonly label?: string;
  readonly transform?:
    | { readonly key?: Transform<aws.kms.KeyArgs>; readonly alias?: Transform<aws.kms.AliasArgs> }
    | undefined;
}

/** Services through which a role can use the key; the role can then not use it by itself. */
export type KeyUser = "s3" | "secretsmanager" | "sqs";

/**
 * The customer managed key that encrypts everything a platform keeps: objects, secrets, logs, messages, schedules.
 * @example const key = new EncryptionKey("key", { context });
 *
 * **Cost**: 1 USD a month, and 1 USD more for each of the first two yearly rotations; 0.03 USD per 10,000 requests, of which
 * bucket keys leave few.
 *
 * **Security**: rotates yearly. The account administers it through IAM; beyond that only CloudWatch Logs (for the log groups of
 * this stack) and CloudWatch alarms (of this stack, to write to an encrypted topic) are admitted. Grants name the key by its
 * alias and bind its use to one service.
 */
export class EncryptionKey extends pulumi.ComponentResource {
  readonly arn: pulumi.Output<string>;
  readonly alias: string;
  readonly nodes: { readonly key: aws.kms.Key; readonly alias: aws.kms.Alias };
  readonly #context: Context;

  constructor(name: string, args: EncryptionKeyArgs, opts: pulumi.ComponentResourceOptions = {}) {
    super("tidegate:security:EncryptionKey", name, {}, opts);
    const { context } = args;
    this.#context = context;
    this.alias = context.name("keyAlias", args.label ?? name);
    const key = new aws.kms.Key(
      `${name}-key`,
      transformed(
        {
          description: `Encrypts what ${context.project} keeps in stack ${context.stack}`,
          enableKeyRotation: true,
          rotationPeriodInDays: 365,
          deletionWindowInDays: context.disposable ? 7 : 30,
          policy: policyDocument(keyPolicy(context)),
        },
        args.transform?.key,
      ),
      { parent: this, ...stateful(context) },
    );
    const alias = new aws.kms.Alias(
      `${name}-alias`,
      transformed({ name: this.alias, targetKeyId: key.keyId }, args.transform?.alias),
      { parent: this },
    );
    this.arn = key.arn;
    this.nodes = { key, alias };
    this.registerOutputs({ arn: this.arn, alias: this.alias });
  }

  /** What a role needs to read what a service encrypted with this key. */
  readStatement(service: KeyUser): Statement {
    return this.#statement(`DecryptThrough${label(service)}`, ["kms:Decrypt"], this.#through(service));
  }

  /** What a role needs to have a service encrypt with this key; reading is part of it, as services ask for both. */
  writeStatement(service: KeyUser): Statement {
    return this.#statement(
      `EncryptThrough${label(service)}`,
      ["kms:Decrypt", "kms:GenerateDataKey"],
      this.#through(service),
    );
  }

  /**
   * Lets the role of a schedule read the schedule's own target.
   * https://docs.aws.amazon.com/scheduler/latest/UserGuide/encryption-rest.html
   */
  grantSchedule(role: ServiceRole, scheduleArn: pulumi.Input<string>): void {
    role.allow("read-schedule", [
      this.#statement("DecryptSchedule", ["kms:Decrypt"], {
        StringEquals: { "kms:EncryptionContext:aws:scheduler:schedule:arn": scheduleArn },
      }),
    ]);
  }

  #through(service: KeyUser): Conditions {
    return { StringEquals: { "kms:ViaService": pulumi.interpolate`${service}.${this.#context.region}.amazonaws.com` } };
  }

  #statement(sid: string, actions: readonly string[], conditions: Conditions): Statement {
    return {
      sid,
      actions,
      resources: arn(this.#context, "kms", "key/*"),
      conditions: { ...conditions, "ForAnyValue:StringEquals": { "kms:ResourceAliases": this.alias } },
    };
  }
}

const label = (service: KeyUser): string => ({ s3: "S3", secretsmanager: "SecretsManager", sqs: "Sqs" })[service];

function keyPolicy(context: Context): Statement[] {
  return [
    {
      sid: "AccountAdministersThroughIam",
      principals: { AWS: iamArn(context, "root") },
      actions: ["kms:*"],
      resources: "*",
    },
    {
      sid: "LogGroupsOfThisStack",
      principals: { Service: pulumi.interpolate`logs.${context.region}.amazonaws.com` },
      actions: ["kms:Encrypt", "kms:Decrypt", "kms:ReEncrypt*", "kms:GenerateDataKey*", "kms:DescribeKey"],
      resources: "*",
      conditions: {
        ArnLike: {
          "kms:EncryptionContext:aws:logs:arn": arn(context, "logs", `log-group:${context.prefix("logGroup")}*`),
        },
      },
    },
    {
      sid: "AlarmsToTopicsOfThisStack",
      principals: { Service: "cloudwatch.amazonaws.com" },
      actions: ["kms:Decrypt", "kms:GenerateDataKey*"],
      resources: "*",
      conditions: {
        ArnLike: { "kms:EncryptionContext:aws:sns:topicArn": arn(context, "sns", `${context.prefix("topic")}*`) },
      },
    },
  ];
}
