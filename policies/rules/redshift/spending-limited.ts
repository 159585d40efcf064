import { attachedTo, ofType } from "../../lib/join.ts";
import { isOther, read } from "../../lib/read.ts";
import { stackRule } from "../../lib/rule.ts";
import { USAGE_LIMITS, WORKGROUPS } from "../../lib/types.ts";

export const spendingLimited = stackRule({
  name: "redshift-spending-limited",
  title: "Serverless warehouses cannot cost without end",
  description: "Every workgroup has a greatest capacity, and a usage limit on its computing.",
  rationale: "One endless query of a workgroup that grows as it likes costs thousands of dollars until somebody looks.",
  severity: "medium",
  frameworks: [],
  remediation: "Set maxCapacity, and add a UsageLimit of type serverless-compute with the workgroup's arn.",
  url: "https://docs.aws.amazon.com/redshift/latest/mgmt/serverless-workgroup-max-rpu.html",
  types: WORKGROUPS,
  check(resources, report) {
    for (const workgroup of ofType(resources, WORKGROUPS)) {
      if (read(workgroup.props, "maxCapacity") === undefined) {
        report(workgroup, {
          problem: "grows as it likes",
          allowed: "a greatest capacity in RPUs",
          fix: "set maxCapacity",
        });
      }
      const limits = attachedTo(workgroup, resources, USAGE_LIMITS, "resourceArn");
      if (limits.some(({ props }) => !isOther(read(props, "usageType"), "serverless-compute"))) continue;
      report(workgroup, {
        problem: "computes as long as it likes",
        allowed: "a UsageLimit of type serverless-compute whose resourceArn is this workgroup's arn",
        fix: "add one",
      });
    }
  },
});
