import { UnknownValueError } from "@pulumi/policy";

/** What `read` answers for a value that is only known after the deployment. */
export const UNKNOWN: unique symbol = Symbol("unknown until deployed");

/**
 * The value at a path of a resource's properties: undefined when there is none, UNKNOWN when it, or something on the way to it,
 * does not exist yet. Reading past Pulumi's proxy directly would end the whole rule at the first unknown.
 */
export function read(from: unknown, ...path: readonly (string | number)[]): unknown {
  let value = from;
  for (const step of path) {
    if (value === UNKNOWN || value === null || typeof value !== "object")
      return value === UNKNOWN ? UNKNOWN : undefined;
    try {
      value = (value as Record<string | number, unknown>)[step];
    } catch (error) {
      if (error instanceof UnknownValueError) return UNKNOWN;
      throw error;
    }
  }
  return value ?? undefined;
}

/** The list at a path, its unknown elements as UNKNOWN; empty when there is none. A single value counts as a list of one. */
export function readList(from: unknown, ...path: readonly (string | number)[]): readonly unknown[] | typeof UNKNOWN {
  const value = read(from, ...path);
  if (value === UNKNOWN) return UNKNOWN;
  if (value === undefined) return [];
  return Array.isArray(value) ? Array.from({ length: value.length }, (_, index) => read(value, index)) : [value];
}

/** The list at a path as far as it is known. */
export function knownList(from: unknown, ...path: readonly (string | number)[]): readonly unknown[] {
  const list = readList(from, ...path);
  return list === UNKNOWN ? [] : list.filter((item) => item !== UNKNOWN);
}

/** Whether a value is known and none of the allowed ones. */
export function isOther(value: unknown, ...allowed: readonly unknown[]): boolean {
  return value !== UNKNOWN && !allowed.includes(value);
}

/**
 * The JSON value that a property holds as text (or as an object, which Pulumi also takes).
 * @returns UNKNOWN before it is known; undefined when there is none or it is no JSON
 */
export function readJson(from: unknown, ...path: readonly (string | number)[]): unknown {
  const value = read(from, ...path);
  if (typeof value !== "string") return value;
  try {
    return JSON.parse(value);
  } catch {
    return undefined;
  }
}
