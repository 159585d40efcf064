import type { JsonValue } from "../../dataset/source.ts";
import { namesSecret } from "../../replay/redact.ts";
import type { AskedBody } from "./asked-body.ts";
import { isObject } from "./json-object.ts";

/** A value that the sample was asked with, by the last part of its name. A list of texts is one, with commas between them. */
export interface Parameter {
  readonly name: string;
  readonly value: string;
  /** Whether it is written as a text: the query of a URL says nothing else. */
  readonly isText: boolean;
}

/** As the first word of a name, as its last one, and as its last one in camel case. */
const FIRST = [
  /^(from|start|since|begin|after|gte|min)/i,
  /[._-](from|start|since|after|gte)$/i,
  /(From|Start|Since|After)$/,
];
const LAST = [/^(to|end|until|before|lte|max)/i, /[._-](to|end|until|before|lte)$/i, /(To|End|Until|Before)$/];

const isOne = (patterns: readonly RegExp[], name: string): boolean => patterns.some((pattern) => pattern.test(name));

/** What stands in query and body, without what looks like a secret. */
export function parametersOf(url: URL | undefined, body: AskedBody | undefined): Parameter[] {
  const query = [...(url?.searchParams ?? [])].map(([name, value]) => ({ name, value, isText: true }));
  const said = body && (body.kind === "json" ? body.value : body.variables);
  return [...query, ...(said === undefined ? [] : leaves(said, ""))].filter(({ name }) => !namesSecret(name));
}

function leaves(value: JsonValue, name: string): Parameter[] {
  if (isObject(value)) return Object.entries(value).flatMap(([inner, one]) => leaves(one, inner));
  const listed = listedTexts(value);
  if (listed !== undefined) return [{ name, value: listed, isText: true }];
  if (Array.isArray(value)) return value.flatMap((one) => leaves(one, name));
  return [{ name, value: value === null ? "" : String(value), isText: typeof value === "string" }];
}

/** A list of texts with commas between them; undefined for anything else. */
export const listedTexts = (value: JsonValue): string | undefined =>
  Array.isArray(value) && value.length > 0 && value.every((one) => typeof one === "string")
    ? value.join(",")
    : undefined;

/**
 * TypeScript of a window's end that is written as the sample's value is, or undefined when it is none.
 * @param irregular whether rows come at any time: then the start of the last bucket is before some of them
 */
export function momentOf({ name, value }: Pick<Parameter, "name" | "value">, irregular = false): string | undefined {
  const isFirst = isOne(FIRST, name);
  if (!isFirst && !isOne(LAST, name)) return undefined;
  if (/^\d{4}-\d{2}-\d{2}$/.test(value)) return `window.${isFirst ? "first" : "last"}.date`;
  const end = isFirst ? "first" : irregular ? "end" : "last";
  if (/^\d{4}-\d{2}-\d{2}T/.test(value)) return `window.${end}`;
  if (/^\d{10}$/.test(value)) return `window.${end}.seconds`;
  return /^\d{13}$/.test(value) ? `window.${end}.milliseconds` : undefined;
}

/** Milliseconds between the first and the last moment that were asked for. */
export function spanOf(parameters: readonly Parameter[]): number | undefined {
  const instant = (patterns: readonly RegExp[]): number => {
    const found = parameters.find((one) => isOne(patterns, one.name) && momentOf(one));
    const value = found?.value ?? "";
    return /^\d{10}$/.test(value) ? Number(value) * 1_000 : /^\d{13}$/.test(value) ? Number(value) : Date.parse(value);
  };
  const span = instant(LAST) - instant(FIRST);
  return span > 0 ? span : undefined;
}
