import * as aws from "@pulumi/aws";
import type { Input } from "@pulumi/pulumi";
import { describeRule } from "../support/rules.ts";

const target = (arn?: Input<string>) =>
  new aws.cloudwatch.EventTarget("target", { rule: "r", arn: "arn", ...(arn ? { deadLetterConfig: { arn } } : {}) });

describeRule("events-target-dead-letters", {
  good: { "a queue of the program": () => target(new aws.sqs.Queue("dead").arn) },
  bad: {
    "no queue": { program: () => target(), says: [/^target: has no dead-letter queue/] },
    "a queue of somebody else": {
      program: () => {
        new aws.sqs.Queue("dead");
        target("arn:aws:sqs:us-east-1:123456789012:dead");
      },
      says: [/not in this stack/],
    },
  },
});

const NOTICE = { comparisonOperator: "GREATER_THAN", threshold: 100, thresholdType: "PERCENTAGE" };
const budget = (notifications: aws.types.input.budgets.BudgetNotification[]) =>
  new aws.budgets.Budget("budget", { budgetType: "COST", timeUnit: "MONTHLY", notifications });
const topics = () => [new aws.sns.Topic("topic").arn];

describeRule("budgets-budget-notifies", {
  good: {
    "a forecast to a topic": () =>
      budget([{ ...NOTICE, notificationType: "FORECASTED", subscriberSnsTopicArns: topics() }]),
    "a forecast by mail": () =>
      budget([{ ...NOTICE, notificationType: "FORECASTED", subscriberEmailAddresses: ["a@example.com"] }]),
  },
  bad: {
    "no notification": { program: () => budget([]), says: [/^budget: tells nobody when the forecast/] },
    "only what was spent": {
      program: () => budget([{ ...NOTICE, notificationType: "ACTUAL", subscriberSnsTopicArns: topics() }]),
      says: [/tells nobody/],
    },
    "a forecast for nobody": {
      program: () => budget([{ ...NOTICE, notificationType: "FORECASTED" }]),
      says: [/tells nobody/],
    },
  },
});

const HARDENED = {
  imageTagMutability: "IMMUTABLE",
  imageScanningConfiguration: { scanOnPush: true },
  encryptionConfigurations: [{ encryptionType: "KMS", kmsKey: "arn:aws:kms:us-east-1:123456789012:key/0" }],
};
const repository = (args: aws.ecr.RepositoryArgs) => new aws.ecr.Repository("images", args);

describeRule("ecr-repository-hardened", {
  good: {
    "all three": () => repository(HARDENED),
    "a key of the program": () =>
      repository({
        ...HARDENED,
        encryptionConfigurations: [{ encryptionType: "KMS", kmsKey: new aws.kms.Key("key").arn }],
      }),
  },
  bad: {
    "nothing said": {
      program: () => repository({}),
      says: [/tags that can be moved/, /does not scan/, /does not encrypt/],
    },
    "the key that AWS manages": {
      program: () => repository({ ...HARDENED, encryptionConfigurations: [{ encryptionType: "KMS" }] }),
      says: [/does not encrypt with a key of your own/],
    },
  },
});
