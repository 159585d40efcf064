import type { PolicyResource } from "@pulumi/policy";
import { fsbp } from "../../lib/frameworks.ts";
import { attachedTo, ofType, refersTo } from "../../lib/join.ts";
import { stackRule } from "../../lib/rule.ts";
import { BUCKET_LOGGINGS, BUCKET_REPLICATIONS, BUCKETS } from "../../lib/types.ts";

export const bucketLogged = stackRule({
  name: "s3-bucket-logged",
  title: "Requests to buckets are logged elsewhere",
  description:
    "Every bucket has its access logs written to another bucket of the program, unless it takes such logs itself or is filled by replication.",
  rationale: "Without them nobody can say afterwards who read what; logs in the same bucket are lost together with it.",
  severity: "medium",
  frameworks: [fsbp("S3.9")],
  remediation: "Add a BucketLogging for the bucket whose targetBucket is a bucket that is there for logs alone.",
  url: "https://docs.aws.amazon.com/AmazonS3/latest/userguide/ServerLogs.html",
  types: BUCKETS,
  check(resources, report) {
    const buckets = ofType(resources, BUCKETS);
    const loggings = ofType(resources, BUCKET_LOGGINGS);
    const replications = ofType(resources, BUCKET_REPLICATIONS);
    // A copy is in another region as a rule, where S3 does not deliver logs to.
    const isCopy = (bucket: PolicyResource) => replications.some((one) => refersTo(one, "rules", bucket));
    const takesLogs = (bucket: PolicyResource) => loggings.some((one) => refersTo(one, "targetBucket", bucket));
    for (const bucket of buckets) {
      const own = attachedTo(bucket, resources, BUCKET_LOGGINGS, "bucket");
      const isElsewhere = own.some((one) =>
        buckets.some((other) => other !== bucket && refersTo(one, "targetBucket", other)),
      );
      if (isElsewhere) continue;
      if (own.length === 0 && (takesLogs(bucket) || isCopy(bucket))) continue;
      report(bucket, {
        problem: own.length > 0 ? "keeps its access logs in itself or outside of the program" : "has no access logs",
        allowed: "a BucketLogging into another bucket of this program",
        fix: "add one, or set its targetBucket",
      });
    }
  },
});
