import type { RuleVerdict, Verdict } from "./policy.ts";
import { textTable } from "./text-table.ts";

/** The verdict as a table of rules, below it what is wrong and how to mend it. */
export function policyText({ stack, passed, rules }: Verdict): string {
  const table = textTable(
    [{ head: "rule" }, { head: "severity" }, { head: "resources", align: "right" }, { head: "result" }],
    rules.map(({ rule, severity, resources, result }) => [rule, severity, resources, result]),
  );
  const broken = rules.filter(({ violations }) => violations.length > 0);
  return [table, ...broken.map(ruleText), summary(stack, passed, rules)].join("\n");
}

/** One line when all is well, else the whole text. */
export const policySummary = (verdict: Verdict): string =>
  verdict.passed ? summary(verdict.stack, true, verdict.rules) : policyText(verdict);

function ruleText({ rule, title, violations, remediation, url }: RuleVerdict): string {
  return [
    "",
    `${rule}: ${title}`,
    ...violations.map(({ message, modes }) => `  - ${message} [${modes.join(", ")}]`),
    `  mend: ${remediation}`,
    `  see:  ${url}`,
  ].join("\n");
}

function summary(stack: string, passed: boolean, rules: readonly RuleVerdict[]): string {
  const count = (result: RuleVerdict["result"]) => rules.filter((rule) => rule.result === result).length;
  const counts = (["passed", "failed", "could not run", "not applicable"] as const)
    .map((result) => ({ result, number: count(result) }))
    .filter(({ number }) => number > 0)
    .map(({ result, number }) => `${number} ${result}`);
  return `Policies for stack ${stack}: ${passed ? "passed" : "FAILED"} (${counts.join(", ")}).`;
}
