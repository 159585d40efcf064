import assert from "node:assert/strict";
import * as aws from "@pulumi/aws";
import { noUsers } from "../../policies/rules/iam/no-users.ts";
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
    "a policy of a group": {
      program: () =>
        new aws.iam.GroupPolicy("policy", {
          group: "team",
          policy: document({ Effect: "Allow", Action: "s3:GetObject", Resource: "*" }),
        }),
      says: [/s3:GetObject on all resources/],
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

describeRule("iam-no-users", {
  good: {},
  bad: {
    "a user": {
      program: () => new aws.iam.User("anna", { name: "shop-anna" }),
      says: [/^anna: is an IAM user \(got "shop-anna"\); allowed: roles/],
    },
    "an access key and a password": {
      program: () => {
        new aws.iam.AccessKey("key", { user: "anna" });
        new aws.iam.UserLoginProfile("password", { user: "anna" });
      },
      says: [/^key: is a credential that lasts/, /^password: is a credential that lasts/],
    },
  },
});

describe("iam-no-users, told of users", () => {
  const findings = (users: readonly string[], resource: { type: string; name: string; props: object }): number => {
    const found: string[] = [];
    assert.equal(noUsers.kind, "resource");
    if (noUsers.kind === "resource")
      noUsers.check({ urn: "urn", ...resource }, (_subject, { problem }) => found.push(problem), { users });
    return found.length;
  };
  const anna = { type: "aws:iam/user:User", name: "anna", props: { name: "shop-anna" } };

  it("lets those be made, and no others", () => {
    assert.equal(findings(["shop-anna"], anna), 0);
    assert.equal(findings(["shop-bob"], anna), 1);
  });

  it("lets nobody have a key", () => {
    assert.equal(findings(["shop-anna"], { ...anna, type: "aws:iam/accessKey:AccessKey" }), 1);
  });
});

const GITHUB = "token.actions.githubusercontent.com";
const webIdentity = (Condition: object) => () =>
  new aws.iam.Role("deploy", {
    assumeRolePolicy: document({
      Effect: "Allow",
      Principal: { Federated: `arn:aws:iam::123456789012:oidc-provider/${GITHUB}` },
      Action: "sts:AssumeRoleWithWebIdentity",
      Condition,
    }),
  });
const AUDIENCE = { [`${GITHUB}:aud`]: "sts.amazonaws.com" };
const subject = (sub: string) => ({ [`${GITHUB}:sub`]: sub });

describeRule("iam-web-identity-limited", {
  good: {
    "one branch": webIdentity({ StringEquals: { ...AUDIENCE, ...subject("repo:acme/data:ref:refs/heads/main") } }),
    "whatever happens in one repository": webIdentity({
      StringEquals: AUDIENCE,
      StringLike: subject("repo:acme/data:*"),
    }),
    "a service, which has no subject": () =>
      new aws.iam.Role("role", {
        assumeRolePolicy: document({
          Effect: "Allow",
          Principal: { Service: "ec2.amazonaws.com" },
          Action: "sts:AssumeRole",
        }),
      }),
  },
  bad: {
    "nothing said": {
      program: webIdentity({}),
      says: [/does not say whom its tokens are for/, /does not say whom its tokens are about/],
    },
    "every repository": {
      program: webIdentity({ StringEquals: AUDIENCE }),
      says: [/statement 1 of its trust policy does not say whom its tokens are about/],
    },
    "every repository, by a pattern": {
      program: webIdentity({ StringEquals: AUDIENCE, StringLike: subject("repo:*") }),
      says: [/tokens are about \(got \["repo:\*"\]\)/],
    },
    "every repository of an owner, by a pattern": {
      program: webIdentity({ StringEquals: AUDIENCE, StringLike: subject("repo:acme/*:ref:refs/heads/main") }),
      says: [/tokens are about/],
    },
    "everybody but one": {
      program: webIdentity({ StringEquals: AUDIENCE, StringNotEquals: subject("repo:acme/data:pull_request") }),
      says: [/tokens are about/],
    },
    "any audience": {
      program: webIdentity({ StringEquals: subject("repo:acme/data:pull_request") }),
      says: [/whom its tokens are for/],
    },
  },
});
