import * as aws from "@pulumi/aws";
import type { Input } from "@pulumi/pulumi";
import { describeRule } from "../support/rules.ts";

const bucket = (name = "lake") => new aws.s3.Bucket(name);
const KEY = "arn:aws:kms:us-east-1:123456789012:key/0000";

const logging = (of: aws.s3.Bucket, targetBucket: Input<string>) =>
  new aws.s3.BucketLogging("logging", { bucket: of.id, targetBucket, targetPrefix: "lake/" });

const encryption = (of: aws.s3.Bucket, rule: aws.types.input.s3.BucketServerSideEncryptionConfigurationRule) =>
  new aws.s3.BucketServerSideEncryptionConfiguration("encryption", { bucket: of.id, rules: [rule] });

describeRule("s3-bucket-encrypted", {
  good: {
    "a key of the program": () =>
      encryption(bucket(), {
        applyServerSideEncryptionByDefault: { sseAlgorithm: "aws:kms", kmsMasterKeyId: new aws.kms.Key("key").arn },
        bucketKeyEnabled: true,
      }),
    "S3's own keys where only access logs come in": () => {
      const logs = bucket("logs");
      logging(logs, logs.id);
      encryption(logs, { applyServerSideEncryptionByDefault: { sseAlgorithm: "AES256" } });
    },
    "the resource under its former token": () =>
      new aws.s3.BucketServerSideEncryptionConfigurationV2("encryption", {
        bucket: bucket().id,
        rules: [
          {
            applyServerSideEncryptionByDefault: { sseAlgorithm: "aws:kms:dsse", kmsMasterKeyId: KEY },
            bucketKeyEnabled: true,
          },
        ],
      }),
  },
  bad: {
    "no configuration": { program: () => bucket(), says: [/^lake: has no default encryption/] },
    "a configuration of another bucket": {
      program: () => {
        encryption(bucket("other"), {
          applyServerSideEncryptionByDefault: { sseAlgorithm: "aws:kms", kmsMasterKeyId: KEY },
          bucketKeyEnabled: true,
        });
        bucket();
      },
      says: [/^lake: has no default encryption/],
    },
    "S3's own keys": {
      program: () => encryption(bucket(), { applyServerSideEncryptionByDefault: { sseAlgorithm: "AES256" } }),
      says: [/does not encrypt with KMS \(got "AES256"\)/, /key that AWS manages/, /asks KMS for every object/],
    },
    "the key that AWS manages": {
      program: () =>
        encryption(bucket(), {
          applyServerSideEncryptionByDefault: { sseAlgorithm: "aws:kms", kmsMasterKeyId: "alias/aws/s3" },
          bucketKeyEnabled: true,
        }),
      says: [/key that AWS manages \(got "alias\/aws\/s3"\)/],
    },
    "no rule": {
      program: () =>
        new aws.s3.BucketServerSideEncryptionConfiguration("encryption", { bucket: bucket().id, rules: [] }),
      says: [/^encryption: has no rule/],
    },
  },
});

const versioning = (of: aws.s3.Bucket, status: string) =>
  new aws.s3.BucketVersioning("versioning", { bucket: of.id, versioningConfiguration: { status } });

describeRule("s3-bucket-versioned", {
  good: {
    enabled: () => versioning(bucket(), "Enabled"),
    "the resource under its former token": () =>
      new aws.s3.BucketVersioningV2("versioning", {
        bucket: bucket().id,
        versioningConfiguration: { status: "Enabled" },
      }),
  },
  bad: {
    "no versioning": { program: () => bucket(), says: [/^lake: is not versioned/] },
    suspended: { program: () => versioning(bucket(), "Suspended"), says: [/got "Suspended"/] },
    "one of two buckets": {
      program: () => {
        versioning(bucket("other"), "Enabled");
        bucket();
      },
      says: [/^lake: is not versioned/],
    },
  },
});

const CLOSED = { blockPublicAcls: true, blockPublicPolicy: true, ignorePublicAcls: true, restrictPublicBuckets: true };

describeRule("s3-bucket-not-public", {
  good: { "all four switches": () => new aws.s3.BucketPublicAccessBlock("block", { bucket: bucket().id, ...CLOSED }) },
  bad: {
    "no block": { program: () => bucket(), says: [/^lake: does not block public access/] },
    "a switch that is off and one that is missing": {
      program: () => {
        const { ignorePublicAcls: _, ...others } = CLOSED;
        new aws.s3.BucketPublicAccessBlock("block", { bucket: bucket().id, ...others, blockPublicPolicy: false });
      },
      says: [/leaves blockPublicPolicy off \(got false\)/, /leaves ignorePublicAcls off/],
    },
  },
});

const everything = ["arn:aws:s3:::lake", "arn:aws:s3:::lake/*"];
const deny = (Condition: object, Resource: unknown = everything) => ({
  Effect: "Deny",
  Principal: "*",
  Action: "s3:*",
  Resource,
  Condition,
});
const plainText = deny({ Bool: { "aws:SecureTransport": "false" } });
const oldTls = deny({ NumericLessThan: { "s3:TlsVersion": "1.2" } });
const policy = (of: aws.s3.Bucket, ...Statement: object[]) =>
  new aws.s3.BucketPolicy("policy", { bucket: of.id, policy: JSON.stringify({ Version: "2012-10-17", Statement }) });

describeRule("s3-bucket-tls-only", {
  good: {
    "both statements": () => policy(bucket(), plainText, oldTls),
    "a condition value as a boolean, principals by kind": () =>
      policy(
        bucket(),
        { ...deny({ Bool: { "aws:securetransport": false } }), Principal: { AWS: "*" } },
        deny({ NumericLessThan: { "s3:TlsVersion": 1.2 } }),
      ),
  },
  bad: {
    "no policy": { program: () => bucket(), says: [/without TLS/, /TLS older than 1.2/] },
    "old TLS is let in": { program: () => policy(bucket(), plainText), says: [/TLS older than 1.2/] },
    "the bucket without its objects": {
      program: () => policy(bucket(), deny({ Bool: { "aws:SecureTransport": "false" } }, everything[0]), oldTls),
      says: [/without TLS/],
    },
    "a further condition that lets somebody in": {
      program: () =>
        policy(
          bucket(),
          deny({ Bool: { "aws:SecureTransport": "false" }, StringNotEquals: { "aws:PrincipalAccount": "1" } }),
          oldTls,
        ),
      says: [/without TLS/],
    },
    "allows instead of denies": {
      program: () => policy(bucket(), { ...plainText, Effect: "Allow" }, oldTls),
      says: [/without TLS/],
    },
    "a policy of another bucket": {
      program: () => {
        policy(bucket("other"), plainText, oldTls);
        bucket();
      },
      says: [/^lake: .*without TLS/, /^lake: .*TLS older/],
    },
  },
});

const ownership = (of: aws.s3.Bucket, objectOwnership: string) =>
  new aws.s3.BucketOwnershipControls("ownership", { bucket: of.id, rule: { objectOwnership } });

describeRule("s3-bucket-without-acls", {
  good: { "enforced owner": () => ownership(bucket(), "BucketOwnerEnforced") },
  bad: {
    "nothing said": { program: () => bucket(), says: [/^lake: does not say who owns/] },
    "ACLs on": { program: () => ownership(bucket(), "ObjectWriter"), says: [/got "ObjectWriter"/] },
  },
});

const replicated = (to: aws.s3.Bucket) =>
  new aws.s3.BucketReplicationConfig("replication", {
    bucket: "source",
    role: "arn",
    rules: [{ status: "Enabled", destination: { bucket: to.arn } }],
  });

describeRule("s3-bucket-logged", {
  good: {
    "a bucket for logs, which has none itself": () => logging(bucket(), bucket("logs").id),
    "a copy that replication fills": () => replicated(bucket()),
  },
  bad: {
    "no logs": { program: () => bucket(), says: [/^lake: has no access logs/] },
    "logs in itself": {
      program: () => {
        const lake = bucket();
        logging(lake, lake.id);
      },
      says: [/^lake: keeps its access logs in itself/],
    },
    "logs in a bucket of somebody else": {
      program: () => logging(bucket(), "their-logs"),
      says: [/^lake: keeps its access logs in itself or outside/],
    },
    "one of two buckets": {
      program: () => {
        logging(bucket("other"), bucket("logs").id);
        bucket();
      },
      says: [/^lake: has no access logs/],
    },
  },
});
