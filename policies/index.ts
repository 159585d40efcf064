import { PolicyPack } from "@pulumi/policy";
import { toPolicy } from "./lib/policy.ts";
import { PACK_NAME, rules } from "./rules/index.ts";

new PolicyPack(PACK_NAME, {
  displayName: "Tidegate",
  description: "Security checks for Tidegate programs.",
  provider: "aws",
  policies: rules.map(toPolicy),
});
