import { z } from "zod";
import { flag, label, managedPolicy, principal, text } from "./values.ts";

const folder = text.regex(/^[a-z0-9][a-z0-9_-]{0,39}$/, "is no folder: lower case letters, digits, - and _");
const bundle = text.regex(/^[a-z][a-z0-9_-]{0,39}$/, "is no bundle: lower case letters, digits, - and _");

/**
 * A policy within a role has at most 10,240 characters, within a group 5,120, and each name takes up to 200 of them.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
 */
const readable = (most: number) => ({
  datasets: z
    .union([z.literal("all"), z.array(text).max(most)])
    .default([])
    .describe(`Datasets to read the processed records of: at most ${most} by name, or \`all\``),
  bundles: z.array(bundle).max(5).default([]).describe("Bundles to pull, at most 5"),
});

const reader = z
  .strictObject({
    name: label.describe("Names the role"),
    principals: z
      .array(principal)
      .min(1)
      .max(10)
      .describe("Who may take the role: accounts, or ARNs of roles and users"),
    ...readable(30),
    externalId: text
      .regex(/^[\w+=,.@:/-]{2,1224}$/, "is no external id of 2 to 1,224 characters")
      .optional()
      .describe("What a third party has to present"),
    mfa: flag.default(false).describe("Whether a second factor is needed"),
  })
  .refine(
    ({ datasets, bundles }) => datasets.length + bundles.length > 0,
    "reads nothing: give it datasets or bundles",
  );

const branch = text.regex(/^[\w./-]{1,200}$/, "is no name of a branch");
const environment = text.regex(/^[\w.-]{1,100}$/, "is no name of an environment, or one with blanks");

const preview = z
  .strictObject({
    pullRequests: flag.default(true).describe("Whether runs for pull requests may take it"),
    branches: z.array(branch).max(10).default([]).describe("Branches whose runs may take it"),
    policies: z
      .array(managedPolicy)
      .min(1)
      .max(10)
      .default(["arn:aws:iam::aws:policy/job-function/ViewOnlyAccess"])
      .describe("ARNs of managed policies: what it may do"),
  })
  .refine(({ pullRequests, branches }) => pullRequests || branches.length > 0, "nobody may take the role");

const deploy = z
  .strictObject({
    environments: z.array(environment).max(10).default([]).describe("Environments whose runs may take it"),
    branches: z.array(branch).max(10).default([]).describe("Branches whose runs may take it"),
    policies: z.array(managedPolicy).min(1).max(10).describe("ARNs of managed policies: what it may do"),
  })
  .refine(({ environments, branches }) => environments.length + branches.length > 0, "nobody may take the role");

/** Settings: people and programs that have rights. */
export const access = {
  readers: z
    .array(reader)
    .max(50)
    .default([])
    .describe("Roles that read datasets or pull bundles, for people and clients in this account or others"),
  ci: z
    .strictObject({
      repository: text.regex(/^[\w.-]+\/[\w.-]+$/, "is no repository: owner/name").describe("`owner/name` at GitHub"),
      createProvider: flag
        .default(false)
        .describe("Whether this stack makes GitHub's identity provider; exactly one stack of an account does"),
      permissionsBoundary: managedPolicy.optional().describe("ARN of the policy that the roles cannot exceed"),
      preview: preview.optional().describe("A role that looks, for `pulumi preview`; left out, there is none"),
      deploy: deploy.optional().describe("A role that deploys, for `pulumi up`; left out, there is none"),
    })
    .refine((ci) => ci.preview || ci.deploy, "makes no role: give it preview or deploy")
    .optional()
    .describe("Roles that workflows of a GitHub repository take, without any key"),
  team: z
    .strictObject({
      name: label.describe("Names the group"),
      ...readable(10),
      uploads: z.array(folder).max(5).default([]).describe("Folders below drop/ in the lake that members fill"),
      users: z
        .array(text.regex(/^[\w+=,.@-]{1,40}$/, "is no name of a user"))
        .max(50)
        .default([])
        .describe("IAM users to make, without password and keys"),
      mfa: flag.default(true).describe("Whether rights need a second factor"),
    })
    .optional()
    .describe("A group of IAM users, for a team that has to have such users"),
};
