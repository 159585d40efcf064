import type { Framework } from "./rule.ts";

/** https://docs.aws.amazon.com/securityhub/latest/userguide/fsbp-standard.html */
export const fsbp = (reference: string): Framework => ({
  name: "AWS Foundational Security Best Practices",
  version: "1.0.0",
  reference,
});

/** https://www.cisecurity.org/benchmark/amazon_web_services */
export const cis = (reference: string): Framework => ({
  name: "CIS AWS Foundations Benchmark",
  version: "5.0.0",
  reference,
});
