import * as aws from "@pulumi/aws";
import { describeRule } from "../support/rules.ts";

const document = (...Statement: object[]) => JSON.stringify({ Version: "2012-10-17", Statement });
const allow = (statement: object) => () =>
  new aws.iam.RolePolicy("policy", { role: "role", policy: document({ Effect: "Allow", ...statement }) });
const ARN = "arn:aws:s3:::lake/raw/*";

describeRule("iam-rights-named", {
  good: {
    "named actions on named resources": allow({ Action: ["s3:GetObject", "s3:PutObject"], Resource: [ARN] }),
    "an action that knows no resource": allow({ Action: "cloudwatch:PutMetricData", Resource: "*" }),
    "a refusal": () =>
      new aws.iam.Policy("policy", { policy: document({ Effect: "Deny", Action: "*", Resource: "*" }) }),
    "a document given as an object": () =>
      new aws.iam.Policy("policy", {
        policy: { Version: "2012-10-17", Statement: [{ Effect: "Allow", Action: "s3:GetObject", Resource: ARN }] },
      }),
  },
  bad: {
    everything: {
      program: allow({ Action: "*", Resource: "*" }),
      says: [/by wildcard \(got \["\*"\]\)/, /on all resources/],
    },
    "a service": { program: allow({ Action: ["s3:*"], Resource: ARN }), says: [/by wildcard/] },
    "the beginning of names": {
      program: allow({ Sid: "Read", Action: "s3:Get*", Resource: ARN }),
      says: [/Read allows actions by wildcard/],
    },
    "all of a service's resources": {
      program: allow({ Action: "sqs:SendMessage", Resource: "arn:aws:sqs:us-east-1:123456789012:*" }),
      says: [/sqs:SendMessage on all resources/],
    },
    "one action too many on *": {
      program: allow({ Action: ["cloudwatch:PutMetricData", "ecs:RunTask"], Resource: "*" }),
      says: [/allows ecs:RunTask on all resources/],
    },
    "everything but something": {
      program: allow({ NotAction: "iam:*", Resource: ARN }),
      says: [/everything but something/],
    },
    "a statement alone, not in a list": {
      program: () =>
        new aws.iam.Policy("policy", {
          policy: JSON.stringify({ Statement: { Effect: "Allow", Action: "*", Resource: ARN } }),
        }),
      says: [/by wildcard/],
    },
    "a policy within a role": {
      program: () =>
        new aws.iam.Role("role", {
          assumeRolePolicy: document(),
          inlinePolicies: [{ name: "all", policy: document({ Effect: "Allow", Action: "*", Resource: ARN }) }],
        }),
      says: [/^role: .*by wildcard/],
    },
  },
});

const KEYS = "arn:aws:kms:us-east-1:123456789012:key/*";

describeRule("iam-keys-named", {
  good: {
    "a key": allow({ Action: "kms:Decrypt", Resource: KEYS.replace("*", "0000") }),
    "all keys of an alias": allow({
      Action: "kms:Decrypt",
      Resource: KEYS,
      Condition: { "ForAnyValue:StringEquals": { "kms:ResourceAliases": "alias/lake" } },
    }),
  },
  bad: {
    "all keys": { program: allow({ Action: ["kms:Decrypt"], Resource: KEYS }), says: [/kms:Decrypt with every key/] },
    "all keys for a service": {
      program: allow({
        Action: "kms:Decrypt",
        Resource: KEYS,
        Condition: { StringEquals: { "kms:ViaService": "s3.us-east-1.amazonaws.com" } },
      }),
      says: [/with every key/],
    },
  },
});

const pass = { Action: "iam:PassRole", Resource: "arn:aws:iam::123456789012:role/task" };
const toEcs = { StringEquals: { "iam:PassedToService": "ecs-tasks.amazonaws.com" } };

describeRule("iam-pass-role-limited", {
  good: { "one role to one service": allow({ ...pass, Condition: toEcs }) },
  bad: {
    "to any service": { program: allow(pass), says: [/passes roles to any service/] },
    "any role": {
      program: allow({ ...pass, Resource: "arn:aws:iam::123456789012:role/*", Condition: toEcs }),
      says: [/by wildcard/],
    },
  },
});

const trust = (statement: object) => () =>
  new aws.iam.Role("role", {
    assumeRolePolicy: document({ Effect: "Allow", Action: "sts:AssumeRole", ...statement }),
  });
const ECS = { Principal: { Service: "ecs-tasks.amazonaws.com" } };

describeRule("iam-role-trust-limited", {
  good: {
    "a service for an account": trust({ ...ECS, Condition: { StringEquals: { "aws:SourceAccount": "123456789012" } } }),
    "a service that names no source": trust({ Principal: { Service: "ec2.amazonaws.com" } }),
    "a role by name": trust({ Principal: { AWS: "arn:aws:iam::123456789012:role/ci" } }),
  },
  bad: {
    "a service for anybody": {
      program: trust(ECS),
      says: [/takes? it for anybody \(got \["ecs-tasks\.amazonaws\.com"\]\)/],
    },
    everybody: { program: trust({ Principal: { AWS: "*" } }), says: [/admits everybody/] },
  },
});
