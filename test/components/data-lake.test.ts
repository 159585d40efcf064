import assert from "node:assert/strict";
import { DataLake } from "../../components/data-lake.ts";
import { lakeLifecycle } from "../../components/lake-lifecycle.ts";
import { parts, roleOf } from "../support/components.ts";
import { inputs, joined, made, recorded, resource, statements } from "../support/pulumi.ts";

const BUCKET = "tidegate-test-lake-123456789012";

const lakeAlone = (disposable = false) =>
  recorded(() => {
    const lake = new DataLake("lake", parts({ disposable }));
    lake.url.apply((url) => assert.equal(url, `s3://${BUCKET}/lake`));
  });

describe("DataLake", () => {
  it("is one bucket with all that makes it private", async () => {
    assert.deepEqual(
      made(await lakeAlone()).filter((each) => each.includes("lake")),
      [
        "aws:s3/bucket:Bucket lake-store-bucket",
        "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration lake-store-lifecycle",
        "aws:s3/bucketNotification:BucketNotification lake-events",
        "aws:s3/bucketOwnershipControls:BucketOwnershipControls lake-store-ownership",
        "aws:s3/bucketPolicy:BucketPolicy lake-store-policy",
        "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock lake-store-public-access-block",
        "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration lake-store-encryption",
        "aws:s3/bucketVersioning:BucketVersioning lake-store-versioning",
        "tidegate:storage:DataLake lake",
        "tidegate:storage:PrivateBucket lake-store",
      ],
    );
  });

  it("is versioned, encrypted with the platform's key, without ACLs and closed to the public", async () => {
    const recording = await lakeAlone();
    assert.deepEqual(inputs(recording, "lake-store-bucket"), { bucket: BUCKET, forceDestroy: false });
    assert.equal(resource(recording, "lake-store-bucket").protect, true);
    assert.deepEqual(inputs(recording, "lake-store-versioning").versioningConfiguration, { status: "Enabled" });
    assert.deepEqual(inputs(recording, "lake-store-ownership").rule, { objectOwnership: "BucketOwnerEnforced" });
    const { bucket: _, ...block } = inputs(recording, "lake-store-public-access-block");
    assert.deepEqual(block, {
      blockPublicAcls: true,
      blockPublicPolicy: true,
      ignorePublicAcls: true,
      restrictPublicBuckets: true,
    });
    const updated = await recorded(() => new DataLake("lake", parts()), { mode: "update" });
    const [rule] = inputs(updated, "lake-store-encryption").rules as Record<string, unknown>[];
    const key = String(resource(updated, "key-key").outputs.arn);
    assert.deepEqual(rule, {
      applyServerSideEncryptionByDefault: { sseAlgorithm: "aws:kms", kmsMasterKeyId: key },
      bucketKeyEnabled: true,
    });
    assert.deepEqual(joined(recording, "lake-store-encryption", "rules"), ["key-key"]);
  });

  it("has each rule on its own bucket", async () => {
    const recording = await lakeAlone();
    for (const part of ["versioning", "encryption", "ownership", "public-access-block", "lifecycle", "policy"])
      assert.deepEqual(joined(recording, `lake-store-${part}`, "bucket"), ["lake-store-bucket"]);
  });

  it("goes with a disposable stack", async () => {
    const recording = await lakeAlone(true);
    assert.equal(inputs(recording, "lake-store-bucket").forceDestroy, true);
    assert.equal(resource(recording, "lake-store-bucket").protect, false);
  });

  it("announces what is written to EventBridge", async () => {
    const recording = await lakeAlone();
    assert.equal(inputs(recording, "lake-events").eventbridge, true);
    assert.deepEqual(joined(recording, "lake-events", "bucket").slice(0, 1), ["lake-store-bucket"]);
  });

  it("forgets replaced versions and unfinished uploads, and lets raw and bundles get cheaper", async () => {
    const byUse = (folder: string) => ({
      id: `${folder}-by-use`,
      status: "Enabled",
      filter: { prefix: `lake/${folder}/` },
      transitions: [{ days: 30, storageClass: "INTELLIGENT_TIERING" }],
    });
    assert.deepEqual(inputs(await lakeAlone(), "lake-store-lifecycle").rules, [
      {
        id: "replaced-versions",
        status: "Enabled",
        filter: { prefix: "" },
        noncurrentVersionExpiration: { noncurrentDays: 30 },
        expiration: { expiredObjectDeleteMarker: true },
      },
      {
        id: "unfinished-uploads",
        status: "Enabled",
        filter: { prefix: "" },
        abortIncompleteMultipartUpload: { daysAfterInitiation: 7 },
      },
      byUse("raw"),
      byUse("zipline-data"),
      {
        id: "replaced-state",
        status: "Enabled",
        filter: { prefix: "lake/state/" },
        noncurrentVersionExpiration: { noncurrentDays: 7 },
      },
    ]);
  });

  it("never forgets a current object, wherever the lake begins", () => {
    for (const rule of lakeLifecycle("team/lake")) {
      assert.equal(rule.expiration, undefined, rule.id);
      assert.match(String(rule.filter?.prefix), /^team\/lake\/[a-z-]+\/$/);
    }
  });

  it("keeps replaced versions for as long as it is told", async () => {
    const recording = await recorded(() => new DataLake("lake", { ...parts(), keepVersionsDays: 400 }));
    const [rule] = inputs(recording, "lake-store-lifecycle").rules as Record<string, unknown>[];
    assert.deepEqual(rule?.noncurrentVersionExpiration, { noncurrentDays: 400 });
  });

  it("refuses requests without TLS 1.2 and puts that choose their own encryption", async () => {
    const everything = [`arn:aws:s3:::${BUCKET}`, `arn:aws:s3:::${BUCKET}/*`];
    const deny = (Sid: string, Action: string, Resource: unknown, Condition: unknown) => ({
      Sid,
      Effect: "Deny",
      Principal: "*",
      Action: [Action],
      Resource,
      Condition,
    });
    const denyPut = (sid: string, header: string) =>
      deny(sid, "s3:PutObject", everything[1], { Null: { [`s3:x-amz-server-side-encryption${header}`]: "false" } });
    assert.deepEqual(statements(await lakeAlone(), "lake-store-policy"), [
      deny("DenyWithoutTls", "s3:*", everything, { Bool: { "aws:SecureTransport": "false" } }),
      deny("DenyOldTls", "s3:*", everything, { NumericLessThan: { "s3:TlsVersion": "1.2" } }),
      denyPut("DenyOtherEncryption", ""),
      denyPut("DenyOtherKey", "-aws-kms-key-id"),
      denyPut("DenyCustomerProvidedKey", "-customer-algorithm"),
    ]);
  });

  const grant = (kind: "grantRead" | "grantWrite") =>
    recorded(() => {
      const { context, key } = parts();
      const lake = new DataLake("lake", { context, key, prefix: "team/lake" });
      lake[kind](roleOf(context), { folders: ["raw/prices", "state/prices"], objects: ["definitions.json"] });
    });
  const keys = ["team/lake/raw/prices/*", "team/lake/state/prices/*", "team/lake/definitions.json"];
  const access = (actions: string[], kms: string[]) => [
    {
      Sid: "List",
      Effect: "Allow",
      Action: ["s3:ListBucket"],
      Resource: `arn:aws:s3:::${BUCKET}`,
      Condition: { StringLike: { "s3:prefix": keys } },
    },
    { Sid: "Objects", Effect: "Allow", Action: actions, Resource: keys.map((key) => `arn:aws:s3:::${BUCKET}/${key}`) },
    {
      Sid: kms.length > 1 ? "EncryptThroughS3" : "DecryptThroughS3",
      Effect: "Allow",
      Action: kms,
      Resource: "arn:aws:kms:eu-west-1:123456789012:key/*",
      Condition: {
        StringEquals: { "kms:ViaService": "s3.eu-west-1.amazonaws.com" },
        "ForAnyValue:StringEquals": { "kms:ResourceAliases": "alias/tidegate-test-key" },
      },
    },
  ];

  it("grants reading of parts", async () => {
    assert.deepEqual(
      statements(await grant("grantRead"), "someone-read-lake"),
      access(["s3:GetObject"], ["kms:Decrypt"]),
    );
  });

  it("grants writing of parts, never deletion", async () => {
    assert.deepEqual(
      statements(await grant("grantWrite"), "someone-write-lake"),
      access(["s3:GetObject", "s3:PutObject", "s3:AbortMultipartUpload"], ["kms:Decrypt", "kms:GenerateDataKey"]),
    );
  });

  it("lets its children be changed, by values or by a function", async () => {
    const recording = await recorded(
      () =>
        new DataLake("lake", {
          ...parts(),
          transform: {
            bucket: { objectLockEnabled: true },
            lifecycle: ({ rules, ...args }) => ({ ...args, rules: Array.isArray(rules) ? rules.slice(1) : [] }),
            events: { eventbridge: false },
          },
        }),
    );
    assert.deepEqual(inputs(recording, "lake-store-bucket"), {
      bucket: BUCKET,
      forceDestroy: false,
      objectLockEnabled: true,
    });
    assert.equal((inputs(recording, "lake-store-lifecycle").rules as unknown[]).length, 4);
    assert.equal(inputs(recording, "lake-events").eventbridge, false);
  });
});
