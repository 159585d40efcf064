import { type Condition, knownStatements, type Statement } from "../../lib/documents.ts";
import { type Report, resourceRule, type Subject } from "../../lib/rule.ts";
import { ROLES } from "../../lib/types.ts";

export const webIdentityLimited = resourceRule({
  name: "iam-web-identity-limited",
  title: "Outside identities are named",
  description:
    "A role that is taken with a token of an outside identity provider names who the token is for and whom it is about.",
  rationale:
    "Without a condition on the subject every repository of a public service such as GitHub can take the role.",
  severity: "critical",
  frameworks: [],
  remediation:
    "Add StringEquals conditions on the provider's aud and sub; a pattern may only stand after an owner and a name.",
  url: "https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_create_for-idp_oidc.html#idp_oidc_Create_GitHub",
  types: ROLES,
  check(role, report) {
    for (const statement of knownStatements(role.props, "assumeRolePolicy")) {
      const isFederated =
        statement.actions.includes("sts:AssumeRoleWithWebIdentity") ||
        statement.principals.some(({ kind, id }) => kind === "Federated" && id.includes(":oidc-provider/"));
      if (statement.effect === "Allow" && isFederated) checkStatement(role, statement, report);
    }
  },
});

function checkStatement(role: Subject, { label, conditions }: Statement, report: Report): void {
  const positive = conditions.filter(({ operator }) => /^String(Equals|Like)$/i.test(operator));
  for (const [claim, whose] of Object.entries({ aud: "whom its tokens are for", sub: "whom its tokens are about" })) {
    const named = positive.filter(({ key }) => key.endsWith(`:${claim}`));
    const wide = named.flatMap(tooWide);
    if (named.length > 0 && wide.length === 0) continue;
    report(role, {
      problem: `${label} of its trust policy does not say ${whose}`,
      ...(wide.length > 0 ? { value: wide } : {}),
      allowed: `a StringEquals condition on <provider>:${claim}, without a pattern in the owner and the name`,
      fix: "add the condition",
    });
  }
}

/** Values that hold for more than one owner's one repository: `repo:owner/name:…` may end with a pattern, and nothing before. */
const tooWide = ({ operator, values }: Condition): readonly string[] =>
  /like$/i.test(operator) ? values.filter((value) => !/^[^:*?]+:[^:*?]+(:|$)/.test(value)) : [];
