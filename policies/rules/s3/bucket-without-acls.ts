import { attachedTo, ofType } from "../../lib/join.ts";
import { isOther, read } from "../../lib/read.ts";
import { stackRule } from "../../lib/rule.ts";
import { BUCKET_OWNERSHIPS, BUCKETS } from "../../lib/types.ts";

export const bucketWithoutAcls = stackRule({
  name: "s3-bucket-without-acls",
  title: "Buckets have no access control lists",
  description: "Every bucket enforces that its owner owns all objects, which switches ACLs off.",
  rationale: "ACLs grant access beside the policies, object by object, where nobody looks.",
  severity: "medium",
  frameworks: [],
  remediation: "Add BucketOwnershipControls for the bucket with objectOwnership BucketOwnerEnforced.",
  url: "https://docs.aws.amazon.com/AmazonS3/latest/userguide/about-object-ownership.html",
  types: BUCKETS,
  check(resources, report) {
    for (const bucket of ofType(resources, BUCKETS)) {
      const controls = attachedTo(bucket, resources, BUCKET_OWNERSHIPS, "bucket");
      if (controls.length === 0) {
        report(bucket, {
          problem: "does not say who owns its objects",
          allowed: "BucketOwnershipControls whose bucket is this bucket's id",
          fix: 'add them with rule: { objectOwnership: "BucketOwnerEnforced" }',
        });
      }
      for (const control of controls) {
        const value = read(control.props, "rule", "objectOwnership");
        if (isOther(value, "BucketOwnerEnforced")) {
          report(control, {
            problem: "leaves ACLs on",
            value,
            allowed: "BucketOwnerEnforced",
            fix: "set rule.objectOwnership",
          });
        }
      }
    }
  },
});
