import { readStatements, refusesPlainText } from "../../lib/documents.ts";
import { attachedTo, ofType } from "../../lib/join.ts";
import { UNKNOWN } from "../../lib/read.ts";
import { stackRule } from "../../lib/rule.ts";
import { TOPIC_POLICIES, TOPICS } from "../../lib/types.ts";

export const topicTlsOnly = stackRule({
  name: "sns-topic-tls-only",
  title: "Topics refuse to publish without TLS",
  description: "Every topic has a policy that denies publishing without TLS.",
  rationale: "SNS also answers plain HTTP; alarms could then be read and changed on the way.",
  severity: "medium",
  frameworks: [],
  remediation:
    "Add a TopicPolicy for the topic that denies sns:Publish to everybody where aws:SecureTransport is false.",
  url: "https://docs.aws.amazon.com/sns/latest/dg/sns-security-best-practices.html",
  types: TOPICS,
  check(resources, report) {
    for (const topic of ofType(resources, TOPICS)) {
      const policies = attachedTo(topic, resources, TOPIC_POLICIES, "arn");
      const isSafe = policies.some(({ props }) => {
        const statements = readStatements(props, "policy");
        return statements === UNKNOWN || statements.some((one) => refusesPlainText(one, "sns:Publish", "sns:*"));
      });
      if (isSafe) continue;
      report(topic, {
        problem: "takes messages without TLS",
        allowed: "a TopicPolicy that denies sns:Publish to everybody where aws:SecureTransport is false",
        fix: "add the statement",
      });
    }
  },
});
