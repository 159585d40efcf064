import { attachedTo, ofType, refersTo } from "../../lib/join.ts";
import { isOther, knownList, read, readList, UNKNOWN } from "../../lib/read.ts";
import { type Report, type Subject, stackRule } from "../../lib/rule.ts";
import { BUCKET_ENCRYPTIONS, BUCKET_LOGGINGS, BUCKETS } from "../../lib/types.ts";

const DEFAULT = "applyServerSideEncryptionByDefault";

export const bucketEncrypted = stackRule({
  name: "s3-bucket-encrypted",
  title: "Buckets encrypt with an own key",
  description:
    "Every bucket encrypts by default with a customer managed KMS key, and uses a bucket key; one that only takes access logs may use S3's own keys.",
  rationale:
    "Only an own key can be refused to somebody who may read the bucket, and its use is logged; without a bucket key each object costs a KMS request.",
  severity: "high",
  frameworks: [],
  remediation:
    "Add a BucketServerSideEncryptionConfiguration for the bucket with sseAlgorithm aws:kms, the key's ARN, and bucketKeyEnabled.",
  url: "https://docs.aws.amazon.com/AmazonS3/latest/userguide/UsingKMSEncryption.html",
  types: BUCKETS,
  check(resources, report) {
    const loggings = ofType(resources, BUCKET_LOGGINGS);
    for (const bucket of ofType(resources, BUCKETS)) {
      // S3 delivers no access logs into a bucket that KMS encrypts.
      const takesLogs = loggings.some((logging) => refersTo(logging, "targetBucket", bucket));
      const configurations = attachedTo(bucket, resources, BUCKET_ENCRYPTIONS, "bucket");
      if (configurations.length === 0) {
        report(bucket, {
          problem: "has no default encryption of its own",
          allowed: "a BucketServerSideEncryptionConfiguration whose bucket is this bucket's id",
          fix: "add one with sseAlgorithm aws:kms and kmsMasterKeyId",
        });
      }
      for (const configuration of configurations) {
        const rules = readList(configuration.props, "rules");
        if (rules !== UNKNOWN && rules.length === 0) reportNoRule(configuration, report);
        for (const rule of knownList(configuration.props, "rules")) {
          if (!takesLogs || read(rule, DEFAULT, "sseAlgorithm") !== "AES256") checkRule(configuration, rule, report);
        }
      }
    }
  },
});

function reportNoRule(configuration: Subject, report: Report): void {
  report(configuration, {
    problem: "has no rule",
    allowed: "one rule with a KMS key",
    fix: `give it rules: [{ ${DEFAULT}: { sseAlgorithm: "aws:kms", kmsMasterKeyId } }]`,
  });
}

function checkRule(configuration: Subject, rule: unknown, report: Report): void {
  const algorithm = read(rule, DEFAULT, "sseAlgorithm");
  if (isOther(algorithm, "aws:kms", "aws:kms:dsse")) {
    report(configuration, {
      problem: "does not encrypt with KMS",
      value: algorithm,
      allowed: "aws:kms or aws:kms:dsse",
      fix: `set ${DEFAULT}.sseAlgorithm`,
    });
  }
  const key = read(rule, DEFAULT, "kmsMasterKeyId");
  if (key !== UNKNOWN && (key === undefined || String(key).includes("alias/aws/"))) {
    report(configuration, {
      problem: "encrypts with the key that AWS manages",
      value: key,
      allowed: "the ARN of a customer managed key",
      fix: `set ${DEFAULT}.kmsMasterKeyId to the key's arn`,
    });
  }
  const bucketKey = read(rule, "bucketKeyEnabled");
  if (isOther(bucketKey, true)) {
    report(configuration, {
      problem: "asks KMS for every object",
      value: bucketKey,
      allowed: "bucketKeyEnabled: true",
      fix: "set bucketKeyEnabled",
    });
  }
}
