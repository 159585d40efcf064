import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { ResourceTransformation } from "@pulumi/pulumi";
import { type Mode, type Recording, recordProgram } from "./record.ts";
import { readStackConfig } from "./stack-config.ts";

/** A stack of a Pulumi project on disk. */
export interface StackOptions {
  /** The folder with Pulumi.yaml. */
  readonly folder: string;
  readonly stack: string;
  readonly mode: Mode;
  readonly transformation?: ResourceTransformation;
}

let evaluations = 0;

/**
 * Evaluates a stack of the project in a folder.
 * @throws UserError for what is wrong with the configuration, and whatever the program throws.
 */
export async function recordStack({ folder, stack, mode, transformation }: StackOptions): Promise<Recording> {
  const { project, main, config, secretKeys } = await readStackConfig(folder, stack);
  const url = pathToFileURL(join(folder, main));
  // A module runs once in a process; another address of the same program runs it again.
  url.searchParams.set("evaluation", String(++evaluations));
  return recordProgram({
    program: () => import(url.href),
    project,
    stack,
    config,
    secretKeys,
    mode,
    ...(transformation ? { transformation } : {}),
  });
}
