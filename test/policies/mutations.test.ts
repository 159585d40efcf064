import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import { checkPolicies } from "../../offline/policy.ts";
import { recordStack } from "../../offline/program.ts";
import type { Recording } from "../../offline/record.ts";
import { rules } from "../../policies/rules/index.ts";
import { MODES, PROJECT_FOLDER } from "../support/rules.ts";

type Props = Record<string, unknown>;

/** A way to make the real program unsafe. */
interface Mutation {
  readonly what: string;
  /** Changes resources of a type while the program makes them. */
  readonly change?: { readonly type: string; readonly by: (props: Props) => Props };
  /** Takes all resources of a type out of the program. */
  readonly remove?: string;
}

const change = (what: string, type: string, by: (props: Props) => Props): Mutation => ({ what, change: { type, by } });
const remove = (what: string, type: string): Mutation => ({ what, remove: type });

/** Changes a JSON document that is a property, be it text or an output with text. */
const rewrite = (props: Props, property: string, by: (text: string) => string): Props => ({
  ...props,
  [property]: pulumi.output(props[property] as string).apply(by),
});

const BUCKET = "aws:s3/bucket";
const TASK = "aws:ecs/taskDefinition:TaskDefinition";
const SCHEDULE = "aws:scheduler/schedule:Schedule";
const containers = (what: string, by: (text: string) => string): Mutation =>
  change(what, TASK, (props) => rewrite(props, "containerDefinitions", by));
const rights = (what: string, by: (text: string) => string): Mutation =>
  change(what, "aws:iam/rolePolicy:RolePolicy", (props) => rewrite(props, "policy", by));
const target = (props: Props, changes: Props): Props => ({
  ...props,
  target: { ...(props.target as Props), ...changes },
});

const MUTATIONS: Readonly<Record<string, Mutation>> = {
  "cloudwatch-alarm-notifies": change("no action", "aws:cloudwatch/metricAlarm:MetricAlarm", (props) => ({
    ...props,
    alarmActions: [],
  })),
  "cloudwatch-log-group-kept": change("logs for a day", "aws:cloudwatch/logGroup:LogGroup", (props) => ({
    ...props,
    retentionInDays: 1,
  })),
  "ec2-default-group-closed": remove("no default group", "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup"),
  "ec2-egress-limited": change("all ports out", "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule", (props) => ({
    ...props,
    ipProtocol: "-1",
    fromPort: undefined,
    toPort: undefined,
  })),
  "ec2-endpoint-policy-limited": change("no endpoint policy", "aws:ec2/vpcEndpoint:VpcEndpoint", (props) => ({
    ...props,
    policy: undefined,
  })),
  "ec2-no-ingress-from-world": change("SSH from everywhere", "aws:ec2/securityGroup:SecurityGroup", (props) => ({
    ...props,
    ingress: [{ protocol: "tcp", fromPort: 22, toPort: 22, cidrBlocks: ["0.0.0.0/0"] }],
  })),
  "ec2-vpc-s3-endpoint": remove("no endpoint", "aws:ec2/vpcEndpoint:VpcEndpoint"),
  "ecs-container-hardened": containers("root", (text) => text.replace('"user":"node"', '"user":"root"')),
  "ecs-container-logs": containers("another log driver", (text) => text.replace('"awslogs"', '"json-file"')),
  "ecs-environment-without-secrets": containers("a token in the environment", (text) =>
    text.replace('"environment":[', '"environment":[{"name":"TIINGO_TOKEN","value":"0123456789"},'),
  ),
  "ecs-image-pinned": containers("an image by tag", (text) => text.replace(/@sha256:[0-9a-f]{64}/, "")),
  "iam-keys-named": rights("every key", (text) => text.replaceAll("kms:ResourceAliases", "kms:ViaService")),
  "iam-pass-role-limited": rights("roles for any service", (text) =>
    text.replaceAll("iam:PassedToService", "aws:RequestedRegion"),
  ),
  "iam-rights-named": rights("every S3 action", (text) => text.replaceAll('"s3:GetObject"', '"s3:*"')),
  "iam-role-trust-limited": change("a trust without source", "aws:iam/role:Role", (props) =>
    rewrite(props, "assumeRolePolicy", (text) => text.replaceAll("aws:Source", "aws:Principal")),
  ),
  "kms-key-policy-limited": change("a key for any log group", "aws:kms/key:Key", (props) =>
    rewrite(props, "policy", (text) => text.replaceAll("kms:EncryptionContext:", "aws:RequestTag/")),
  ),
  "kms-key-rotates": change("no rotation", "aws:kms/key:Key", (props) => ({ ...props, enableKeyRotation: false })),
  "s3-bucket-encrypted": remove(
    "no default encryption",
    `${BUCKET}ServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration`,
  ),
  "s3-bucket-not-public": remove("no access block", `${BUCKET}PublicAccessBlock:BucketPublicAccessBlock`),
  "s3-bucket-tls-only": change("plain HTTP", `${BUCKET}Policy:BucketPolicy`, (props) =>
    rewrite(props, "policy", (text) => text.replace('"aws:SecureTransport":"false"', '"aws:SecureTransport":"true"')),
  ),
  "s3-bucket-versioned": change("suspended", `${BUCKET}Versioning:BucketVersioning`, (props) => ({
    ...props,
    versioningConfiguration: { status: "Suspended" },
  })),
  "s3-bucket-without-acls": change("ACLs on", `${BUCKET}OwnershipControls:BucketOwnershipControls`, (props) => ({
    ...props,
    rule: { objectOwnership: "BucketOwnerPreferred" },
  })),
  "scheduler-schedule-dead-letters": change("no dead letters", SCHEDULE, (props) =>
    target(props, { deadLetterConfig: undefined }),
  ),
  "scheduler-schedule-encrypted": change("no key", SCHEDULE, (props) => ({ ...props, kmsKeyArn: undefined })),
  "scheduler-schedule-explicit": change("no bounds", SCHEDULE, (props) => target(props, { retryPolicy: undefined })),
  "secretsmanager-secret-encrypted": change("no key", "aws:secretsmanager/secret:Secret", (props) => ({
    ...props,
    kmsKeyId: undefined,
  })),
  "sns-topic-encrypted": change("no key", "aws:sns/topic:Topic", (props) => ({ ...props, kmsMasterKeyId: undefined })),
  "sns-topic-tls-only": remove("no topic policy", "aws:sns/topicPolicy:TopicPolicy"),
  "sqs-queue-encrypted": change("no key", "aws:sqs/queue:Queue", (props) => ({ ...props, kmsMasterKeyId: undefined })),
  "sqs-queue-tls-only": remove("no queue policy", "aws:sqs/queuePolicy:QueuePolicy"),
};

async function recordMutated({ change: changed, remove: removed }: Mutation): Promise<Recording> {
  let isApplied = false;
  const recording = await recordStack({
    folder: PROJECT_FOLDER,
    stack: "dev",
    mode: "preview",
    transformation: ({ type, props, opts }) => {
      if (type !== changed?.type) return undefined;
      isApplied = true;
      return { props: changed.by(props), opts };
    },
  });
  const resources = recording.resources.filter(({ type }) => type !== removed);
  assert(isApplied || resources.length < recording.resources.length, "the program has nothing to mutate");
  return { ...recording, resources };
}

/** The rules that say anything but one of these about a program. */
async function rulesNot(recording: Recording, ...fine: readonly string[]): Promise<string[]> {
  const { rules: verdicts } = await checkPolicies(rules, [recording]);
  return verdicts.filter(({ result }) => !fine.includes(result)).map(({ rule, result }) => `${rule} ${result}`);
}

describe("the program of stack dev", () => {
  for (const mode of MODES) {
    it(`satisfies every rule, each of which looks at something, in ${mode}`, async () => {
      const recording = await recordStack({ folder: PROJECT_FOLDER, stack: "dev", mode });
      assert.deepEqual(await rulesNot(recording, "passed"), []);
    });
  }

  it("has a mutation for every rule", () => {
    assert.deepEqual(Object.keys(MUTATIONS).sort(), rules.map(({ name }) => name).sort());
  });

  for (const [rule, mutation] of Object.entries(MUTATIONS)) {
    it(`is refused by ${rule} alone with ${mutation.what}`, async () => {
      assert.deepEqual(await rulesNot(await recordMutated(mutation), "passed", "not applicable"), [`${rule} failed`]);
    });
  }
});
