import { isBoundBy } from "../../lib/documents.ts";
import { fsbp } from "../../lib/frameworks.ts";
import { allowedBy, IDENTITY_TYPES, isEverything } from "../../lib/identity.ts";
import { resourceRule } from "../../lib/rule.ts";

export const keysNamed = resourceRule({
  name: "iam-keys-named",
  title: "Rights to use keys name the keys",
  description:
    "A policy allows the use of KMS keys by ARN, or of all keys only together with a condition on their alias.",
  rationale: "Who may decrypt with every key of the account can read what other teams encrypted there.",
  severity: "high",
  frameworks: [fsbp("KMS.1"), fsbp("KMS.2")],
  remediation: "Name the key's ARN, or add a ForAnyValue:StringEquals condition on kms:ResourceAliases.",
  url: "https://docs.aws.amazon.com/kms/latest/developerguide/alias-authorization.html",
  types: IDENTITY_TYPES,
  check(subject, report) {
    for (const statement of allowedBy(subject)) {
      const uses = statement.actions.filter((action) => action.startsWith("kms:"));
      const all = statement.resources.filter((resource) => isEverything(resource) || resource.endsWith(":key/*"));
      if (uses.length > 0 && all.length > 0 && !isBoundBy(statement, "kms:resourcealiases")) {
        report(subject, {
          problem: `${statement.label} allows ${uses.join(", ")} with every key`,
          value: all,
          allowed: "ARNs of keys, or a condition on kms:ResourceAliases",
          fix: "name the key",
        });
      }
    }
  },
});
