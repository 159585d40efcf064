import { join } from "node:path";
import type { Rule } from "../policies/lib/rule.ts";
import { rules } from "../policies/rules/index.ts";
import { keepPage, pageTable } from "./page.ts";

const COMMAND = "node offline/rules-doc.ts";
const PATH = join(import.meta.dirname, "..", "policies", "RULES.md");

/** The page about all rules, written from the rules themselves. */
export function rulesPage(all: readonly Rule[]): string {
  return [
    "# Rules",
    `This page is made from the rules by \`${COMMAND}\`; \`--check\` says whether it is up to date. Do not edit it by hand.`,
    [
      `${all.length} rules, ${all.filter(({ kind }) => kind === "stack").length} of which join resources across the stack.`,
      "Every one stops a deployment. A stack can configure a rule, make it advisory or switch it off with a policy pack",
      "configuration file (`--policy-pack-config`); the settings of a rule are listed with it.",
    ].join("\n"),
    pageTable([["Rule", "Demand", "Severity", "Sees"], ...all.map(row)]),
    ...all.map(section),
  ]
    .join("\n\n")
    .concat("\n");
}

const row = ({ name, description, severity, kind }: Rule): string[] => [
  `[${name}](#${name})`,
  description,
  severity,
  SIGHT[kind],
];

const SIGHT = { resource: "one resource", stack: "the whole stack" } as const satisfies Record<Rule["kind"], string>;

function section(rule: Rule): string {
  const answersTo = rule.frameworks.map(({ name, version, reference }) => `${name} ${version}, ${reference}`);
  const options = Object.entries(rule.options ?? {}).map(
    ([name, option]) => `  - \`${name}\`, by default \`${JSON.stringify(option.default)}\`: ${option.description}`,
  );
  return [
    `## ${rule.name}`,
    "",
    `${rule.title}. ${rule.description}`,
    "",
    `- **Why**: ${rule.rationale}`,
    `- **Mend**: ${rule.remediation}`,
    `- **Looks at**: ${rule.types.map((type) => `\`${type}\``).join(", ")}`,
    ...(answersTo.length > 0 ? [`- **Answers to**: ${answersTo.join("; ")}`] : []),
    ...(options.length > 0 ? ["- **Settings**:", ...options] : []),
    `- **Read**: <${rule.url}>`,
  ].join("\n");
}

if (import.meta.main) await keepPage(PATH, rulesPage(rules), COMMAND);
