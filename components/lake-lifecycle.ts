import type * as aws from "@pulumi/aws";
import type * as pulumi from "@pulumi/pulumi";

type LifecycleRule = pulumi.Unwrap<aws.types.input.s3.BucketLifecycleConfigurationRule>;

/** Days that replaced versions of state are kept: every run replaces them, and coverage can be told from raw again. */
const STATE_VERSIONS_DAYS = 7;

/**
 * What becomes of the lake's folders as they get older. Nothing here ends the life of a current object: raw and quarantine are
 * kept for good, and so are the records of runs and loads. Objects below 128 KB stay where they are whatever a rule says.
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/lifecycle-transition-general-considerations.html
 * @param prefix where the lake begins in its bucket
 */
export const lakeLifecycle = (prefix: string): LifecycleRule[] => [
  // Raw and old bundles are hardly read, but at once when they are: Intelligent-Tiering asks nothing for reading.
  ...["raw", "zipline-data"].map((folder) => ({
    id: `${folder}-by-use`,
    status: "Enabled",
    filter: { prefix: `${prefix}/${folder}/` },
    transitions: [{ days: 30, storageClass: "INTELLIGENT_TIERING" }],
  })),
  {
    id: "replaced-state",
    status: "Enabled",
    filter: { prefix: `${prefix}/state/` },
    noncurrentVersionExpiration: { noncurrentDays: STATE_VERSIONS_DAYS },
  },
];
