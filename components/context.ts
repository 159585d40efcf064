import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { type AccountNameKind, accountName, namePrefix, type WorldNameKind, worldName } from "./names.ts";

/** Where a stack lives and how its resources are called; every component takes one. */
export interface Context {
  readonly project: string;
  readonly stack: string;
  /** Twelve digits. Known at preview, like region and partition: they are looked up, not created. */
  readonly account: pulumi.Output<string>;
  readonly region: pulumi.Output<string>;
  /** `aws`, `aws-cn` or `aws-us-gov`. */
  readonly partition: pulumi.Output<string>;
  /** Whether data may be destroyed together with the stack. */
  readonly disposable: boolean;
  /** For resources whose tags cannot be set by `tagged`, see there. */
  readonly tags: Readonly<Record<string, string>>;
  /** The physical name of a component. */
  name(kind: AccountNameKind, component: string): string;
  /** The physical name of a component whose name must be unique in the world. */
  worldName(kind: WorldNameKind, component: string): pulumi.Output<string>;
  /** What all names of a kind begin with in this stack. */
  prefix(kind: AccountNameKind): string;
}

export interface ContextOptions {
  /** @default the running project */
  readonly project?: string;
  /** @default the running stack */
  readonly stack?: string;
  /** @default false: stateful resources are protected and buckets are not emptied */
  readonly disposable?: boolean;
  /** @default none */
  readonly tags?: Readonly<Record<string, string>>;
}

/**
 * The context of the running stack.
 * @example const context = deploymentContext({ disposable: true });
 */
export function deploymentContext(options: ContextOptions = {}, invokeOptions: pulumi.InvokeOptions = {}): Context {
  const project = options.project ?? pulumi.getProject();
  const stack = options.stack ?? pulumi.getStack();
  const account = aws.getCallerIdentityOutput({}, invokeOptions).accountId;
  return {
    project,
    stack,
    account,
    region: aws.getRegionOutput({}, invokeOptions).region,
    partition: aws.getPartitionOutput({}, invokeOptions).partition,
    disposable: options.disposable ?? false,
    tags: options.tags ?? {},
    name: (kind, component) => accountName(kind, { project, stack, component }),
    worldName: (kind, component) => account.apply((id) => worldName(kind, { project, stack, component }, id)),
    prefix: (kind) => namePrefix(kind, { project, stack }),
  };
}

/** Options of resources that hold data: a stack that is not disposable refuses to delete them. */
export const stateful = (context: Context): pulumi.CustomResourceOptions => ({ protect: !context.disposable });
