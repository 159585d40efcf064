import type { JsonValue } from "../dataset/source.ts";

/** What lies at a path such as `meta.next` of a parsed body; undefined where there is nothing. */
export function valueAt(body: JsonValue | undefined, path: string): JsonValue | undefined {
  let part: unknown = body;
  for (const name of path.split(".")) {
    if (typeof part !== "object" || part === null || !Object.hasOwn(part, name)) return undefined;
    part = (part as Record<string, unknown>)[name];
  }
  return part as JsonValue | undefined;
}
