import { ofType, referredTo } from "../../lib/join.ts";
import { read } from "../../lib/read.ts";
import { stackRule } from "../../lib/rule.ts";
import { QUEUES, SCHEDULES } from "../../lib/types.ts";

export const scheduleDeadLetters = stackRule({
  name: "scheduler-schedule-dead-letters",
  title: "Schedules keep what could not be started",
  description: "Every schedule sends what it could not start to a queue of the same stack.",
  rationale: "Without a dead-letter queue a run that never started leaves no trace, and nobody is told.",
  severity: "medium",
  frameworks: [],
  remediation: "Set target.deadLetterConfig.arn to the arn of a Queue of the program.",
  url: "https://docs.aws.amazon.com/scheduler/latest/UserGuide/configuring-schedule-dlq.html",
  types: SCHEDULES,
  check(resources, report) {
    for (const schedule of ofType(resources, SCHEDULES)) {
      const isSet = read(schedule.props, "target", "deadLetterConfig", "arn") !== undefined;
      if (isSet && referredTo(schedule, "target", QUEUES).length > 0) continue;
      report(schedule, {
        problem: isSet ? "sends dead letters to a queue that is not in this stack" : "has no dead-letter queue",
        allowed: "the arn of a Queue of this program",
        fix: "set target.deadLetterConfig.arn",
      });
    }
  },
});
