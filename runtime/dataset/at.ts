import type { JsonValue } from "./value.ts";

/**
 * What stands at a path of names and numbers such as `data.items` or `images.0.url`.
 * @returns undefined where there is nothing
 */
export function at(value: JsonValue | undefined, path: string): JsonValue | undefined {
  let here: JsonValue | undefined = value;
  for (const step of path.split(".")) {
    if (typeof here !== "object" || here === null || !Object.hasOwn(here, step)) return undefined;
    here = (here as { readonly [field: string]: JsonValue })[step];
  }
  return here;
}
