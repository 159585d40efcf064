import { isBoundBy } from "../../lib/documents.ts";
import { allowedBy, IDENTITY_TYPES } from "../../lib/identity.ts";
import { resourceRule } from "../../lib/rule.ts";

export const passRoleLimited = resourceRule({
  name: "iam-pass-role-limited",
  title: "Roles are passed by name, to one service",
  description: "A policy allows iam:PassRole for roles by name and with a condition on iam:PassedToService.",
  rationale: "Who can pass any role to any service has the rights of every role.",
  severity: "critical",
  frameworks: [],
  remediation: "Name the roles that may be passed and add a StringEquals condition on iam:PassedToService.",
  url: "https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_use_passrole.html",
  types: IDENTITY_TYPES,
  check(subject, report) {
    for (const statement of allowedBy(subject)) {
      if (!statement.actions.includes("iam:PassRole")) continue;
      const wide = statement.resources.filter((resource) => resource.includes("*"));
      if (wide.length > 0) {
        report(subject, {
          problem: `${statement.label} passes roles by wildcard`,
          value: wide,
          allowed: "ARNs of roles",
          fix: "name the roles",
        });
      }
      if (!isBoundBy(statement, "iam:passedtoservice")) {
        report(subject, {
          problem: `${statement.label} passes roles to any service`,
          allowed: "a StringEquals condition on iam:PassedToService",
          fix: "add the condition",
        });
      }
    }
  },
});
