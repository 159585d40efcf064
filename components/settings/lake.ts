import { z } from "zod";
import { days, flag, optional, range, region, text } from "./values.ts";

/** Settings: the data lake. */
export const lake = {
  lakePrefix: text
    .regex(/^[a-z0-9_-]+(\/[a-z0-9_-]+)*$/, "is no prefix: lower case letters, digits, - and _, parts joined by /")
    .default("lake")
    .describe("Where the data lake begins in its bucket, without slashes at its ends"),
  accessLogs: flag.default(true).describe("Whether requests to the buckets are logged, in a bucket of their own"),
  lakeKeepVersionsDays: days.default(30).describe("Days that replaced and deleted objects can be brought back"),
  lakeLockMode: z
    .enum(["none", "governance", "compliance"])
    .default("none")
    .describe(
      "Whether objects cannot be deleted for a time: with `governance` by nobody but who may bypass it, with `compliance` by nobody",
    ),
  lakeLockDays: days.default(30).describe("For how many days, where `lakeLockMode` is not `none`"),
  lakeReplicaRegion: optional(region).default("").describe("Region of a copy of the lake; empty for none"),
  lakeOnlyFrom: z
    .strictObject({
      cidrs: z.array(range).max(50).default([]).describe("Public address ranges"),
      principals: z
        .array(text.regex(/^arn:[\w-]+:(iam|sts)::\d{12}:[\w+=,.@/*-]+$/, "is not the ARN of a role or user"))
        .max(50)
        .default([])
        .describe("ARNs of roles and users, with `*` as a wildcard"),
    })
    .optional()
    .describe("Who reaches the lake beside the platform's network; left out, everybody who has the rights"),
};
