import assert from "node:assert/strict";
import type { Json } from "../../../components/state-machine/language.ts";

/** An error as a state machine sees it. */
export class StateError extends Error {
  readonly error: string;
  override readonly cause: string;

  constructor(error: string, cause = "") {
    super(`${error}: ${cause}`);
    this.error = error;
    this.cause = cause;
  }
}

export type Data = { [key: string]: Json };

const MISSING = Symbol("missing");

/** What a path of the kinds `$.a.b[0]`, `$[*].a` and `$$.a` means; a path to nothing is an error, as it is for Step Functions. */
export function read(path: string, data: Json, context: Json): Json {
  const found = find(path, data, context);
  if (found === MISSING) throw new StateError("States.Runtime", `${path} is not in ${JSON.stringify(data)}`);
  return found;
}

export const isPresent = (path: string, data: Json, context: Json): boolean => find(path, data, context) !== MISSING;

function find(path: string, data: Json, context: Json): Json | typeof MISSING {
  assert.match(path, /^\$\$?(\.[A-Za-z]\w*|\[\d+\]|\[\*\])*$/, `${path} is no path`);
  const steps = path.replace(/^\$\$?/, "").match(/[A-Za-z]\w*|\d+|\*/g) ?? [];
  return walk(path.startsWith("$$") ? context : data, steps);
}

function walk(value: Json, [step, ...rest]: readonly string[]): Json | typeof MISSING {
  if (step === undefined) return value;
  if (typeof value !== "object" || value === null) return MISSING;
  if (step !== "*") return Object.hasOwn(value, step) ? walk((value as Data)[step] as Json, rest) : MISSING;
  assert(Array.isArray(value), "[*] of something that is no list");
  return value.map((each) => walk(each, rest)).filter((each) => each !== MISSING);
}

/** The input with a result put into it at a reference path. */
export function put(path: string | null | undefined, input: Json, result: Json): Json {
  if (path === null) return input;
  if (path === undefined || path === "$") return result;
  const keys = path.slice(2).split(".");
  const [key, ...rest] = keys as [string, ...string[]];
  const own = input as Data;
  const inner = (own[key] ?? {}) as Json;
  return { ...own, [key]: rest.length ? put(`$.${rest.join(".")}`, inner, result) : result };
}

/** A payload template, filled in. */
export function fill(template: Json, data: Json, context: Json): Json {
  if (Array.isArray(template)) return template.map((each) => fill(each, data, context));
  if (typeof template !== "object" || template === null) return template;
  return Object.fromEntries(
    Object.entries(template).map(([key, value]) =>
      key.endsWith(".$")
        ? [key.slice(0, -2), evaluate(String(value), data, context)]
        : [key, fill(value, data, context)],
    ),
  );
}

/** A path, or an intrinsic function of paths and literals. */
export function evaluate(text: string, data: Json, context: Json): Json {
  const source = text.trim();
  if (source.startsWith("$")) return read(source, data, context);
  if (source.startsWith("'")) return source.slice(1, -1);
  if (/^(true|false|null|-?\d+)$/.test(source)) return JSON.parse(source);
  const [, name = "", body = ""] = /^States\.(\w+)\((.*)\)$/s.exec(source) ?? [];
  const call = FUNCTIONS[name];
  assert(call, `${text} is neither a path nor a function that is known here`);
  try {
    return call(...argumentsOf(body).map((argument) => evaluate(argument, data, context)));
  } catch (error) {
    throw error instanceof StateError ? error : new StateError("States.IntrinsicFailure", String(error));
  }
}

function argumentsOf(body: string): string[] {
  const found: string[] = [];
  let depth = 0;
  let isText = false;
  let start = 0;
  for (const [i, character] of [...body].entries()) {
    if (character === "'") isText = !isText;
    else if (!isText && character === "(") depth += 1;
    else if (!isText && character === ")") depth -= 1;
    else if (!isText && depth === 0 && character === ",") {
      found.push(body.slice(start, i));
      start = i + 1;
    }
  }
  return body.trim() ? [...found, body.slice(start)] : [];
}

const FUNCTIONS: Readonly<Record<string, (...given: readonly Json[]) => Json>> = {
  StringToJson: (text) => JSON.parse(String(text)),
  JsonToString: (value) => JSON.stringify(value),
  MathAdd: (a, b) => Number(a) + Number(b),
  ArrayContains: (list, value) => (list as readonly Json[]).includes(value as Json),
  StringSplit: (text, delimiters) =>
    String(text)
      .split(new RegExp(`[${String(delimiters).replace(/[-\]\\^]/g, "\\$&")}]`))
      .filter((part) => part !== ""),
  UUID: () => "0123abcd-0000-4000-8000-000000000000",
  Format: (format, ...values) =>
    values.reduce<string>((text, value) => text.replace("{}", String(value)), String(format)),
};
