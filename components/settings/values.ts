import { Region } from "@pulumi/aws";
import { z } from "zod";
import { parseRange } from "../address-range.ts";

/** https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutRetentionPolicy.html */
const RETENTION_DAYS = [
  1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653,
];

/** Kinds of values that several settings have. */
export const text = z.string();
export const flag = z.boolean();
export const days = z.int().min(1).max(3650);
export const retentionDays = z
  .int()
  .refine((value) => RETENTION_DAYS.includes(value), `is not one of ${RETENTION_DAYS.join(", ")}`);
export const tag = text.regex(/^[\p{L}\p{N} _.:/=+@-]{1,256}$/u, "has characters that a tag cannot have");
export const range = text.refine(
  (cidr) => parseRange(cidr) !== undefined,
  "is no address range that begins with its first address, such as 10.0.0.0/16",
);
export const region = z.enum(Object.values(Region));
export const optional = <T extends z.ZodType<string, string>>(value: T) => z.union([z.literal(""), value]);

/** An account by its twelve digits, or a role or user of one by ARN. */
export const principal = text.regex(
  /^(\d{12}|arn:aws(-[a-z-]+)?:iam::\d{12}:(role|user)\/[\w+=,.@/-]+)$/,
  "is neither an account of twelve digits nor the ARN of a role or user",
);
export const managedPolicy = text.regex(
  /^arn:aws(-[a-z-]+)?:iam::(aws|\d{12}):policy\/[\w+=,.@/-]+$/,
  "is not the ARN of a managed policy",
);
export const label = text.regex(
  /^[a-z][a-z0-9-]{0,30}$/,
  "must be lower case letters, digits and dashes, begin with a letter, and have at most 31 of them",
);
