import * as pulumi from "@pulumi/pulumi";
import type { Context } from "./context.ts";

type Place = Pick<Context, "partition" | "region" | "account">;

/** The ARN of something in this account and region. @example arn(context, "sqs", "my-queue") */
export const arn = (place: Place, service: string, resource: pulumi.Input<string>): pulumi.Output<string> =>
  pulumi.interpolate`arn:${place.partition}:${service}:${place.region}:${place.account}:${resource}`;

/** The ARN of something of IAM, which has no region. @example iamArn(context, "role/my-role") */
export const iamArn = (place: Place, resource: pulumi.Input<string>): pulumi.Output<string> =>
  pulumi.interpolate`arn:${place.partition}:iam::${place.account}:${resource}`;

/** The ARN of a bucket, which has neither region nor account. */
export const bucketArn = (place: Place, bucket: pulumi.Input<string>): pulumi.Output<string> =>
  pulumi.interpolate`arn:${place.partition}:s3:::${bucket}`;

/** The ARNs of the objects of a bucket that match a pattern. @param pattern such as `lake/raw/*` */
export const objectArn = (
  place: Place,
  bucket: pulumi.Input<string>,
  pattern: pulumi.Input<string>,
): pulumi.Output<string> => pulumi.interpolate`${bucketArn(place, bucket)}/${pattern}`;
