import { closest, distance } from "fastest-levenshtein";

/** One thing that is wrong with what a user wrote, and how to mend it. */
export interface Fault {
  /** Where: a path such as `key[1]` or `network.cidr`; empty for the whole. */
  readonly path: string;
  /** What is wrong, lower case, without a final period. */
  readonly problem: string;
  /** The value as the user gave it. */
  readonly value?: unknown;
  /** What would have been right. */
  readonly allowed?: string;
  /** What to do now. */
  readonly fix?: string;
}

/**
 * A mistake of the user, not of Tidegate: shown without a stack, with every fault at once.
 * The message is the complete text; `faults` is the same as data.
 */
export class UserError extends Error {
  override readonly name = "UserError";
  /** By this mark Pulumi knows errors that it shows without a stack. */
  readonly __pulumiRunError = true;
  readonly faults: readonly Fault[];

  constructor(summary: string, faults: readonly Fault[] = [], options?: ErrorOptions) {
    super([summary, ...faults.map((fault) => `  - ${describeFault(fault)}`)].join("\n"), options);
    this.faults = faults;
  }
}

/** One fault as one line: `path: problem (got value); allowed: …; fix`. */
export function describeFault(fault: Fault): string {
  const parts = [`${fault.path ? `${fault.path}: ` : ""}${fault.problem}`];
  if ("value" in fault) parts[0] += ` (got ${show(fault.value)})`;
  if (fault.allowed) parts.push(`allowed: ${fault.allowed}`);
  if (fault.fix) parts.push(fault.fix);
  return parts.join("; ");
}

/** A value as it may be shown in an error: JSON where that is possible, never longer than 80 characters. */
export function show(value: unknown): string {
  const text = typeof value === "function" ? "a function" : textOf(value);
  return text.length > 80 ? `${text.slice(0, 77)}...` : text;
}

function textOf(value: unknown): string {
  try {
    return JSON.stringify(value) ?? String(value);
  } catch {
    return typeof value === "bigint" ? `${value}n` : Object.prototype.toString.call(value);
  }
}

/**
 * The valid name that a misspelt one most likely meant, as a ready half sentence (`did you mean "ticker"?`), or undefined
 * when nothing is near: all letters, or more than a third of them (at least two), would have to change.
 */
export function didYouMean(name: string, valid: readonly string[]): string | undefined {
  if (valid.length === 0) return undefined;
  const nearest = closest(name, valid);
  const limit = Math.min(name.length - 1, Math.max(2, Math.floor(name.length / 3)));
  return distance(name, nearest) <= limit ? `did you mean "${nearest}"?` : undefined;
}

/** The fault of a name that is not among the valid ones. */
export function unknownName(path: string, problem: string, name: string, valid: readonly string[]): Fault {
  const fix = didYouMean(name, valid);
  return { path, problem, value: name, allowed: valid.join(", "), ...(fix ? { fix } : {}) };
}

/** The message of anything that was thrown. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** What a full disk looks like to a user. @param path what could not be written */
export const diskFull = (path: string, cause?: unknown): UserError =>
  new UserError(
    `the disk is full: ${path} could not be written`,
    [
      {
        path: "",
        problem: "nothing was left half-written",
        fix: "free some space, then run again: it goes on where it stopped",
      },
    ],
    { cause },
  );
