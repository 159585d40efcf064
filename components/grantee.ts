import type { Statement } from "./policy-document.ts";

/** Somebody who can be given rights: a role of a service, of people or of a pipeline, or a group of users. */
export interface Grantee {
  /** Adds a right; components call this from their `grant` methods. @param what ends the policy's name, such as `write-lake` */
  allow(what: string, statements: readonly Statement[]): void;
}
