import * as aws from "@pulumi/aws";
import { describeRule } from "../support/rules.ts";

const key = () => new aws.kms.Key("key").arn;

describeRule("cloudwatch-log-group-kept", {
  good: { "a key and a time": () => new aws.cloudwatch.LogGroup("logs", { kmsKeyId: key(), retentionInDays: 14 }) },
  bad: {
    "no key": {
      program: () => new aws.cloudwatch.LogGroup("logs", { retentionInDays: 90 }),
      says: [/key that AWS owns/],
    },
    "no time": { program: () => new aws.cloudwatch.LogGroup("logs", { kmsKeyId: key() }), says: [/never expires/] },
    "too short a time": {
      program: () => new aws.cloudwatch.LogGroup("logs", { kmsKeyId: key(), retentionInDays: 1 }),
      says: [/expires too soon \(got 1\); allowed: at least 14 days/],
    },
  },
});

const alarm = (args: Partial<aws.cloudwatch.MetricAlarmArgs>) =>
  new aws.cloudwatch.MetricAlarm("alarm", {
    comparisonOperator: "GreaterThanThreshold",
    evaluationPeriods: 1,
    ...args,
  });

describeRule("cloudwatch-alarm-notifies", {
  good: { "a topic of the program": () => alarm({ alarmActions: [new aws.sns.Topic("topic").arn] }) },
  bad: {
    "no action": { program: () => alarm({}), says: [/^alarm: tells nobody/] },
    "a topic of somebody else": {
      program: () => alarm({ alarmActions: ["arn:aws:sns:us-east-1:123456789012:topic"] }),
      says: [/tells nobody/],
    },
    "actions that are off": {
      program: () => alarm({ alarmActions: [new aws.sns.Topic("topic").arn], actionsEnabled: false }),
      says: [/switched off/],
    },
  },
});

const deny = (Action: string) => ({
  Effect: "Deny",
  Principal: "*",
  Action,
  Resource: "*",
  Condition: { Bool: { "aws:SecureTransport": "false" } },
});
const document = (statement: object) => JSON.stringify({ Version: "2012-10-17", Statement: [statement] });

describeRule("sqs-queue-encrypted", {
  good: {
    "a key of the program": () => new aws.sqs.Queue("queue", { kmsMasterKeyId: key() }),
    "a key by alias": () => new aws.sqs.Queue("queue", { kmsMasterKeyId: "alias/lake" }),
  },
  bad: {
    "nothing said": { program: () => new aws.sqs.Queue("queue"), says: [/^queue: does not encrypt/] },
    "the key that AWS manages": {
      program: () => new aws.sqs.Queue("queue", { kmsMasterKeyId: "alias/aws/sqs" }),
      says: [/got "alias\/aws\/sqs"/],
    },
  },
});

describeRule("sqs-queue-tls-only", {
  good: {
    "a policy beside it": () =>
      new aws.sqs.QueuePolicy("policy", { queueUrl: new aws.sqs.Queue("queue").url, policy: document(deny("sqs:*")) }),
    "a policy within it": () => new aws.sqs.Queue("queue", { policy: document(deny("sqs:*")) }),
  },
  bad: {
    "no policy": { program: () => new aws.sqs.Queue("queue"), says: [/^queue: answers requests without TLS/] },
    "only sending": {
      program: () =>
        new aws.sqs.QueuePolicy("policy", {
          queueUrl: new aws.sqs.Queue("queue").url,
          policy: document(deny("sqs:SendMessage")),
        }),
      says: [/without TLS/],
    },
    "a policy of another queue": {
      program: () => {
        new aws.sqs.QueuePolicy("policy", {
          queueUrl: new aws.sqs.Queue("other").url,
          policy: document(deny("sqs:*")),
        });
        new aws.sqs.Queue("queue");
      },
      says: [/^queue: /],
    },
  },
});

describeRule("sns-topic-encrypted", {
  good: { "a key of the program": () => new aws.sns.Topic("topic", { kmsMasterKeyId: key() }) },
  bad: {
    "nothing said": { program: () => new aws.sns.Topic("topic"), says: [/^topic: does not encrypt/] },
    "the key that AWS manages": {
      program: () => new aws.sns.Topic("topic", { kmsMasterKeyId: "alias/aws/sns" }),
      says: [/got "alias\/aws\/sns"/],
    },
  },
});

describeRule("sns-topic-tls-only", {
  good: {
    "a policy": () =>
      new aws.sns.TopicPolicy("policy", { arn: new aws.sns.Topic("topic").arn, policy: document(deny("sns:Publish")) }),
  },
  bad: {
    "no policy": { program: () => new aws.sns.Topic("topic"), says: [/^topic: takes messages without TLS/] },
    "a policy about something else": {
      program: () =>
        new aws.sns.TopicPolicy("policy", {
          arn: new aws.sns.Topic("topic").arn,
          policy: document(deny("sns:Subscribe")),
        }),
      says: [/without TLS/],
    },
  },
});

describeRule("secretsmanager-secret-encrypted", {
  good: { "a key of the program": () => new aws.secretsmanager.Secret("secret", { kmsKeyId: key() }) },
  bad: {
    "no key": { program: () => new aws.secretsmanager.Secret("secret"), says: [/key that AWS manages/] },
    "gone at once": {
      program: () => new aws.secretsmanager.Secret("secret", { kmsKeyId: key(), recoveryWindowInDays: 0 }),
      says: [/cannot be brought back once deleted \(got 0\)/],
    },
  },
});
