import { at, type JsonValue } from "tidegate";

/** What lies at a path of each element of a list; undefined when it is no list. */
export const each = (list: JsonValue | undefined, path: string): JsonValue[] | undefined =>
  Array.isArray(list) ? list.map((element) => at(element, path) ?? null) : undefined;
