import type { PolicyResource } from "@pulumi/policy";
import { fsbp } from "../../lib/frameworks.ts";
import { ofType, referredTo } from "../../lib/join.ts";
import { isOther, read, UNKNOWN } from "../../lib/read.ts";
import { stackRule } from "../../lib/rule.ts";
import { LOG_GROUPS, STATE_MACHINES } from "../../lib/types.ts";

export const machineLogged = stackRule({
  name: "sfn-machine-logged",
  title: "State machines are logged and traced",
  description: "Every state machine logs at least its errors to a log group of the program, and traces its runs.",
  rationale: "The history of an execution is gone after 90 days, and cannot be searched before.",
  severity: "medium",
  frameworks: [fsbp("StepFunctions.1")],
  remediation:
    "Set loggingConfiguration with a level and the arn of a LogGroup of the program, and tracingConfiguration.enabled.",
  url: "https://docs.aws.amazon.com/step-functions/latest/dg/cw-logs.html",
  types: STATE_MACHINES,
  check(resources, report) {
    const groups = ofType(resources, LOG_GROUPS);
    for (const machine of ofType(resources, STATE_MACHINES)) {
      const level = read(machine.props, "loggingConfiguration", "level");
      if (isOther(level, "ERROR", "ALL", "FATAL")) {
        report(machine, {
          problem: "logs nothing",
          value: level,
          allowed: "ERROR, ALL or FATAL",
          fix: "set loggingConfiguration.level",
        });
      } else if (!logsToOneOf(machine, groups)) {
        report(machine, {
          problem: "logs to a group that is not in this stack",
          allowed: "the arn of a LogGroup of this program, and :*",
          fix: "set loggingConfiguration.logDestination",
        });
      }
      const tracing = read(machine.props, "tracingConfiguration", "enabled");
      if (isOther(tracing, true)) {
        report(machine, {
          problem: "does not trace its runs",
          value: tracing,
          allowed: "true",
          fix: "set tracingConfiguration.enabled",
        });
      }
    }
  },
});

/** By reference, or by name where the ARN is put together as text. */
function logsToOneOf(machine: PolicyResource, groups: readonly PolicyResource[]): boolean {
  if (referredTo(machine, "loggingConfiguration", LOG_GROUPS).length > 0) return true;
  const destination = read(machine.props, "loggingConfiguration", "logDestination");
  if (destination === UNKNOWN) return true;
  return groups.some(({ props }) => {
    const name = read(props, "name");
    return name === UNKNOWN || String(destination).endsWith(`:log-group:${name}:*`);
  });
}
