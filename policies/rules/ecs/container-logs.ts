import { containersOf } from "../../lib/containers.ts";
import { fsbp } from "../../lib/frameworks.ts";
import { dependsOn, ofType } from "../../lib/join.ts";
import { isOther, read } from "../../lib/read.ts";
import { stackRule } from "../../lib/rule.ts";
import { LOG_GROUPS, TASK_DEFINITIONS } from "../../lib/types.ts";

const GROUP = ["logConfiguration", "options", "awslogs-group"];

export const containerLogs = stackRule({
  name: "ecs-container-logs",
  title: "Containers log to a group of the stack",
  description: "Every container logs to CloudWatch, into a log group that the same stack makes before the task.",
  rationale:
    "A group that nobody made does not expire and is not encrypted with an own key, or logging fails altogether.",
  severity: "medium",
  frameworks: [fsbp("ECS.9")],
  remediation: "Set logConfiguration with logDriver awslogs, and let the task definition depend on the LogGroup.",
  url: "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/using_awslogs.html",
  types: TASK_DEFINITIONS,
  check(resources, report) {
    const groups = ofType(resources, LOG_GROUPS);
    for (const task of ofType(resources, TASK_DEFINITIONS)) {
      for (const container of containersOf(task)) {
        const driver = read(container, "logConfiguration", "logDriver");
        if (isOther(driver, "awslogs") || read(container, ...GROUP) === undefined) {
          report(task, {
            problem: `container ${read(container, "name")} does not log to CloudWatch`,
            value: driver,
            allowed: "awslogs with an awslogs-group",
            fix: "set logConfiguration",
          });
        }
      }
      if (!groups.some((group) => dependsOn(task, group))) {
        report(task, {
          problem: "does not wait for a log group of this stack",
          allowed: "a LogGroup that the task definition depends on",
          fix: "make the log group and add it to dependsOn",
        });
      }
    }
  },
});
