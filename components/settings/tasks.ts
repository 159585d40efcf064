import { z } from "zod";
import { NODE_IMAGE } from "../image.ts";
import { flag, retentionDays, text } from "./values.ts";

/** Settings: what is brought in, by which tasks, and what starts them. */
export const tasks = {
  datasets: z
    .union([z.literal("all"), z.array(text).min(1)])
    .default("all")
    .describe("The datasets that the stack deploys, by name; those that they come after among them"),
  sources: z
    .record(text, text)
    .default({})
    .describe(
      "Which of its sources a dataset asks, such as `daily_prices: alpaca`; the others ask the one that is theirs by default",
    ),
  computeKind: z
    .enum(["fargate-spot", "fargate", "ec2-spot"])
    .default("fargate-spot")
    .describe(
      "Where tasks run: `fargate-spot` with Fargate on demand as fallback, `fargate`, or `ec2-spot` machines that scale to zero",
    ),
  computeInstanceTypes: z
    .array(text.regex(/^[a-z][a-z0-9-]*\.[a-z0-9-]+$/, "is no instance type, such as c7g.large"))
    .max(20)
    .default([])
    .describe("Instance types for `ec2-spot`; none for a mix that fits the architecture"),
  computeMaxInstances: z.int().min(1).max(100).default(4).describe("The most machines that `ec2-spot` starts"),
  architecture: z
    .enum(["arm64", "x86_64"])
    .default("arm64")
    .describe("Processors of tasks, `arm64` (a fifth cheaper) or `x86_64`"),
  image: text
    .regex(/^[^\s@]+@sha256:[0-9a-f]{64}$/, "is no image with a digest: name:tag@sha256:…")
    .default(NODE_IMAGE)
    .describe("Node image that tasks run in, by digest, from a registry that needs no credentials"),
  imageFolder: text
    .regex(/^[\w./-]*$/, "is no folder")
    .default("")
    .describe("Folder with a Dockerfile for an image of your own, instead of `image`; building it needs Docker"),
  schedulesEnabled: flag.default(true).describe("Whether schedules start anything"),
  pipelineLogLevel: z
    .enum(["ERROR", "ALL"])
    .default("ERROR")
    .describe("What state machines log: failures only, or every step"),
  logRetentionDays: retentionDays
    .default(90)
    .describe("Days that logs are kept, one of the numbers that CloudWatch takes"),
  sourceUrls: z
    .array(text.regex(/^[a-z0-9_]+=https?:\/\/\S+$/, "is not dataset=URL"))
    .default([])
    .describe("`dataset=URL`, asked instead of the source's own base URL; for private mirrors and tests"),
};
