import { knownStatements, type Statement } from "./documents.ts";
import { knownList } from "./read.ts";
import type { Subject } from "./rule.ts";
import { IDENTITY_POLICIES, ROLES } from "./types.ts";

/** Types of the resources that say what a role may do. */
export const IDENTITY_TYPES = [...IDENTITY_POLICIES, ...ROLES];

/** What a policy or a role itself allows, as far as it is known. */
export function allowedBy(subject: Subject): readonly Statement[] {
  const documents = ROLES.some((type) => type === subject.type) ? inlinePolicies(subject) : [subject.props];
  return documents
    .flatMap((properties) => knownStatements(properties, "policy"))
    .filter(({ effect }) => effect === "Allow");
}

function inlinePolicies(role: Subject): readonly object[] {
  return knownList(role.props, "inlinePolicies").filter(
    (policy): policy is object => typeof policy === "object" && policy !== null,
  );
}

/** Whether a resource pattern means everything of a service: `*`, or an ARN that ends its fifth colon with `*`. */
export const isEverything = (resource: string): boolean => /^(\*|arn:[^:]*:[^:]*:[^:]*:[^:]*:\*)$/.test(resource);
