import assert from "node:assert/strict";
import { DataLake, type DataLakeArgs } from "../../components/data-lake.ts";
import { parts } from "../support/components.ts";
import { inputs, joined, made, recorded, resource, statements } from "../support/pulumi.ts";

const LAKE = "arn:aws:s3:::tidegate-test-lake-123456789012";
const REPLICA = "arn:aws:s3:::tidegate-test-lake-replica-123456789012";

const lake = (args: Partial<DataLakeArgs> = {}) =>
  recorded(() => new DataLake("lake", { ...parts(), replica: { region: "eu-central-1" }, ...args }));

const decrypt = (sid: string, actions: string[], region: string, alias: string) => ({
  Sid: sid,
  Effect: "Allow",
  Action: actions,
  Resource: `arn:aws:kms:${region}:123456789012:key/*`,
  Condition: {
    StringEquals: { "kms:ViaService": `s3.${region}.amazonaws.com` },
    "ForAnyValue:StringEquals": { "kms:ResourceAliases": `alias/tidegate-test-${alias}` },
  },
});

describe("LakeReplica", () => {
  it("is a private bucket with a key in the other region, and a rule with a role in the lake's", async () => {
    const recording = await lake();
    const replica = made(recording).filter((each) => each.includes("lake-replica"));
    assert.deepEqual(replica, [
      "aws:iam/role:Role lake-replica-copier-role",
      "aws:iam/rolePolicy:RolePolicy lake-replica-copier-replicate-lake",
      "aws:kms/alias:Alias lake-replica-key-alias",
      "aws:kms/key:Key lake-replica-key-key",
      "aws:s3/bucket:Bucket lake-replica-store-bucket",
      "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration lake-replica-store-lifecycle",
      "aws:s3/bucketOwnershipControls:BucketOwnershipControls lake-replica-store-ownership",
      "aws:s3/bucketPolicy:BucketPolicy lake-replica-store-policy",
      "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock lake-replica-store-public-access-block",
      "aws:s3/bucketReplicationConfig:BucketReplicationConfig lake-replica-replication",
      "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration lake-replica-store-encryption",
      "aws:s3/bucketVersioning:BucketVersioning lake-replica-store-versioning",
      "tidegate:security:EncryptionKey lake-replica-key",
      "tidegate:security:ServiceRole lake-replica-copier",
      "tidegate:storage:LakeReplica lake-replica",
      "tidegate:storage:PrivateBucket lake-replica-store",
    ]);
    const regions = recording.resources
      .filter(({ custom, inputs }) => custom && inputs.region)
      .map(({ name, inputs }) => [
        name.startsWith("lake-replica-key") || name.startsWith("lake-replica-store"),
        inputs.region,
      ]);
    assert.equal(regions.length, 9);
    assert.deepEqual([...new Set(regions.map(String))], ["true,eu-central-1"]);
    assert.equal(inputs(recording, "lake-replica-replication").region, undefined);
    assert.equal(resource(recording, "lake-replica-store-bucket").protect, true);
  });

  it("gets everything of the lake, encrypted with its own key, and is never told of deletions", async () => {
    const recording = await recorded(
      () => new DataLake("lake", { ...parts(), prefix: "team/lake", replica: { region: "eu-central-1" } }),
      { mode: "update" },
    );
    const { arn: key } = resource(recording, "lake-replica-key-key").outputs;
    assert.match(String(key), /^arn:aws:kms:eu-central-1:/);
    const { bucket, role, rules } = inputs(recording, "lake-replica-replication");
    assert.equal(bucket, "tidegate-test-lake-123456789012");
    assert.equal(role, "arn:aws:iam::123456789012:role/tidegate-test-lake-replica");
    assert.deepEqual(rules, [
      {
        id: "lake",
        status: "Enabled",
        priority: 1,
        filter: { prefix: "team/lake/" },
        deleteMarkerReplication: { status: "Disabled" },
        sourceSelectionCriteria: { sseKmsEncryptedObjects: { status: "Enabled" } },
        destination: { bucket: REPLICA, encryptionConfiguration: { replicaKmsKeyId: key } },
      },
    ]);
  });

  it("waits for versions of both buckets and for the role's rights", async () => {
    const recording = await lake();
    const { dependencies } = resource(recording, "lake-replica-replication");
    for (const name of ["lake-store-versioning", "lake-replica-store-versioning", "lake-replica-copier-replicate-lake"])
      assert(dependencies.includes(resource(recording, name).urn), name);
    assert(joined(recording, "lake-replica-replication", "bucket").includes("lake-store-bucket"));
  });

  it("gives S3 the right to copy the lake into it, and no other", async () => {
    const recording = await lake();
    assert.deepEqual(statements(recording, "lake-replica-copier-replicate-lake"), [
      {
        Sid: "Source",
        Effect: "Allow",
        Action: ["s3:GetReplicationConfiguration", "s3:ListBucket"],
        Resource: LAKE,
      },
      {
        Sid: "Versions",
        Effect: "Allow",
        Action: ["s3:GetObjectVersionForReplication", "s3:GetObjectVersionAcl", "s3:GetObjectVersionTagging"],
        Resource: `${LAKE}/lake/*`,
      },
      {
        Sid: "Replicas",
        Effect: "Allow",
        Action: ["s3:ReplicateObject", "s3:ReplicateTags"],
        Resource: `${REPLICA}/lake/*`,
      },
      decrypt("DecryptThroughS3", ["kms:Decrypt"], "eu-west-1", "key"),
      decrypt("EncryptReplicas", ["kms:Encrypt", "kms:GenerateDataKey"], "eu-central-1", "lake-replica"),
    ]);
    assert.deepEqual(statements(recording, "lake-replica-copier-role", "assumeRolePolicy"), [
      { Effect: "Allow", Principal: { Service: "s3.amazonaws.com" }, Action: "sts:AssumeRole" },
    ]);
  });

  it("hides what is deleted in the lake when it is told to, and is locked as the lake is", async () => {
    const recording = await lake({
      replica: { region: "eu-central-1", deleteMarkers: true },
      objectLock: { mode: "governance", days: 30 },
    });
    const [rule] = inputs(recording, "lake-replica-replication").rules as Record<string, unknown>[];
    assert.deepEqual(rule?.deleteMarkerReplication, { status: "Enabled" });
    assert.deepEqual(inputs(recording, "lake-replica-store-lock").rule, inputs(recording, "lake-store-lock").rule);
    const actions = statements(recording, "lake-replica-copier-replicate-lake").map(({ Action }) => Action as string[]);
    assert.deepEqual(actions[1]?.slice(-2), ["s3:GetObjectRetention", "s3:GetObjectLegalHold"]);
    assert.equal(actions[2]?.at(-1), "s3:ReplicateDelete");
  });

  it("lets its children be changed", async () => {
    const recording = await lake({
      transform: {
        replica: {
          key: { key: { description: "Ours" } },
          bucket: { bucket: { tags: { Ours: "yes" } } },
          role: { role: { path: "/ours/" } },
          replication: { token: "ours" },
        },
      },
    });
    assert.equal(inputs(recording, "lake-replica-key-key").description, "Ours");
    assert.deepEqual(inputs(recording, "lake-replica-store-bucket").tags, { Ours: "yes" });
    assert.equal(inputs(recording, "lake-replica-copier-role").path, "/ours/");
  });
});
