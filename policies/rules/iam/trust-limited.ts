import { isBoundBy, isEverybody, knownStatements, type Statement } from "../../lib/documents.ts";
import { type Report, resourceRule, type Subject } from "../../lib/rule.ts";
import { ROLES } from "../../lib/types.ts";

// Instance profiles, Lambda functions and replication of S3 take their role without a source in the request.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/confused-deputy.html
const SOURCES = ["aws:sourceaccount", "aws:sourcearn", "aws:sourceorgid"];

export const trustLimited = resourceRule({
  name: "iam-role-trust-limited",
  title: "Roles are taken only by who they are for",
  description:
    "A role's trust policy names its principals, and binds an AWS service to the account or resource it acts for.",
  rationale:
    "A service that may take the role for anybody can be made to do so by another account (the confused deputy).",
  severity: "high",
  frameworks: [],
  remediation: "Name the principals, and add conditions on aws:SourceAccount and aws:SourceArn for services.",
  url: "https://docs.aws.amazon.com/IAM/latest/UserGuide/confused-deputy.html",
  types: ROLES,
  options: {
    servicesWithoutSource: {
      description: "Services that take roles without saying for which resource.",
      default: ["ec2.amazonaws.com", "lambda.amazonaws.com", "s3.amazonaws.com"],
    },
  },
  check(role, report, { servicesWithoutSource }) {
    for (const statement of knownStatements(role.props, "assumeRolePolicy")) {
      if (statement.effect === "Allow") checkTrust(role, statement, servicesWithoutSource, report);
    }
  },
});

function checkTrust(role: Subject, statement: Statement, exempt: readonly unknown[], report: Report): void {
  if (statement.inverted || statement.principals.some(isEverybody)) {
    report(role, {
      problem: `${statement.label} of its trust policy admits everybody`,
      allowed: "principals by name",
      fix: "name who takes the role",
    });
  }
  const services = statement.principals.filter(({ kind, id }) => kind === "Service" && !exempt.includes(id));
  if (services.length > 0 && !isBoundBy(statement, ...SOURCES)) {
    report(role, {
      problem: `${statement.label} of its trust policy lets the service take it for anybody`,
      value: services.map(({ id }) => id),
      allowed: "a condition on aws:SourceAccount or aws:SourceArn",
      fix: "add the condition",
    });
  }
}
