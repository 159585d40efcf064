import assert from "node:assert/strict";
import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { checkPolicies } from "../../offline/policy.ts";
import { recordStack } from "../../offline/program.ts";
import type { Mode, Recording } from "../../offline/record.ts";
import { rules } from "../../policies/rules/index.ts";
import { MODES, PROJECT_FOLDER } from "../support/rules.ts";

type Props = Record<string, unknown>;

/** A way to make the real program unsafe. */
interface Mutation {
  readonly what: string;
  /** Changes resources of a type while the program makes them. */
  readonly change?: { readonly type: string; readonly by: (props: Props, name: string) => Props };
  /** Takes all resources of a type out of the program. */
  readonly remove?: string;
  /** @default "preview" */
  readonly mode?: Mode;
  /** Makes another resource, for rules about what the program has none of. */
  readonly add?: () => unknown;
}

const change = (what: string, type: string, by: (props: Props, name: string) => Props): Mutation => ({
  what,
  change: { type, by },
});
const remove = (what: string, type: string): Mutation => ({ what, remove: type });
const add = (what: string, by: () => unknown): Mutation => ({ what, add: by });

/** Changes a JSON document that is a property, be it text or an output with text. */
const rewrite = (props: Props, property: string, by: (text: string) => string): Props => ({
  ...props,
  [property]: pulumi.output(props[property] as string).apply(by),
});

const BUCKET = "aws:s3/bucket";
const MACHINE = "aws:sfn/stateMachine:StateMachine";
const DATABASE = "aws:rds/instance:Instance";
const NAMESPACE = "aws:redshiftserverless/namespace:Namespace";
const WORKGROUP = "aws:redshiftserverless/workgroup:Workgroup";
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
  "budgets-budget-notifies": change("no warning", "aws:budgets/budget:Budget", (props) => ({
    ...props,
    notifications: [],
  })),
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
  "ec2-machine-hardened": add(
    "a machine with a key pair",
    () => new aws.ec2.LaunchTemplate("m", { keyName: "laptop" }),
  ),
  "ec2-no-ingress-from-world": change("SSH from everywhere", "aws:ec2/securityGroup:SecurityGroup", (props) => ({
    ...props,
    ingress: [{ protocol: "tcp", fromPort: 22, toPort: 22, cidrBlocks: ["0.0.0.0/0"] }],
  })),
  "ec2-vpc-s3-endpoint": remove("no endpoint", "aws:ec2/vpcEndpoint:VpcEndpoint"),
  "ec2-vpc-flow-log": remove("no flow log", "aws:ec2/flowLog:FlowLog"),
  "ecr-repository-hardened": add("an open repository", () => new aws.ecr.Repository("images")),
  "ecs-container-hardened": containers("root", (text) => text.replace('"user":"node"', '"user":"root"')),
  "ecs-container-logs": containers("another log driver", (text) => text.replace('"awslogs"', '"json-file"')),
  "ecs-environment-without-secrets": containers("a token in the environment", (text) =>
    text.replace('"environment":[', '"environment":[{"name":"TIINGO_TOKEN","value":"0123456789"},'),
  ),
  "ecs-image-pinned": containers("an image by tag", (text) => text.replace(/@sha256:[0-9a-f]{64}/, "")),
  "events-target-dead-letters": change("no dead letters", "aws:cloudwatch/eventTarget:EventTarget", (props) => ({
    ...props,
    deadLetterConfig: undefined,
  })),
  "iam-keys-named": rights("every key", (text) => text.replaceAll("kms:ResourceAliases", "kms:ViaService")),
  "iam-no-users": add("a user", () => new aws.iam.User("anna")),
  "iam-pass-role-limited": rights("roles for any service", (text) =>
    text.replaceAll("iam:PassedToService", "aws:RequestedRegion"),
  ),
  "iam-rights-named": rights("every S3 action", (text) => text.replaceAll('"s3:GetObject"', '"s3:*"')),
  "iam-role-trust-limited": change("a trust without source", "aws:iam/role:Role", (props) =>
    rewrite(props, "assumeRolePolicy", (text) => text.replaceAll("aws:Source", "aws:Principal")),
  ),
  "iam-web-identity-limited": add("a role for every repository", () => {
    const Principal = { Federated: "arn:aws:iam::123456789012:oidc-provider/token.actions.githubusercontent.com" };
    const statement = { Effect: "Allow", Principal, Action: "sts:AssumeRoleWithWebIdentity" };
    new aws.iam.Role("anybody", { assumeRolePolicy: JSON.stringify({ Statement: [statement] }) });
  }),
  "kms-key-policy-limited": change("a key for any log group", "aws:kms/key:Key", (props) =>
    rewrite(props, "policy", (text) => text.replaceAll("kms:EncryptionContext:", "aws:RequestTag/")),
  ),
  "kms-key-rotates": change("no rotation", "aws:kms/key:Key", (props) => ({ ...props, enableKeyRotation: false })),
  "rds-database-encrypted": change("no encryption", DATABASE, (props) => ({ ...props, storageEncrypted: false })),
  "rds-database-kept": change("no backups", DATABASE, (props) => ({ ...props, backupRetentionPeriod: 0 })),
  "rds-database-private": change("public", DATABASE, (props) => ({ ...props, publiclyAccessible: true })),
  "rds-password-managed": change("no IAM", DATABASE, (props) => ({
    ...props,
    iamDatabaseAuthenticationEnabled: false,
  })),
  "rds-tls-forced": change("plain connections", "aws:rds/parameterGroup:ParameterGroup", (props) => ({
    ...props,
    parameters: [],
  })),
  "redshift-password-managed": change("an own password", NAMESPACE, (props) => ({
    ...props,
    manageAdminPassword: false,
  })),
  "redshift-spending-limited": remove("no limit", "aws:redshiftserverless/usageLimit:UsageLimit"),
  "redshift-tls-required": change("plain connections", WORKGROUP, (props) => ({ ...props, configParameters: [] })),
  "redshift-warehouse-encrypted": change("no key", NAMESPACE, (props) => ({ ...props, kmsKeyId: undefined })),
  "redshift-warehouse-logged": change("no logs", NAMESPACE, (props) => ({ ...props, logExports: [] })),
  "redshift-warehouse-private": change("public", WORKGROUP, (props) => ({ ...props, publiclyAccessible: true })),
  "s3-bucket-encrypted": remove(
    "no default encryption",
    `${BUCKET}ServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration`,
  ),
  "s3-bucket-logged": change("logs that go elsewhere", `${BUCKET}Logging:BucketLogging`, (props, name) =>
    name.includes("artifacts") ? { ...props, targetBucket: "their-logs" } : props,
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
  "sfn-machine-logged": change("no log", MACHINE, (props) => ({ ...props, loggingConfiguration: { level: "OFF" } })),
  // Ids of subnets are in a definition, so that it is known once they are.
  "sfn-tasks-handled": {
    ...change("errors that nobody catches", MACHINE, (props) =>
      rewrite(props, "definition", (text) => text.replaceAll('"Catch":', '"Comment":')),
    ),
    mode: "update",
  },
  "sns-topic-encrypted": change("no key", "aws:sns/topic:Topic", (props) => ({ ...props, kmsMasterKeyId: undefined })),
  "sns-topic-tls-only": remove("no topic policy", "aws:sns/topicPolicy:TopicPolicy"),
  "sqs-queue-encrypted": change("no key", "aws:sqs/queue:Queue", (props) => ({ ...props, kmsMasterKeyId: undefined })),
  "sqs-queue-tls-only": remove("no queue policy", "aws:sqs/queuePolicy:QueuePolicy"),
};

async function recordMutated({ change: changed, remove: removed, add: added, mode }: Mutation): Promise<Recording> {
  let isApplied = false;
  const recording = await recordStack({
    folder: PROJECT_FOLDER,
    stack: "dev",
    mode: mode ?? "preview",
    transformation: ({ type, name, props, opts }) => {
      if (added && !isApplied) {
        isApplied = true;
        added();
      }
      if (type !== changed?.type) return undefined;
      isApplied = true;
      return { props: changed.by(props, name), opts };
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

/** Rules about what no stack has unless somebody asks for it. */
const ABOUT_OPTIONS = ["ec2-machine-hardened", "ecr-repository-hardened", "iam-no-users"];

describe("the program", () => {
  for (const mode of MODES) {
    for (const stack of ["dev", "prod"]) {
      it(`satisfies every rule in stack ${stack}, each of which looks at something, in ${mode}`, async () => {
        const recording = await recordStack({ folder: PROJECT_FOLDER, stack, mode });
        assert.deepEqual(
          await rulesNot(recording, "passed"),
          ABOUT_OPTIONS.map((rule) => `${rule} not applicable`),
        );
      });
    }

    it(`satisfies every rule in stack lean, in ${mode}`, async () => {
      const recording = await recordStack({ folder: PROJECT_FOLDER, stack: "lean", mode });
      assert.deepEqual(await rulesNot(recording, "passed", "not applicable"), []);
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
