import type { RecordedResource } from "../record.ts";
import { reveal, type Value } from "../wire.ts";

/** The value at a path of a resource's inputs, secrets revealed. */
export function at(resource: RecordedResource, ...path: readonly (string | number)[]): Value | undefined {
  let value: Value | undefined = resource.inputs;
  for (const step of path) {
    value = reveal(value);
    if (value === null || typeof value !== "object") return undefined;
    value = (value as Readonly<Record<string | number, Value>>)[step];
  }
  return reveal(value);
}

/** The elements of a list among a resource's inputs, as the paths that lead to them; none when there is no list. */
export function each(resource: RecordedResource, ...path: readonly (string | number)[]): (string | number)[][] {
  const list = at(resource, ...path);
  return Array.isArray(list) ? list.map((_element, index) => [...path, index]) : [];
}

/** The JSON document that an input holds as text; undefined when it is not known, or is none. */
export function jsonAt(resource: RecordedResource, ...path: readonly (string | number)[]): unknown {
  const text = at(resource, ...path);
  if (typeof text !== "string") return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Whether an output of `target` is in an input of `resource`. */
export const refersTo = (resource: RecordedResource, property: string, target: RecordedResource): boolean =>
  resource.propertyDependencies[property]?.includes(target.urn) ?? false;

/** A number without needless digits. */
export const amount = (value: number): string => value.toLocaleString("en-US", { maximumFractionDigits: 2 });
