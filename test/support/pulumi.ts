import assert from "node:assert/strict";
import type { ResourceTransformationArgs } from "@pulumi/pulumi";
import { type RecordedResource, type Recording, recordProgram } from "../../offline/record.ts";

export interface Options {
  /** @default "preview": whatever does not exist yet is unknown, so that a document with an unknown in it is noticed */
  readonly mode?: "preview" | "update";
  /** @default "tidegate" */
  readonly project?: string;
  /** @default "test" */
  readonly stack?: string;
  /** Milliseconds that the program may take. @default as `recordProgram` */
  readonly patience?: number;
  /** Sees every resource before it is registered. */
  readonly watch?: (resource: ResourceTransformationArgs) => void;
}

/** Evaluates a program that makes components, and waits for everything that it registers. */
export function recorded(program: () => unknown, options: Options = {}): Promise<Recording> {
  return recordProgram({
    program: async () => {
      program();
    },
    project: options.project ?? "tidegate",
    stack: options.stack ?? "test",
    config: { "aws:region": "eu-west-1" },
    mode: options.mode ?? "preview",
    ...(options.patience === undefined ? {} : { patience: options.patience }),
    transformation: (resource) => {
      options.watch?.(resource);
      return undefined;
    },
  });
}

/** `type name` of everything but the stack, sorted: what a program makes, exactly. */
export const made = (recording: Recording): string[] =>
  recording.resources
    .slice(1)
    .map(({ type, name }) => `${type} ${name}`)
    .sort();

/** The one resource of this name. */
export function resource(recording: Recording, name: string): RecordedResource {
  const found = recording.resources.filter((each) => each.name === name);
  const [one] = found;
  assert(one && found.length === 1, `${found.length} resources are called ${name}`);
  return one;
}

/** The inputs of a resource, as the engine gets them; unknowns as symbols or marks, never left out. */
export const inputs = (recording: Recording, name: string) => resource(recording, name).inputs;

/** A JSON document among the inputs, which must be complete text. */
export function json(recording: Recording, name: string, property: string): unknown {
  const text = inputs(recording, name)[property];
  assert.equal(typeof text, "string", `${property} of ${name} is not known at preview`);
  return JSON.parse(text as string);
}

/** The statements of a policy document. */
export function statements(recording: Recording, name: string, property = "policy"): Record<string, unknown>[] {
  const { Version, Statement } = json(recording, name, property) as { Version: string; Statement: never[] };
  assert.equal(Version, "2012-10-17");
  return Statement;
}

/** The names of the resources whose outputs are in a property. */
export const joined = (recording: Recording, name: string, property: string): string[] =>
  (resource(recording, name).propertyDependencies[property] ?? []).map((urn) => urn.split("::").at(-1) ?? "").sort();
