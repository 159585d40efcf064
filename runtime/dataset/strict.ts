import { z } from "zod";
import { type Fault, unknownName } from "./errors.ts";

type Issue = z.core.$ZodIssue;

/** Checks a value against a schema and reports every fault with its path; unknown keys come with the nearest valid name. */
export function strictFaults(schema: z.ZodType, input: unknown): Fault[] {
  const result = schema.safeParse(input);
  return result.success ? [] : result.error.issues.flatMap((issue) => toFaults(issue, schema, input));
}

function toFaults(issue: Issue, schema: z.ZodType, input: unknown): Fault[] {
  const path = pathText(issue.path);
  if (issue.code === "unrecognized_keys") {
    const valid = keysAt(schema, issue.path);
    return issue.keys.map((key) => unknownName(path, "unknown key", key, valid));
  }
  const value = valueAt(input, issue.path);
  if (value === undefined) return [{ path, problem: "is missing", ...expectation(issue) }];
  return [{ path, problem: problemOf(issue), value, ...expectation(issue) }];
}

const problemOf = (issue: Issue): string => {
  if (issue.code === "custom") return issue.message;
  if (issue.code === "invalid_format" && issue.message !== `Invalid ${issue.format}`) return issue.message;
  return "is not valid";
};

function expectation(issue: Issue): { allowed?: string } {
  switch (issue.code) {
    case "invalid_type":
      return { allowed: issue.expected };
    case "invalid_value":
      return { allowed: issue.values.map((value) => JSON.stringify(value)).join(", ") };
    case "too_small":
      return {
        allowed: `${issue.origin === "array" || issue.origin === "string" ? "a length of " : ""}at least ${issue.minimum}`,
      };
    case "too_big":
      return {
        allowed: `${issue.origin === "array" || issue.origin === "string" ? "a length of " : ""}at most ${issue.maximum}`,
      };
    case "invalid_union": {
      const { options } = issue as { options?: readonly unknown[] };
      return options ? { allowed: options.map((option) => JSON.stringify(option)).join(", ") } : {};
    }
    default:
      return {};
  }
}

/** `["key", 0]` as `key[0]`. */
export const pathText = (path: readonly PropertyKey[]): string =>
  path.map((step, i) => (typeof step === "number" ? `[${step}]` : `${i ? "." : ""}${String(step)}`)).join("");

const valueAt = (input: unknown, path: readonly PropertyKey[]): unknown =>
  path.reduce<unknown>((value, step) => (value as Record<PropertyKey, unknown> | undefined | null)?.[step], input);

function keysAt(schema: z.ZodType, path: readonly PropertyKey[]): string[] {
  let here: unknown = schema;
  for (const step of path) here = child(bare(here), step);
  const found = bare(here);
  return found instanceof z.ZodObject ? Object.keys(found.shape) : [];
}

function child(schema: unknown, step: PropertyKey): unknown {
  if (schema instanceof z.ZodObject) return schema.shape[step as string];
  if (schema instanceof z.ZodArray) return schema.element;
  if (schema instanceof z.ZodRecord) return schema.valueType;
  return undefined;
}

function bare(schema: unknown): unknown {
  if (schema instanceof z.ZodOptional || schema instanceof z.ZodDefault || schema instanceof z.ZodNullable)
    return bare(schema.unwrap());
  if (schema instanceof z.ZodUnion) return schema.options.map(bare).find((option) => option instanceof z.ZodObject);
  return schema;
}
