import { cis, fsbp } from "../../lib/frameworks.ts";
import { attachedTo, ofType } from "../../lib/join.ts";
import { isOther, read } from "../../lib/read.ts";
import { stackRule } from "../../lib/rule.ts";
import { BUCKET_ACCESS_BLOCKS, BUCKETS } from "../../lib/types.ts";

const SWITCHES = ["blockPublicAcls", "blockPublicPolicy", "ignorePublicAcls", "restrictPublicBuckets"];

export const bucketNotPublic = stackRule({
  name: "s3-bucket-not-public",
  title: "Buckets block public access",
  description: "Every bucket has a public access block with all four switches on.",
  rationale: "The block keeps a bucket private even when somebody later writes a policy or an ACL that opens it.",
  severity: "critical",
  frameworks: [fsbp("S3.8"), cis("2.1.4")],
  remediation: "Add a BucketPublicAccessBlock for the bucket and set all four switches to true.",
  url: "https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-control-block-public-access.html",
  types: BUCKETS,
  check(resources, report) {
    for (const bucket of ofType(resources, BUCKETS)) {
      const blocks = attachedTo(bucket, resources, BUCKET_ACCESS_BLOCKS, "bucket");
      if (blocks.length === 0) {
        report(bucket, {
          problem: "does not block public access",
          allowed: "a BucketPublicAccessBlock whose bucket is this bucket's id",
          fix: `add one with ${SWITCHES.join(", ")} set to true`,
        });
      }
      for (const block of blocks) {
        for (const name of SWITCHES) {
          const value = read(block.props, name);
          if (isOther(value, true)) {
            report(block, { problem: `leaves ${name} off`, value, allowed: "true", fix: `set ${name}` });
          }
        }
      }
    }
  },
});
