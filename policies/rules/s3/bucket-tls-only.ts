import { isEverybody, readStatements, refusesPlainText, type Statement } from "../../lib/documents.ts";
import { cis, fsbp } from "../../lib/frameworks.ts";
import { attachedTo, ofType } from "../../lib/join.ts";
import { UNKNOWN } from "../../lib/read.ts";
import { stackRule } from "../../lib/rule.ts";
import { BUCKET_POLICIES, BUCKETS } from "../../lib/types.ts";

export const bucketTlsOnly = stackRule({
  name: "s3-bucket-tls-only",
  title: "Buckets refuse requests without TLS 1.2",
  description: "Every bucket has a policy that denies requests without TLS, and those with TLS older than 1.2.",
  rationale: "S3 also answers plain HTTP; then credentials, names and data can be read and changed on the way.",
  severity: "high",
  frameworks: [fsbp("S3.5"), cis("2.1.1")],
  remediation:
    "Give the bucket a BucketPolicy with two Deny statements for everybody, s3:* and both the bucket and its objects: one with Bool aws:SecureTransport false, one with NumericLessThan s3:TlsVersion 1.2.",
  url: "https://docs.aws.amazon.com/AmazonS3/latest/userguide/security-best-practices.html",
  types: BUCKETS,
  check(resources, report) {
    for (const bucket of ofType(resources, BUCKETS)) {
      const policies = attachedTo(bucket, resources, BUCKET_POLICIES, "bucket");
      const documents = policies.map(({ props }) => readStatements(props, "policy"));
      if (documents.includes(UNKNOWN)) continue;
      const statements = documents.flatMap((document) => (document === UNKNOWN ? [] : document)).filter(coversAll);
      if (!statements.some((statement) => refusesPlainText(statement, "s3:*"))) {
        report(bucket, {
          problem: "answers requests without TLS",
          allowed: "a BucketPolicy that denies s3:* to everybody where aws:SecureTransport is false",
          fix: "add the statement for the bucket and for its objects",
        });
      }
      if (!statements.some(refusesOldTls)) {
        report(bucket, {
          problem: "answers requests with TLS older than 1.2",
          allowed: "a BucketPolicy that denies s3:* to everybody where s3:TlsVersion is less than 1.2",
          fix: "add the statement for the bucket and for its objects",
        });
      }
    }
  },
});

function coversAll({ resources }: Statement): boolean {
  const objects = resources.filter((resource) => resource.endsWith("/*"));
  return resources.includes("*") || (objects.length > 0 && objects.length < resources.length);
}

function refusesOldTls({ effect, principals, actions, conditions, inverted }: Statement): boolean {
  const [condition, ...others] = conditions;
  return (
    effect === "Deny" &&
    !inverted &&
    principals.some(isEverybody) &&
    actions.some((action) => action === "s3:*" || action === "*") &&
    others.length === 0 &&
    condition?.operator === "NumericLessThan" &&
    condition.key === "s3:tlsversion" &&
    condition.values.every((version) => Number(version) >= 1.2)
  );
}
