import { isOther, read } from "./read.ts";
import type { Report, Subject } from "./rule.ts";

/** How a service calls the parts of an administrator's password. */
export interface PasswordNames {
  /** The switch that lets AWS make and keep it. */
  readonly managed: string;
  /** The key of the secret that it is kept in. */
  readonly key: string;
  /** The properties that would hold it otherwise. */
  readonly own: readonly string[];
}

/** Reports where an administrator's password is not made by AWS and kept in a secret under an own key. */
export function checkPassword(subject: Subject, { managed, key, own }: PasswordNames, report: Report): void {
  const isManaged = read(subject.props, managed);
  if (isOther(isManaged, true)) {
    report(subject, {
      problem: "lets the program choose the administrator's password",
      value: isManaged,
      allowed: "true",
      fix: `set ${managed}`,
    });
  }
  for (const name of own) {
    if (read(subject.props, name) === undefined) continue;
    report(subject, { problem: `has a password in ${name}, and in the state`, allowed: "none", fix: `remove ${name}` });
  }
  if (read(subject.props, key) === undefined) {
    report(subject, {
      problem: "keeps the administrator's password under the key that AWS manages",
      allowed: "the arn of a customer managed key",
      fix: `set ${key}`,
    });
  }
}
