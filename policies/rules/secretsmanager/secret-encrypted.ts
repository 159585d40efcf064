import { read } from "../../lib/read.ts";
import { resourceRule } from "../../lib/rule.ts";
import { SECRETS } from "../../lib/types.ts";

export const secretEncrypted = resourceRule({
  name: "secretsmanager-secret-encrypted",
  title: "Secrets are encrypted with an own key, and can be brought back",
  description:
    "Every secret is encrypted with a customer managed KMS key, and a deleted one can be brought back for some days.",
  rationale:
    "With the key that AWS manages everybody in the account who may read secrets reads this one; a token deleted at once stops every run.",
  severity: "medium",
  frameworks: [],
  remediation: "Set kmsKeyId to the key's arn, and leave recoveryWindowInDays at 7 or more.",
  url: "https://docs.aws.amazon.com/secretsmanager/latest/userguide/security-encryption.html",
  types: SECRETS,
  check(secret, report) {
    if (read(secret.props, "kmsKeyId") === undefined) {
      report(secret, {
        problem: "is encrypted with the key that AWS manages",
        allowed: "the arn of a customer managed key",
        fix: "set kmsKeyId",
      });
    }
    const days = read(secret.props, "recoveryWindowInDays");
    if (typeof days === "number" && days < 7) {
      report(secret, {
        problem: "cannot be brought back once deleted",
        value: days,
        allowed: "7 to 30 days",
        fix: "raise recoveryWindowInDays",
      });
    }
  },
});
