import { read } from "../../lib/read.ts";
import { resourceRule } from "../../lib/rule.ts";
import { LONG_LIVED_KEYS, USERS } from "../../lib/types.ts";

export const noUsers = resourceRule({
  name: "iam-no-users",
  title: "Nobody has a password or key that lasts",
  description:
    "A program makes no IAM users but those that its configuration names, and never passwords or access keys.",
  rationale:
    "Keys that do not expire are what is found in repositories and laptops; those that a program makes are in its state besides.",
  severity: "high",
  frameworks: [],
  remediation:
    "Let people and pipelines take roles; an administrator makes what a machine elsewhere cannot do without.",
  url: "https://docs.aws.amazon.com/IAM/latest/UserGuide/best-practices.html#bp-users-federation-idp",
  types: [...USERS, ...LONG_LIVED_KEYS],
  options: {
    users: {
      description: "Names of IAM users that a program may make, without passwords and keys.",
      default: [] as string[],
    },
  },
  check(subject, report, { users }) {
    const isUser = USERS.some((type) => type === subject.type);
    const name = read(subject.props, "name");
    if (isUser && users.some((user) => user === name)) return;
    report(subject, {
      problem: isUser ? "is an IAM user" : "is a credential that lasts, and is kept in the state",
      ...(isUser ? { value: name } : {}),
      allowed: isUser && users.length > 0 ? users.join(", ") : "roles",
      fix: isUser ? "replace it by a role, or name it in the rule's option users" : "remove it",
    });
  },
});
