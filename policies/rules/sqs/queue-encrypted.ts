import { fsbp } from "../../lib/frameworks.ts";
import { read, UNKNOWN } from "../../lib/read.ts";
import { resourceRule } from "../../lib/rule.ts";
import { QUEUES } from "../../lib/types.ts";

export const queueEncrypted = resourceRule({
  name: "sqs-queue-encrypted",
  title: "Queues encrypt with an own key",
  description: "Every queue encrypts its messages with a customer managed KMS key.",
  rationale: "Dead letters hold the input of what failed; only an own key can be refused to somebody.",
  severity: "medium",
  frameworks: [fsbp("SQS.1")],
  remediation: "Set kmsMasterKeyId to the key's arn or alias.",
  url: "https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-server-side-encryption.html",
  types: QUEUES,
  check(queue, report) {
    const key = read(queue.props, "kmsMasterKeyId");
    if (key === UNKNOWN || (typeof key === "string" && key !== "" && !key.includes("alias/aws/"))) return;
    report(queue, {
      problem: "does not encrypt with a key of your own",
      value: key,
      allowed: "a customer managed key",
      fix: "set kmsMasterKeyId",
    });
  },
});
