import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { alarmArguments } from "./alarm-arguments.ts";
import {
  type AlarmPlan,
  type DatabaseSize,
  databaseAlarms,
  datasetAlarms,
  type WatchedDataset,
  warehouseAlarms,
} from "./alarm-plan.ts";
import { arn } from "./arns.ts";
import type { Context } from "./context.ts";
import type { DatabaseMetrics } from "./database.ts";
import type { EncryptionKey } from "./encryption-key.ts";
import type { Grantee } from "./grantee.ts";
import { denyWithoutTls, policyDocument } from "./policy-document.ts";
import { type Transform, transformed } from "./transform.ts";
import type { WarehouseMetrics } from "./warehouse-base.ts";

export interface AlertsArgs {
  readonly context: Context;
  readonly key: EncryptionKey;
  /** Get a mail for each alarm, after confirming the mail that AWS sends first. @default nobody @example ["data@example.com"] */
  readonly emails?: readonly string[] | undefined;
  /** The log group whose error lines become an alarm. */
  readonly logGroup: aws.cloudwatch.LogGroup;
  readonly transform?:
    | {
        readonly deadLetters?: Transform<aws.sqs.QueueArgs>;
        readonly deadLetterPolicy?: Transform<aws.sqs.QueuePolicyArgs>;
        readonly topic?: Transform<aws.sns.TopicArgs>;
        readonly topicPolicy?: Transform<aws.sns.TopicPolicyArgs>;
        readonly subscription?: Transform<aws.sns.TopicSubscriptionArgs>;
        readonly errorFilter?: Transform<aws.cloudwatch.LogMetricFilterArgs>;
        readonly alarm?: Transform<aws.cloudwatch.MetricAlarmArgs>;
      }
    | undefined;
}

/**
 * Says when something went wrong: a queue for starts that failed, a topic, and alarms for messages in that queue, for error lines
 * that tasks wrote, and for whatever it is asked to watch.
 * @example
 * const alerts = new Alerts("alerts", { context, key, emails: ["data@example.com"], logGroup: runner.nodes.logGroup });
 * alerts.watchDataset({ dataset: "daily_prices", cron: "15 0 * * ? *", stateMachineArn: pipeline.stateMachineArn });
 *
 * **Cost**: 0.10 USD a month per metric of an alarm: two, four per dataset, six per database, four or three per warehouse; 0.30 USD
 * for the metric of error lines. Queue and topic stay within the free tier.
 *
 * **Security**: queue and topic are encrypted with the platform's key and refuse requests without TLS; only alarms, rules and
 * budgets of this stack publish to the topic, and only its rules and granted roles write to the queue.
 */
export class Alerts extends pulumi.ComponentResource {
  readonly deadLetterQueueArn: pulumi.Output<string>;
  readonly deadLetterQueueUrl: pulumi.Output<string>;
  /** The queue's name, known at preview. */
  readonly deadLetterQueueName: string;
  readonly topicArn: pulumi.Output<string>;
  readonly nodes: {
    readonly deadLetters: aws.sqs.Queue;
    readonly deadLetterPolicy: aws.sqs.QueuePolicy;
    readonly topic: aws.sns.Topic;
    readonly topicPolicy: aws.sns.TopicPolicy;
    readonly subscriptions: readonly aws.sns.TopicSubscription[];
    readonly errorFilter: aws.cloudwatch.LogMetricFilter;
    /** By what they watch, such as `dead-letters`, `errors` or `daily_prices-late`. */
    readonly alarms: Record<string, aws.cloudwatch.MetricAlarm>;
  };
  readonly #name: string;
  readonly #context: Context;
  readonly #key: EncryptionKey;
  readonly #transform: AlertsArgs["transform"];
  readonly #plannedQueueArn: pulumi.Output<string>;

  constructor(name: string, args: AlertsArgs, opts: pulumi.ComponentResourceOptions = {}) {
    super("tidegate:alerts:Alerts", name, {}, opts);
    const { context, key, transform } = args;
    const child = { parent: this };
    this.#name = name;
    this.#context = context;
    this.#key = key;
    this.#transform = transform;
    const topicName = context.name("topic", "alerts");
    this.deadLetterQueueName = context.name("queue", "dead-letters");
    this.#plannedQueueArn = arn(context, "sqs", this.deadLetterQueueName);

    const deadLetters = new aws.sqs.Queue(
      `${name}-dead-letters`,
      transformed(
        { name: this.deadLetterQueueName, kmsMasterKeyId: key.arn, messageRetentionSeconds: FOURTEEN_DAYS },
        transform?.deadLetters,
      ),
      child,
    );
    const deadLetterPolicy = new aws.sqs.QueuePolicy(
      `${name}-dead-letters-policy`,
      transformed(
        { queueUrl: deadLetters.url, policy: queueDocument(context, this.#plannedQueueArn) },
        transform?.deadLetterPolicy,
      ),
      child,
    );
    const topic = new aws.sns.Topic(
      `${name}-topic`,
      transformed({ name: topicName, kmsMasterKeyId: key.arn, signatureVersion: 2 }, transform?.topic),
      child,
    );
    const topicPolicy = new aws.sns.TopicPolicy(
      `${name}-topic-policy`,
      transformed({ arn: topic.arn, policy: topicDocument(context, topicName) }, transform?.topicPolicy),
      child,
    );
    const subscriptions = (args.emails ?? []).map(
      (email) =>
        new aws.sns.TopicSubscription(
          `${name}-${email}`,
          transformed({ topic: topic.arn, protocol: "email", endpoint: email }, transform?.subscription),
          child,
        ),
    );
    const metric = { namespace: context.name("metricNamespace", "tasks"), name: "ErrorLines" };
    const errorFilter = new aws.cloudwatch.LogMetricFilter(
      `${name}-errors`,
      transformed(
        {
          name: "error-lines",
          logGroupName: args.logGroup.name,
          pattern: '{ $.level = "error" }',
          metricTransformation: { ...metric, value: "1", unit: "Count" },
        },
        transform?.errorFilter,
      ),
      child,
    );
    this.deadLetterQueueArn = deadLetters.arn;
    this.deadLetterQueueUrl = deadLetters.url;
    this.topicArn = topic.arn;
    this.nodes = { deadLetters, deadLetterPolicy, topic, topicPolicy, subscriptions, errorFilter, alarms: {} };
    const { namespace, name: metricName } = errorFilter.metricTransformation;
    this.#watch([deadLetterAlarm(deadLetters.name), errorAlarm(namespace, metricName)]);
    this.registerOutputs({ deadLetterQueueUrl: this.deadLetterQueueUrl, topicArn: this.topicArn });
  }

  /** Says when runs of a dataset fail, when it is late, and when too many of its records are in quarantine. */
  watchDataset(watched: WatchedDataset): void {
    const { project, stack } = this.#context;
    this.#watch(datasetAlarms(`${project}-${stack}`, watched));
  }

  /** Says when a database is busy, full or out of something. */
  watchDatabase(metrics: DatabaseMetrics, size: DatabaseSize): void {
    this.#watch(databaseAlarms(metrics, size));
  }

  /** Says when loads into a warehouse fail, when it is unwell, or when it computes more than its limit foresees. */
  watchWarehouse(metrics: WarehouseMetrics): void {
    this.#watch(warehouseAlarms(metrics));
  }

  /** Lets a role put what it could not deliver into the dead-letter queue. */
  grantDeadLetter(role: Grantee): void {
    role.allow("send-dead-letters", [
      { sid: "DeadLetters", actions: ["sqs:SendMessage"], resources: this.#plannedQueueArn },
      this.#key.writeStatement("sqs"),
    ]);
  }

  #watch(plans: readonly AlarmPlan[]): void {
    const actions = { alarmActions: [this.topicArn], okActions: [this.topicArn] };
    for (const plan of plans) {
      const name = this.#context.name("alarm", plan.what);
      this.nodes.alarms[plan.what] = new aws.cloudwatch.MetricAlarm(
        `${this.#name}-${plan.what}-alarm`,
        transformed({ ...alarmArguments(plan), name, ...actions }, this.#transform?.alarm),
        { parent: this },
      );
    }
  }
}

const FOURTEEN_DAYS = 14 * 24 * 60 * 60;

const AT_ONCE = { above: 0, period: 300, periods: 1, missing: "notBreaching" } as const;

const deadLetterAlarm = (queue: pulumi.Input<string>): AlarmPlan => ({
  what: "dead-letters",
  description: "Something could not be started: look at the messages in the dead-letter queue",
  of: {
    namespace: "AWS/SQS",
    name: "ApproximateNumberOfMessagesVisible",
    dimensions: { QueueName: queue },
    statistic: "Maximum",
  },
  ...AT_ONCE,
});

const errorAlarm = (namespace: pulumi.Input<string>, name: pulumi.Input<string>): AlarmPlan => ({
  what: "errors",
  description: "A task wrote an error: look at the log group of the tasks",
  of: { namespace, name, statistic: "Sum" },
  ...AT_ONCE,
});

const rulesOf = (context: Context): pulumi.Output<string> => arn(context, "events", `rule/${context.prefix("rule")}*`);

/** Rules deliver what they could not deliver elsewhere as the service, not as a role. */
const queueDocument = (context: Context, queue: pulumi.Output<string>): pulumi.Output<string> =>
  policyDocument([
    {
      sid: "RulesOfThisStack",
      principals: { Service: "events.amazonaws.com" },
      actions: ["sqs:SendMessage"],
      resources: queue,
      conditions: {
        StringEquals: { "aws:SourceAccount": context.account },
        ArnLike: { "aws:SourceArn": rulesOf(context) },
      },
    },
    denyWithoutTls("sqs", queue),
  ]);

function topicDocument(context: Context, topicName: string): pulumi.Output<string> {
  const topic = arn(context, "sns", topicName);
  const publish = (sid: string, service: string, sources: pulumi.Output<string>) => ({
    sid,
    principals: { Service: service },
    actions: ["sns:Publish"],
    resources: topic,
    conditions: {
      StringEquals: { "aws:SourceAccount": context.account },
      ArnLike: { "aws:SourceArn": sources },
    },
  });
  const { partition, account } = context;
  const budgets = pulumi.interpolate`arn:${partition}:budgets::${account}:budget/${context.prefix("budget")}*`;
  return policyDocument([
    publish(
      "AlarmsOfThisStack",
      "cloudwatch.amazonaws.com",
      arn(context, "cloudwatch", `alarm:${context.prefix("alarm")}*`),
    ),
    publish("RulesOfThisStack", "events.amazonaws.com", rulesOf(context)),
    publish("BudgetsOfThisStack", "budgets.amazonaws.com", budgets),
    { ...denyWithoutTls("sns", topic), actions: ["sns:Publish"] },
  ]);
}
