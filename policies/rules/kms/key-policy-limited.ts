import { isEverybody, knownStatements, type Statement } from "../../lib/documents.ts";
import { fsbp } from "../../lib/frameworks.ts";
import { resourceRule } from "../../lib/rule.ts";
import { KMS_KEYS } from "../../lib/types.ts";

const BINDING_KEYS = ["aws:sourceaccount", "aws:sourcearn", "kms:calleraccount", "kms:viaservice"];

export const keyPolicyLimited = resourceRule({
  name: "kms-key-policy-limited",
  title: "Key policies admit nobody at large",
  description:
    "A key's policy admits everybody, or an AWS service, only under a condition that binds the use to the account or resource.",
  rationale: "A service admitted without a condition can be made to use the key on behalf of somebody else's resource.",
  severity: "critical",
  frameworks: [fsbp("KMS.5")],
  remediation:
    "Name the principals, and give statements for services a condition such as aws:SourceAccount, aws:SourceArn, kms:ViaService or an encryption context.",
  url: "https://docs.aws.amazon.com/kms/latest/developerguide/key-policy-services.html",
  types: KMS_KEYS,
  check(key, report) {
    for (const statement of knownStatements(key.props, "policy")) {
      const isOpen = statement.principals.some((principal) => isEverybody(principal) || principal.kind === "Service");
      if (statement.effect === "Allow" && (statement.inverted || (isOpen && !isBound(statement)))) {
        report(key, {
          problem: `its policy's ${statement.label} admits ${statement.principals.map(({ id }) => id).join(", ") || "all but some"} without a limit`,
          allowed: `a condition on ${BINDING_KEYS.join(", ")} or kms:EncryptionContext:…`,
          fix: "add the condition, or name the principals",
        });
      }
    }
  },
});

const isBound = ({ conditions }: Statement): boolean =>
  conditions.some(({ key }) => BINDING_KEYS.includes(key) || key.startsWith("kms:encryptioncontext:"));
