import assert from "node:assert/strict";
import { ArtifactStore } from "../../components/artifacts.ts";
import { DataLake } from "../../components/data-lake.ts";
import { LogBucket, type LogBucketArgs } from "../../components/log-bucket.ts";
import { parts } from "../support/components.ts";
import { inputs, joined, recorded, resource, statements } from "../support/pulumi.ts";

const LOGS = "tidegate-test-access-logs-123456789012";
const source = (label: string) => `tidegate-test-${label}-123456789012`;

const logged = (args: Partial<LogBucketArgs> = {}) =>
  recorded(() => {
    const { context, key } = parts();
    const logs = new LogBucket("access-logs", { context, sources: ["lake", "artifacts"], ...args });
    new DataLake("lake", { context, key, logs });
    new ArtifactStore("artifacts", { context, key, logs });
  });

describe("LogBucket", () => {
  it("is written by S3's log delivery alone, for the buckets of this stack, into their folders", async () => {
    const policy = statements(await logged(), "access-logs-store-policy");
    assert.deepEqual(
      policy.filter(({ Effect }) => Effect === "Allow"),
      ["lake", "artifacts"].map((label, index) => ({
        Sid: `AccessLogs${index + 1}`,
        Effect: "Allow",
        Principal: { Service: "logging.s3.amazonaws.com" },
        Action: ["s3:PutObject"],
        Resource: `arn:aws:s3:::${LOGS}/${source(label)}/*`,
        Condition: {
          StringEquals: { "aws:SourceAccount": "123456789012" },
          ArnLike: { "aws:SourceArn": `arn:aws:s3:::${source(label)}` },
        },
      })),
    );
    const sids = policy.map(({ Sid }) => Sid);
    assert(sids.includes("DenyWithoutTls") && sids.includes("DenyOldTls"));
  });

  it("is where the lake and the artifacts say that they log, once S3 may write there", async () => {
    const recording = await logged();
    for (const [name, label] of [
      ["lake-store-logging", "lake"],
      ["artifacts-store-logging", "artifacts"],
    ] as const) {
      assert.equal(inputs(recording, name).targetPrefix, `${source(label)}/`);
      const targets = joined(recording, name, "targetBucket");
      assert(targets.includes("access-logs-store-bucket") && targets.includes("access-logs-store-policy"));
    }
  });

  it("is encrypted by S3, as KMS keys stop the delivery, and logs nothing itself", async () => {
    const recording = await logged();
    assert.deepEqual(inputs(recording, "access-logs-store-encryption").rules, [
      { applyServerSideEncryptionByDefault: { sseAlgorithm: "AES256" } },
    ]);
    assert.equal(
      recording.resources.some(({ name }) => name === "access-logs-store-logging"),
      false,
    );
    assert.equal(resource(recording, "access-logs-store-bucket").protect, true);
  });

  it("forgets logs after a year, or when it is told", async () => {
    const kept = async (args: Partial<LogBucketArgs>) =>
      (inputs(await logged(args), "access-logs-store-lifecycle").rules as unknown[]).at(-1);
    const rule = (days: number) => ({
      id: "old-logs",
      status: "Enabled",
      filter: { prefix: "" },
      expiration: { days },
    });
    assert.deepEqual(await kept({}), rule(365));
    assert.deepEqual(await kept({ keepDays: 30 }), rule(30));
  });

  it("lets its bucket be changed", async () => {
    const recording = await logged({ transform: { bucket: { tags: { Ours: "yes" } } } });
    assert.deepEqual(inputs(recording, "access-logs-store-bucket").tags, { Ours: "yes" });
  });
});
