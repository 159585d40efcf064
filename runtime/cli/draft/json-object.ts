import type { JsonValue } from "../../dataset/source.ts";

export type JsonObject = { [field: string]: JsonValue };

export const isObject = (value: JsonValue | undefined): value is JsonObject =>
  typeof value === "object" && value !== null && !Array.isArray(value);
