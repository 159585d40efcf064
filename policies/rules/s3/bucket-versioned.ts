import { attachedTo, ofType } from "../../lib/join.ts";
import { isOther, read } from "../../lib/read.ts";
import { stackRule } from "../../lib/rule.ts";
import { BUCKET_VERSIONINGS, BUCKETS } from "../../lib/types.ts";

export const bucketVersioned = stackRule({
  name: "s3-bucket-versioned",
  title: "Buckets keep replaced versions",
  description: "Every bucket has versioning enabled.",
  rationale: "Without versions an overwritten or deleted object is gone, whether by mistake or on purpose.",
  severity: "high",
  frameworks: [],
  remediation: "Add a BucketVersioning for the bucket with status Enabled.",
  url: "https://docs.aws.amazon.com/AmazonS3/latest/userguide/Versioning.html",
  types: BUCKETS,
  check(resources, report) {
    for (const bucket of ofType(resources, BUCKETS)) {
      const versionings = attachedTo(bucket, resources, BUCKET_VERSIONINGS, "bucket");
      if (versionings.length === 0) {
        report(bucket, {
          problem: "is not versioned",
          allowed: "a BucketVersioning whose bucket is this bucket's id",
          fix: 'add one with versioningConfiguration: { status: "Enabled" }',
        });
      }
      for (const versioning of versionings) {
        const status = read(versioning.props, "versioningConfiguration", "status");
        if (isOther(status, "Enabled")) {
          report(versioning, {
            problem: "does not keep versions",
            value: status,
            allowed: "Enabled",
            fix: "set versioningConfiguration.status",
          });
        }
      }
    }
  },
});
