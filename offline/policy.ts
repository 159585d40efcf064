import { toPolicy } from "../policies/lib/policy.ts";
import type { Rule } from "../policies/lib/rule.ts";
import { analyzeResource, analyzeStack, type Diagnostic } from "./policy-engine.ts";
import type { Mode, Recording } from "./record.ts";

/** One finding of one rule. */
export interface Violation {
  readonly urn: string | undefined;
  readonly message: string;
  /** In which evaluations it shows. */
  readonly modes: readonly Mode[];
}

/** What a rule says about a program. */
export interface RuleVerdict {
  readonly rule: string;
  readonly title: string;
  readonly severity: string;
  readonly remediation: string;
  readonly url: string;
  /** How many resources it looked at. */
  readonly resources: number;
  /** `could not run`: something that it has to know is unknown at preview, so that the engine would let the program pass. */
  readonly result: "passed" | "failed" | "could not run" | "not applicable";
  readonly violations: readonly Violation[];
}

/** What all rules say about a program. */
export interface Verdict {
  readonly project: string;
  readonly stack: string;
  readonly passed: boolean;
  readonly rules: readonly RuleVerdict[];
}

/**
 * Runs rules over evaluations of a program: before its first deployment (preview), after it (update), or both.
 * @param recordings at least one, all of the same program
 * @throws what a rule throws, which is a fault of the rule
 */
export async function checkPolicies(rules: readonly Rule[], recordings: readonly Recording[]): Promise<Verdict> {
  const found: { mode: Mode; diagnostic: Diagnostic }[] = [];
  for (const recording of recordings) {
    const diagnostics = await diagnose(rules, recording);
    found.push(...diagnostics.map((diagnostic) => ({ mode: recording.mode, diagnostic })));
  }
  const resources = recordings[0]?.resources ?? [];
  const verdicts = rules.map((rule): RuleVerdict => {
    const own = found.filter(({ diagnostic }) => diagnostic.policy === rule.name);
    const looked = resources.filter(({ type }) => rule.types.includes(type)).length;
    return {
      rule: rule.name,
      title: rule.title,
      severity: rule.severity,
      remediation: rule.remediation,
      url: rule.url,
      resources: looked,
      result: resultOf(own, looked),
      violations: merged(rule, own),
    };
  });
  return {
    project: recordings[0]?.project ?? "",
    stack: recordings[0]?.stack ?? "",
    passed: verdicts.every(({ result }) => result === "passed" || result === "not applicable"),
    rules: verdicts,
  };
}

type Found = readonly { readonly mode: Mode; readonly diagnostic: Diagnostic }[];

async function diagnose(rules: readonly Rule[], { resources }: Recording): Promise<readonly Diagnostic[]> {
  const policies = rules.map(toPolicy);
  const single = await Promise.all(resources.map((resource) => analyzeResource(policies, resource)));
  return [...single.flat(), ...(await analyzeStack(policies, resources))];
}

// Every rule is mandatory, so what comes back as advice is a rule that the engine gave up on.
function resultOf(own: Found, looked: number): RuleVerdict["result"] {
  if (own.some(({ diagnostic }) => diagnostic.isMandatory)) return "failed";
  if (own.length > 0) return "could not run";
  return looked > 0 ? "passed" : "not applicable";
}

function merged(rule: Rule, own: Found): readonly Violation[] {
  const violations = new Map<string, Violation>();
  for (const { mode, diagnostic } of own) {
    const { urn } = diagnostic;
    const message = withoutDescription(rule, diagnostic.message);
    const key = JSON.stringify([urn, message]);
    violations.set(key, { urn, message, modes: [...new Set([...(violations.get(key)?.modes ?? []), mode])] });
  }
  return [...violations.values()];
}

// The engine shows a rule's description above every message.
const withoutDescription = ({ description }: Rule, message: string): string =>
  message.startsWith(`${description}\n`) ? message.slice(description.length + 1) : message;
