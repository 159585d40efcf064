import { isOther, read } from "../../lib/read.ts";
import { resourceRule } from "../../lib/rule.ts";
import { LOG_GROUPS } from "../../lib/types.ts";

export const logGroupKept = resourceRule({
  name: "cloudwatch-log-group-kept",
  title: "Logs are encrypted, and kept for a known time",
  description:
    "Every log group is encrypted with a customer managed KMS key, and expires after at least the configured number of days.",
  rationale:
    "Logs that expire too soon cannot explain an incident, those that never do cost for ever; both may hold what was fetched.",
  severity: "medium",
  frameworks: [],
  remediation: "Set kmsKeyId to the key's arn and retentionInDays.",
  url: "https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/encrypt-log-data-kms.html",
  types: LOG_GROUPS,
  options: { minimumDays: { description: "Shortest time that logs are kept, in days.", default: 14 } },
  check(group, report, { minimumDays }) {
    if (read(group.props, "kmsKeyId") === undefined) {
      report(group, {
        problem: "is encrypted with a key that AWS owns",
        allowed: "the arn of a customer managed key",
        fix: "set kmsKeyId",
      });
    }
    const days = read(group.props, "retentionInDays");
    const isKept = typeof days === "number" && days >= minimumDays;
    if (isOther(days, ...(isKept ? [days] : []))) {
      report(group, {
        problem: days === undefined || days === 0 ? "never expires" : "expires too soon",
        value: days,
        allowed: `at least ${minimumDays} days`,
        fix: "set retentionInDays",
      });
    }
  },
});
