import { readStatements, refusesPlainText } from "../../lib/documents.ts";
import { attachedTo, ofType } from "../../lib/join.ts";
import { UNKNOWN } from "../../lib/read.ts";
import { stackRule } from "../../lib/rule.ts";
import { QUEUE_POLICIES, QUEUES } from "../../lib/types.ts";

export const queueTlsOnly = stackRule({
  name: "sqs-queue-tls-only",
  title: "Queues refuse requests without TLS",
  description: "Every queue has a policy that denies requests without TLS.",
  rationale: "SQS also answers plain HTTP in some regions; messages could then be read and changed on the way.",
  severity: "medium",
  frameworks: [],
  remediation: "Add a QueuePolicy for the queue that denies sqs:* to everybody where aws:SecureTransport is false.",
  url: "https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-security-best-practices.html",
  types: QUEUES,
  check(resources, report) {
    for (const queue of ofType(resources, QUEUES)) {
      const policies = attachedTo(queue, resources, QUEUE_POLICIES, "queueUrl");
      const isSafe = [queue, ...policies].some(({ props }) => {
        const statements = readStatements(props, "policy");
        return statements === UNKNOWN || statements.some((one) => refusesPlainText(one, "sqs:*"));
      });
      if (isSafe) continue;
      report(queue, {
        problem: "answers requests without TLS",
        allowed: "a QueuePolicy that denies sqs:* to everybody where aws:SecureTransport is false",
        fix: "add the policy, with the queue's url as queueUrl",
      });
    }
  },
});
