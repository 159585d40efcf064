import * as aws from "@pulumi/aws";
import type { Input } from "@pulumi/pulumi";
import { describeRule } from "../support/rules.ts";

const RETRY = { maximumRetryAttempts: 3, maximumEventAgeInSeconds: 3600 };

const schedule = (
  changes: Partial<aws.scheduler.ScheduleArgs>,
  target: Partial<aws.types.input.scheduler.ScheduleTarget> = {},
) =>
  new aws.scheduler.Schedule("nightly", {
    scheduleExpression: "cron(15 0 * * ? *)",
    scheduleExpressionTimezone: "UTC",
    flexibleTimeWindow: { mode: "OFF" },
    target: { arn: "arn:aws:ecs:us-east-1:123456789012:cluster/c", roleArn: "arn", retryPolicy: RETRY, ...target },
    ...changes,
  });
const deadLetters = (arn: Input<string>) => schedule({}, { deadLetterConfig: { arn } });

describeRule("scheduler-schedule-dead-letters", {
  good: { "a queue of the program": () => deadLetters(new aws.sqs.Queue("dead").arn) },
  bad: {
    "no queue": { program: () => schedule({}), says: [/^nightly: has no dead-letter queue/] },
    "a queue of somebody else": {
      program: () => {
        new aws.sqs.Queue("dead");
        deadLetters("arn:aws:sqs:us-east-1:123456789012:dead");
      },
      says: [/not in this stack/],
    },
    "something that is no queue": {
      program: () => deadLetters(new aws.sns.Topic("dead").arn),
      says: [/not in this stack/],
    },
  },
});

describeRule("scheduler-schedule-explicit", {
  good: { "zone and bounds": () => schedule({}) },
  bad: {
    "no zone": {
      program: () => schedule({ scheduleExpressionTimezone: undefined }),
      says: [/has no time zone/],
    },
    "no bounds": {
      program: () => schedule({}, { retryPolicy: undefined }),
      says: [/does not bound maximumRetryAttempts/, /does not bound maximumEventAgeInSeconds/],
    },
    "bounds as wide as AWS allows": {
      program: () => schedule({}, { retryPolicy: { maximumRetryAttempts: 185, maximumEventAgeInSeconds: 86_400 } }),
      says: [/got 185\); allowed: at most 20/, /got 86400\); allowed: at most 21600/],
    },
  },
});

describeRule("scheduler-schedule-encrypted", {
  good: { "a key of the program": () => schedule({ kmsKeyArn: new aws.kms.Key("key").arn }) },
  bad: { "no key": { program: () => schedule({}), says: [/key that AWS owns/] } },
});
