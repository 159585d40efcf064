import { fsbp } from "../../lib/frameworks.ts";
import { read, UNKNOWN } from "../../lib/read.ts";
import { resourceRule } from "../../lib/rule.ts";
import { TOPICS } from "../../lib/types.ts";

export const topicEncrypted = resourceRule({
  name: "sns-topic-encrypted",
  title: "Topics encrypt with an own key",
  description: "Every topic encrypts its messages with a customer managed KMS key.",
  rationale:
    "Alarms say what a team keeps and where it fails; CloudWatch cannot publish with the key that AWS manages.",
  severity: "medium",
  frameworks: [fsbp("SNS.1")],
  remediation: "Set kmsMasterKeyId to the key's arn or alias, and let the key's policy admit cloudwatch.amazonaws.com.",
  url: "https://docs.aws.amazon.com/sns/latest/dg/sns-server-side-encryption.html",
  types: TOPICS,
  check(topic, report) {
    const key = read(topic.props, "kmsMasterKeyId");
    if (key === UNKNOWN || (typeof key === "string" && key !== "" && !key.includes("alias/aws/"))) return;
    report(topic, {
      problem: "does not encrypt with a key of your own",
      value: key,
      allowed: "a customer managed key",
      fix: "set kmsMasterKeyId",
    });
  },
});
