import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { arn } from "./arns.ts";
import type { Context } from "./context.ts";
import type { EncryptionKey } from "./encryption-key.ts";
import { denyWithoutTls, policyDocument } from "./policy-document.ts";
import type { ServiceRole } from "./service-role.ts";
import { type Transform, transformed } from "./transform.ts";

export interface AlertsArgs {
  readonly context: Context;
  readonly key: EncryptionKey;
  /** Gets a mail for each alarm, after confirming the mail that AWS sends first. @default nobody */
  readonly email?: string | undefined;
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
 * Says when something went wrong: a queue for starts that failed, a topic, and alarms for messages in that queue and for error
 * lines that tasks wrote.
 * @example new Alerts("alerts", { context, key, email: "data@example.com", logGroup: runner.nodes.logGroup });
 *
 * **Cost**: 0.10 USD a month per alarm (two) and 0.30 USD for the metric; queue and topic stay within the free tier.
 *
 * **Security**: queue and topic are encrypted with the platform's key and refuse requests without TLS; only alarms of this stack
 * publish to the topic.
 */
export class Alerts extends pulumi.ComponentResource {
  readonly deadLetterQueueArn: pulumi.Output<string>;
  readonly deadLetterQueueUrl: pulumi.Output<string>;
  readonly topicArn: pulumi.Output<string>;
  readonly nodes: {
    readonly deadLetters: aws.sqs.Queue;
    readonly deadLetterPolicy: aws.sqs.QueuePolicy;
    readonly topic: aws.sns.Topic;
    readonly topicPolicy: aws.sns.TopicPolicy;
    readonly subscription: aws.sns.TopicSubscription | undefined;
    readonly errorFilter: aws.cloudwatch.LogMetricFilter;
    readonly deadLetterAlarm: aws.cloudwatch.MetricAlarm;
    readonly errorAlarm: aws.cloudwatch.MetricAlarm;
  };
  readonly #key: EncryptionKey;
  readonly #plannedQueueArn: pulumi.Output<string>;

  constructor(name: string, args: AlertsArgs, opts: pulumi.ComponentResourceOptions = {}) {
    super("tidegate:alerts:Alerts", name, {}, opts);
    const { context, key, transform } = args;
    const child = { parent: this };
    this.#key = key;
    const queueName = context.name("queue", "dead-letters");
    const topicName = context.name("topic", "alerts");
    this.#plannedQueueArn = arn(context, "sqs", queueName);

    const deadLetters = new aws.sqs.Queue(
      `${name}-dead-letters`,
      transformed(
        { name: queueName, kmsMasterKeyId: key.arn, messageRetentionSeconds: FOURTEEN_DAYS },
        transform?.deadLetters,
      ),
      child,
    );
    const deadLetterPolicy = new aws.sqs.QueuePolicy(
      `${name}-dead-letters-policy`,
      transformed(
        { queueUrl: deadLetters.url, policy: policyDocument([denyWithoutTls("sqs", this.#plannedQueueArn)]) },
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
    const subscription = args.email
      ? new aws.sns.TopicSubscription(
          `${name}-email`,
          transformed({ topic: topic.arn, protocol: "email", endpoint: args.email }, transform?.subscription),
          child,
        )
      : undefined;
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
    const alarm = (
      suffix: string,
      about: Pick<
        aws.cloudwatch.MetricAlarmArgs,
        "alarmDescription" | "namespace" | "metricName" | "dimensions" | "statistic"
      >,
    ) =>
      new aws.cloudwatch.MetricAlarm(
        `${name}-${suffix}-alarm`,
        transformed(
          {
            ...about,
            name: context.name("alarm", suffix),
            comparisonOperator: "GreaterThanThreshold",
            threshold: 0,
            period: 300,
            evaluationPeriods: 1,
            treatMissingData: "notBreaching",
            actionsEnabled: true,
            alarmActions: [topic.arn],
            okActions: [topic.arn],
          },
          transform?.alarm,
        ),
        child,
      );
    const deadLetterAlarm = alarm("dead-letters", {
      alarmDescription: "A task could not be started: look at the messages in the dead-letter queue",
      namespace: "AWS/SQS",
      metricName: "ApproximateNumberOfMessagesVisible",
      dimensions: { QueueName: deadLetters.name },
      statistic: "Maximum",
    });
    const errorAlarm = alarm("errors", {
      alarmDescription: "A task wrote an error: look at the log group of the tasks",
      namespace: errorFilter.metricTransformation.namespace,
      metricName: errorFilter.metricTransformation.name,
      statistic: "Sum",
    });
    this.deadLetterQueueArn = deadLetters.arn;
    this.deadLetterQueueUrl = deadLetters.url;
    this.topicArn = topic.arn;
    this.nodes = {
      deadLetters,
      deadLetterPolicy,
      topic,
      topicPolicy,
      subscription,
      errorFilter,
      deadLetterAlarm,
      errorAlarm,
    };
    this.registerOutputs({ deadLetterQueueUrl: this.deadLetterQueueUrl, topicArn: this.topicArn });
  }

  /** Lets a role put what it could not deliver into the dead-letter queue. */
  grantDeadLetter(role: ServiceRole): void {
    role.allow("send-dead-letters", [
      { sid: "DeadLetters", actions: ["sqs:SendMessage"], resources: this.#plannedQueueArn },
      this.#key.writeStatement("sqs"),
    ]);
  }
}

const FOURTEEN_DAYS = 14 * 24 * 60 * 60;

function topicDocument(context: Context, topicName: string): pulumi.Output<string> {
  const topic = arn(context, "sns", topicName);
  return policyDocument([
    {
      sid: "AlarmsOfThisStack",
      principals: { Service: "cloudwatch.amazonaws.com" },
      actions: ["sns:Publish"],
      resources: topic,
      conditions: {
        StringEquals: { "aws:SourceAccount": context.account },
        ArnLike: { "aws:SourceArn": arn(context, "cloudwatch", `alarm:${context.prefix("alarm")}*`) },
      },
    },
    { ...denyWithoutTls("sns", topic), actions: ["sns:Publish"] },
  ]);
}
