import { ofType, referredTo } from "../../lib/join.ts";
import { read } from "../../lib/read.ts";
import { stackRule } from "../../lib/rule.ts";
import { EVENT_TARGETS, QUEUES } from "../../lib/types.ts";

export const targetDeadLetters = stackRule({
  name: "events-target-dead-letters",
  title: "Events that were not delivered are kept",
  description: "Every target of an EventBridge rule sends what it could not be given to a queue of the same stack.",
  rationale:
    "An event that could not be delivered for a day is dropped: a dataset that waits for another then never runs.",
  severity: "medium",
  frameworks: [],
  remediation: "Set deadLetterConfig.arn to the arn of a Queue of the program.",
  url: "https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-rule-dlq.html",
  types: EVENT_TARGETS,
  check(resources, report) {
    for (const target of ofType(resources, EVENT_TARGETS)) {
      const isSet = read(target.props, "deadLetterConfig", "arn") !== undefined;
      if (isSet && referredTo(target, "deadLetterConfig", QUEUES).length > 0) continue;
      report(target, {
        problem: isSet ? "sends dead letters to a queue that is not in this stack" : "has no dead-letter queue",
        allowed: "the arn of a Queue of this program",
        fix: "set deadLetterConfig.arn",
      });
    }
  },
});
