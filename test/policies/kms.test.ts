import * as aws from "@pulumi/aws";
import { describeRule } from "../support/rules.ts";

describeRule("kms-key-rotates", {
  good: {
    yearly: () => new aws.kms.Key("key", { enableKeyRotation: true }),
    "more often": () => new aws.kms.Key("key", { enableKeyRotation: true, rotationPeriodInDays: 90 }),
  },
  bad: {
    "nothing said": { program: () => new aws.kms.Key("key"), says: [/^key: does not rotate/] },
    off: { program: () => new aws.kms.Key("key", { enableKeyRotation: false }), says: [/got false/] },
    "too rarely": {
      program: () => new aws.kms.Key("key", { enableKeyRotation: true, rotationPeriodInDays: 366 }),
      says: [/rotates too rarely \(got 366\); allowed: at most 365 days/],
    },
  },
});

const key = (statement: object) => () =>
  new aws.kms.Key("key", {
    policy: JSON.stringify({ Statement: [{ Effect: "Allow", Action: "kms:*", Resource: "*", ...statement }] }),
  });
const LOGS = { Principal: { Service: "logs.us-east-1.amazonaws.com" } };

describeRule("kms-key-policy-limited", {
  good: {
    "the account": key({ Principal: { AWS: "arn:aws:iam::123456789012:root" } }),
    "a service for an account": key({ ...LOGS, Condition: { StringEquals: { "aws:SourceAccount": "123456789012" } } }),
    "a service for a context": key({
      ...LOGS,
      Condition: { ArnLike: { "kms:EncryptionContext:aws:logs:arn": "arn" } },
    }),
    "a refusal": key({ Effect: "Deny", Principal: "*" }),
  },
  bad: {
    everybody: { program: key({ Sid: "Open", Principal: { AWS: "*" } }), says: [/Open admits \* without a limit/] },
    "a service for anybody": { program: key(LOGS), says: [/statement 1 admits logs\.us-east-1/] },
    "all but somebody": { program: key({ NotPrincipal: { AWS: "arn" } }), says: [/admits all but some/] },
  },
});
