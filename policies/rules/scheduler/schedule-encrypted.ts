import { read } from "../../lib/read.ts";
import { resourceRule } from "../../lib/rule.ts";
import { SCHEDULES } from "../../lib/types.ts";

export const scheduleEncrypted = resourceRule({
  name: "scheduler-schedule-encrypted",
  title: "Schedules are encrypted with an own key",
  description: "Every schedule is encrypted with a customer managed KMS key.",
  rationale: "A schedule holds its target's input; only an own key can be refused to somebody.",
  severity: "low",
  frameworks: [],
  remediation: "Set kmsKeyArn to the key's arn.",
  url: "https://docs.aws.amazon.com/scheduler/latest/UserGuide/encryption-rest.html",
  types: SCHEDULES,
  check(schedule, report) {
    if (read(schedule.props, "kmsKeyArn") !== undefined) return;
    report(schedule, {
      problem: "is encrypted with a key that AWS owns",
      allowed: "the arn of a customer managed key",
      fix: "set kmsKeyArn",
    });
  },
});
