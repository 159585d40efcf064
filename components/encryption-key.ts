import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { arn, iamArn } from "./arns.ts";
import { type Context, stateful } from "./context.ts";
import type { Grantee } from "./grantee.ts";
import { type Conditions, policyDocument, type Statement } from "./policy-document.ts";
import type { ServiceRole } from "./service-role.ts";
import { type Transform, transformed } from "./transform.ts";

export interface EncryptionKeyArgs {
  readonly context: Context;
  /** What the key is called within the stack. @default the component's name */
  readonly label?: string;
  /** What the key's policy admits beside what every platform needs, each with a condition of its own. @default nothing */
  readonly statements?: readonly Statement[];
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
 * **Security**: rotates yearly. The account administers it through IAM; beyond that only services of AWS are admitted for what is
 * of this stack: CloudWatch Logs for its log groups, alarms, rules and budgets for its topics, rules for its queues. Grants name
 * the key by its alias and bind its use to one service.
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
          policy: policyDocument([...keyPolicy(context), ...(args.statements ?? [])]),
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

  /** What a role needs to have S3 keep replicas encrypted with this key. */
  replicateStatement(): Statement {
    return this.#statement("EncryptReplicas", ["kms:Encrypt", "kms:GenerateDataKey"], this.#through("s3"));
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

  /**
   * Lets the role of a state machine read and write its executions and its log.
   * https://docs.aws.amazon.com/step-functions/latest/dg/encryption-at-rest.html
   */
  grantStateMachine(role: Grantee, machineArn: pulumi.Input<string>): void {
    const use = ["kms:Decrypt", "kms:GenerateDataKey"];
    role.allow("use-key", [
      this.#statement("EncryptExecutions", use, {
        // Executions of a distributed Map belong to a machine of their own, named below this one.
        StringLike: {
          "kms:EncryptionContext:aws:states:stateMachineArn": [machineArn, pulumi.interpolate`${machineArn}/*`],
        },
      }),
      this.#statement("EncryptLogs", ["kms:GenerateDataKey"], {
        StringEquals: { "kms:EncryptionContext:SourceArn": arn(this.#context, "logs", "*") },
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
      principals: { Service: ["cloudwatch.amazonaws.com", "events.amazonaws.com"] },
      actions: ["kms:Decrypt", "kms:GenerateDataKey*"],
      resources: "*",
      conditions: {
        ArnLike: { "kms:EncryptionContext:aws:sns:topicArn": arn(context, "sns", `${context.prefix("topic")}*`) },
      },
    },
    {
      // https://docs.aws.amazon.com/cost-management/latest/userguide/budgets-sns-policy.html
      sid: "BudgetsToTopics",
      principals: { Service: "budgets.amazonaws.com" },
      actions: ["kms:Decrypt", "kms:GenerateDataKey*"],
      resources: "*",
      conditions: {
        StringEquals: { "aws:SourceAccount": context.account },
        ArnLike: { "aws:SourceArn": pulumi.interpolate`arn:${context.partition}:budgets::${context.account}:*` },
      },
    },
    {
      sid: "LogsOfStateMachines",
      principals: { Service: "delivery.logs.amazonaws.com" },
      actions: ["kms:Decrypt"],
      resources: "*",
      conditions: { StringEquals: { "kms:EncryptionContext:SourceArn": arn(context, "logs", "*") } },
    },
    {
      sid: "RulesOfThisStackToQueues",
      principals: { Service: "events.amazonaws.com" },
      actions: ["kms:Decrypt", "kms:GenerateDataKey"],
      resources: "*",
      conditions: {
        StringEquals: { "aws:SourceAccount": context.account },
        ArnLike: { "aws:SourceArn": arn(context, "events", `rule/${context.prefix("rule")}*`) },
      },
    },
  ];
}
