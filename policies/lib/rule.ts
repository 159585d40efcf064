import type { PolicyResource, Severity } from "@pulumi/policy";

/** A requirement of a published standard that a rule answers to. */
export interface Framework {
  readonly name: string;
  readonly version: string;
  /** The requirement's id in the standard, such as "S3.5". */
  readonly reference: string;
}

/** One thing that is wrong with one resource. All parts are half sentences in lower case, without a final period. */
export interface Finding {
  /** What is wrong. @example "versioning is off" */
  readonly problem: string;
  /** The value as the program gives it, when there is one. */
  readonly value?: unknown;
  /** What would have been right. @example "Enabled" */
  readonly allowed: string;
  /** What to write in the program. */
  readonly fix: string;
}

/** The part of a resource that every rule may rely on, whether it is seen alone or within its stack. */
export interface Subject {
  readonly type: string;
  readonly name: string;
  readonly urn: string;
  /** Read it with `read`, so that what is unknown at preview skips one check and not the rule. */
  readonly props: object;
}

export type Report = (subject: Subject, finding: Finding) => void;

/** Settings of a rule, by name, all with a default. */
export type Options = Readonly<Record<string, Option>>;

export interface Option {
  readonly description: string;
  /** JSON schema type of the setting and what it is without configuration. */
  readonly default: number | readonly number[] | readonly string[];
}

/** What the settings of a rule are for this run. */
export type Settings<O extends Options> = { readonly [K in keyof O]: O[K]["default"] };

interface Description<O extends Options> {
  /** Stable id: what a stack's configuration and a suppression refer to. */
  readonly name: string;
  /** A few words. */
  readonly title: string;
  /** What is demanded, in one sentence. */
  readonly description: string;
  /** What could happen otherwise, in one sentence. */
  readonly rationale: string;
  /** How bad a violation is. Every rule stops a deployment, unless a configuration makes it advisory. */
  readonly severity: Severity;
  readonly frameworks: readonly Framework[];
  /** How to mend a violation. */
  readonly remediation: string;
  /** Where AWS explains it. */
  readonly url: string;
  /** Types of the resources that can violate it. */
  readonly types: readonly string[];
  /** @default none */
  readonly options?: O;
}

/** A rule about a resource's own inputs: it stops the resource before it is made. */
export interface ResourceRule<O extends Options = Options> extends Description<O> {
  readonly kind: "resource";
  check(subject: Subject, report: Report, settings: Settings<O>): void;
}

/** A rule about how resources belong together: it sees the whole stack, at preview as well. */
export interface StackRule<O extends Options = Options> extends Description<O> {
  readonly kind: "stack";
  check(resources: readonly PolicyResource[], report: Report, settings: Settings<O>): void;
}

export type Rule = ResourceRule | StackRule;

export function resourceRule<const O extends Options>(rule: Omit<ResourceRule<O>, "kind">): Rule {
  return { kind: "resource", ...rule } as unknown as Rule;
}

export function stackRule<const O extends Options>(rule: Omit<StackRule<O>, "kind">): Rule {
  return { kind: "stack", ...rule } as unknown as Rule;
}
