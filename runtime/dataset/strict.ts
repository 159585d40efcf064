import { z } from "zod";
import { didYouMean, type Fault, unknownName } from "./errors.ts";

type Issue = z.core.$ZodIssue;

/** Checks a value against a schema and reports every fault with its path; unknown keys come with the nearest valid name. */
export function strictFaults(schema: z.ZodType, input: unknown): Fault[] {
  const result = schema.safeParse(input);
  return result.success ? [] : result.error.issues.flatMap((issue) => toFaults(issue, schema, input));
}

function toFaults(issue: Issue, schema: z.ZodType, input: unknown): Fault[] {
  const path = pathText(issue.path);
  if (issue.code === "unrecognized_keys") {
    const valid = keysAt(schema, input, issue.path);
    return issue.keys.map((key) => unknownName(path, "unknown key", key, valid));
  }
  if (issue.code === "invalid_union") {
    const meant = issue.errors.find((faults) => !faults.some(isOtherType));
    if (meant) return meant.flatMap((one) => toFaults({ ...one, path: [...issue.path, ...one.path] }, schema, input));
  }
  const value = valueAt(input, issue.path);
  if (value === undefined) return [{ path, problem: "is missing", ...expectation(issue) }];
  const fix = typeof value === "string" ? didYouMean(value, choices(issue)) : undefined;
  return [{ path, problem: problemOf(issue), value, ...expectation(issue), ...(fix ? { fix } : {}) }];
}

/** The texts among which the value had to be, if it had to be one of several. */
function choices(issue: Issue): string[] {
  if (issue.code === "invalid_value") return issue.values.map(String);
  if (issue.code === "invalid_union") return (optionsOf(issue) ?? []).map(String);
  return [];
}

/** The values that tell the members of a union apart, when the value has none of them. */
const optionsOf = (issue: Issue): readonly unknown[] | undefined => (issue as { options?: readonly unknown[] }).options;

/** Whether an option of a union was not even meant: the value is of another type. */
const isOtherType = (issue: Issue): boolean => issue.code === "invalid_type" && issue.path.length === 0;

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
      const options = optionsOf(issue);
      if (options) return { allowed: options.map((option) => JSON.stringify(option)).join(", ") };
      const types = issue.errors.flat().map((one) => expectation(one).allowed);
      return { allowed: types.join(" or ") };
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

function keysAt(schema: z.ZodType, input: unknown, path: readonly PropertyKey[]): string[] {
  let here: unknown = schema;
  for (const [i, step] of path.entries()) here = child(bare(here, valueAt(input, path.slice(0, i))), step);
  const found = bare(here, valueAt(input, path));
  return found instanceof z.ZodObject ? Object.keys(found.shape) : [];
}

function child(schema: unknown, step: PropertyKey): unknown {
  if (schema instanceof z.ZodObject) return schema.shape[step as string];
  if (schema instanceof z.ZodArray) return schema.element;
  if (schema instanceof z.ZodRecord) return schema.valueType;
  return undefined;
}

/** The schema without what only wraps it; of a union the object that the value is meant to be. */
function bare(schema: unknown, value: unknown): unknown {
  if (schema instanceof z.ZodOptional || schema instanceof z.ZodDefault || schema instanceof z.ZodNullable)
    return bare(schema.unwrap(), value);
  if (!(schema instanceof z.ZodUnion)) return schema;
  const objects = schema.options.map((option) => bare(option, value)).filter((option) => option instanceof z.ZodObject);
  return objects.find((option) => isMeant(option, value)) ?? objects[0];
}

const isMeant = (option: z.ZodObject, value: unknown): boolean =>
  Object.entries(option.shape).every(
    ([name, field]) => !(field instanceof z.ZodLiteral) || field.safeParse(valueAt(value, [name])).success,
  );
