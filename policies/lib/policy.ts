import type {
  Policies,
  PolicyConfigSchema,
  ReportViolation,
  ResourceValidationPolicy,
  StackValidationPolicy,
} from "@pulumi/policy";
import type { Finding, Option, Report, Rule, Subject } from "./rule.ts";

/** A rule as Pulumi's policy engine takes it. */
export function toPolicy(rule: Rule): Policies[number] {
  const [framework, ...others] = rule.frameworks;
  const configSchema = schemaOf(rule);
  const common = {
    name: rule.name,
    displayName: rule.title,
    description: rule.description,
    enforcementLevel: "mandatory" as const,
    severity: rule.severity,
    remediationSteps: rule.remediation,
    url: rule.url,
    tags: ["security", ...others.map(({ name, reference }) => `${name} ${reference}`)],
    ...(framework ? { framework: { ...framework, specification: rule.description } } : {}),
    ...(configSchema ? { configSchema } : {}),
  };
  return rule.kind === "resource" ? resourcePolicy(rule, common) : stackPolicy(rule, common);
}

type Common = Omit<ResourceValidationPolicy, "validateResource">;

function resourcePolicy(rule: Extract<Rule, { kind: "resource" }>, common: Common): ResourceValidationPolicy {
  return {
    ...common,
    validateResource(args, reportViolation) {
      if (!rule.types.includes(args.type)) return;
      rule.check(args, reporter(reportViolation), settingsOf(rule, args.getConfig()));
    },
  };
}

function stackPolicy(rule: Extract<Rule, { kind: "stack" }>, common: Common): StackValidationPolicy {
  return {
    ...common,
    validateStack(args, reportViolation) {
      rule.check(args.resources, reporter(reportViolation), settingsOf(rule, args.getConfig()));
    },
  };
}

const reporter =
  (reportViolation: ReportViolation): Report =>
  (subject, finding) =>
    reportViolation(messageOf(subject, finding), subject.urn);

/** `name: problem (got value); allowed: …; fix` */
export function messageOf(subject: Pick<Subject, "name">, finding: Finding): string {
  const got = "value" in finding ? ` (got ${show(finding.value)})` : "";
  return `${subject.name}: ${finding.problem}${got}; allowed: ${finding.allowed}; ${finding.fix}`;
}

function show(value: unknown): string {
  const text = JSON.stringify(value) ?? "nothing";
  return text.length > 120 ? `${text.slice(0, 117)}...` : text;
}

// The engine applies a schema's defaults, but not every caller is the engine: https://github.com/pulumi/pulumi-policy
function settingsOf(rule: Rule, given: Record<string, unknown>): Record<string, Option["default"]> {
  const defaults = Object.entries(rule.options ?? {}).map(([name, option]) => [name, option.default]);
  return { ...Object.fromEntries(defaults), ...given };
}

function schemaOf(rule: Rule): PolicyConfigSchema | undefined {
  if (!rule.options) return undefined;
  const properties = Object.entries(rule.options).map(([name, option]) => [name, optionSchema(option)]);
  return { properties: Object.fromEntries(properties) };
}

function optionSchema({ description, default: value }: Option): PolicyConfigSchema["properties"][string] {
  if (typeof value === "number") return { type: "integer", description, default: value };
  const items = typeof value[0] === "number" ? ("integer" as const) : ("string" as const);
  return { type: "array", items: { type: items }, description, default: [...value] };
}
