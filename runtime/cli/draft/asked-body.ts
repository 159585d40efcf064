import { readFile } from "node:fs/promises";
import type { Fault } from "../../dataset/errors.ts";
import type { JsonValue } from "../../dataset/source.ts";
import { isObject, type JsonObject } from "./json-object.ts";

/** What the sample is asked with; it makes the request a POST. */
export type AskedBody =
  | { readonly kind: "json"; readonly value: JsonValue }
  | { readonly kind: "graphql"; readonly query: string; readonly variables: JsonObject };

export interface BodyOptions {
  /** JSON, or `@` and the name of a file with it. */
  readonly body?: string;
  /** A query, or `@` and the name of a file with it. */
  readonly graphql?: string;
  /** JSON of an object, or `@` and the name of a file with it. */
  readonly variables?: string;
}

/** The body that the options say, with everything that is wrong with them. */
export async function readBody(
  options: BodyOptions,
): Promise<{ body: AskedBody | undefined; faults: readonly Fault[] }> {
  const faults: Fault[] = [];
  const text = async (name: keyof BodyOptions): Promise<string | undefined> => {
    const given = options[name];
    if (!given?.startsWith("@")) return given;
    return readFile(given.slice(1), "utf8").catch(() => {
      faults.push({ path: `--${name}`, problem: "cannot be read", value: given, fix: "give @ and the path of a file" });
      return undefined;
    });
  };
  const json = async (name: keyof BodyOptions, allowed: string): Promise<JsonValue | undefined> => {
    const given = await text(name);
    if (given === undefined) return undefined;
    const value = parsed(given);
    // It may hold a secret, and is not repeated.
    if (value === undefined) faults.push({ path: `--${name}`, problem: "is no JSON", allowed });
    return value;
  };
  if (options.body !== undefined && options.graphql !== undefined)
    faults.push({ path: "--graphql", problem: "cannot be beside --body: a request has one body" });
  if (options.variables !== undefined && options.graphql === undefined)
    faults.push({ path: "--variables", problem: "are those of a query", fix: "give the query with --graphql" });
  const value = await json("body", "a JSON value, or @ and the name of a file with one");
  const query = (await text("graphql"))?.trim();
  const variables = (await json("variables", OBJECT)) ?? {};
  if (!isObject(variables)) faults.push({ path: "--variables", problem: "is no object", allowed: OBJECT });
  if (query !== undefined && isObject(variables)) return { body: { kind: "graphql", query, variables }, faults };
  return { body: value === undefined ? undefined : { kind: "json", value }, faults };
}

const OBJECT = "a JSON object, or @ and the name of a file with one";

/** As it is sent. */
export const bodyText = (body: AskedBody): string =>
  JSON.stringify(body.kind === "json" ? body.value : { query: body.query, variables: body.variables });

function parsed(text: string): JsonValue | undefined {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
