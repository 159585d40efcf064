import * as pulumi from "@pulumi/pulumi";
import { type Cloud, EXAMPLE_ACCOUNT, lookUp } from "./cloud.ts";
import { watchFailures } from "./failures.ts";
import { type Registration, startSession } from "./pulumi-internals.ts";
import { activity, rested, turn } from "./rest.ts";
import { standIn } from "./standins.ts";
import { fromWire, type Value, type WireProperties } from "./wire.ts";

/** `preview`: what does not exist yet is unknown, as in `pulumi preview`; `update`: everything has a plausible id and ARN. */
export type Mode = "preview" | "update";

/** A Pulumi program and where it is evaluated. */
export interface Evaluation {
  /** Runs the program, for instance `() => import("./index.ts")`; what it answers is taken as the stack's outputs. */
  readonly program: () => Promise<unknown>;
  readonly project: string;
  readonly stack: string;
  /** Fully named keys, such as `tidegate:cidr` or `aws:region`; objects as JSON text. */
  readonly config: Readonly<Record<string, string>>;
  /** Keys of `config` whose values are secrets. @default none */
  readonly secretKeys?: readonly string[];
  readonly mode: Mode;
  /** Changes resources while they are made, as a stack transformation does. @default no change */
  readonly transformation?: pulumi.ResourceTransformation;
  /** Milliseconds within which the program has to come to an end. @default 30000 */
  readonly patience?: number;
}

const PATIENCE = 30_000;

/** One resource of an evaluated program. URNs are those that the engine would give. */
export interface RecordedResource {
  readonly type: string;
  readonly name: string;
  readonly urn: string;
  /** URN of the component (or stack) that it belongs to; undefined for the stack itself. */
  readonly parent: string | undefined;
  /** False for a component. */
  readonly custom: boolean;
  /** A component whose children are made by a plugin and therefore not recorded, such as awsx's VPC. */
  readonly remote: boolean;
  readonly protect: boolean;
  readonly inputs: Readonly<Record<string, Value>>;
  readonly outputs: Readonly<Record<string, Value>>;
  /** URNs of everything that it waits for. */
  readonly dependencies: readonly string[];
  /** Per property, the URNs of the resources whose outputs are in it. */
  readonly propertyDependencies: Readonly<Record<string, readonly string[]>>;
  /** The same properties as they travel to the engine, for whoever plays the engine. */
  readonly wire: { readonly inputs: WireProperties; readonly outputs: WireProperties };
}

/** An evaluated program: its resources in the order of registration, the stack first, and its outputs. */
export interface Recording {
  readonly project: string;
  readonly stack: string;
  readonly region: string;
  readonly mode: Mode;
  readonly resources: readonly RecordedResource[];
  readonly outputs: Readonly<Record<string, Value>>;
}

/**
 * Evaluates a Pulumi program without the Pulumi CLI, an account or the network, and says what it would make.
 * One at a time: Pulumi keeps the session in the process.
 * @throws what the program throws, at once or in any of its asynchronous parts.
 */
export async function recordProgram(evaluation: Evaluation): Promise<Recording> {
  const { project, stack, config, mode } = evaluation;
  const cloud: Cloud = { account: EXAMPLE_ACCOUNT, region: config["aws:region"] ?? "us-east-1" };
  const failures = watchFailures(evaluation.patience ?? PATIENCE);
  // Who called may first have to start a timer for the time that this takes.
  await turn();
  const background = activity();
  try {
    const registrations = await startSession({
      project,
      stack,
      config: { ...config, "aws:region": cloud.region },
      secretKeys: evaluation.secretKeys ?? [],
      preview: mode === "preview",
      mocks: {
        newResource: ({ type, name, inputs, custom }) => answer(type, name, inputs, custom ?? true, cloud, mode),
        call: ({ token, inputs }) => failures.noticing(() => lookUp(token, inputs, cloud)),
      },
    });
    await Promise.race([run(evaluation), failures.first]);
    await rested(failures, background);
    const resources = [...registrations.values()].map(resourceOf);
    return { project, stack, region: cloud.region, mode, resources, outputs: resources[0]?.outputs ?? {} };
  } finally {
    await turn();
    failures.stop();
  }
}

async function run({ program, transformation }: Evaluation): Promise<void> {
  await pulumi.runtime.runInPulumiStack(async () => {
    if (transformation) pulumi.runtime.registerStackTransformation(transformation);
    const exported = await program();
    return exported !== null && typeof exported === "object" ? { ...exported } : undefined;
  });
}

function answer(
  type: string,
  name: string,
  inputs: Record<string, unknown>,
  custom: boolean,
  cloud: Cloud,
  mode: Mode,
) {
  const remote = type.startsWith("awsx:");
  if (type.startsWith("pulumi:") || (!custom && !remote)) return { id: name, state: {} };
  const { id, computed } = standIn(type, name, inputs, cloud);
  const unknown = pulumi.runtime.unknownValue;
  if (mode === "update") return { id, state: custom ? { ...inputs, ...computed, id } : computed };
  const pending = Object.fromEntries(Object.keys(computed).map((key) => [key, unknown]));
  return { id: undefined, state: custom ? { ...pending, ...inputs, id: unknown } : pending };
}

function resourceOf(registration: Registration): RecordedResource {
  const { type, name, urn, parent, custom, remote, protect, dependencies, propertyDependencies } = registration;
  const { inputs, outputs } = registration;
  return {
    type,
    name,
    urn,
    parent,
    custom,
    remote,
    protect,
    inputs: fromWire(inputs),
    outputs: fromWire(outputs),
    dependencies,
    propertyDependencies,
    wire: { inputs, outputs },
  };
}
