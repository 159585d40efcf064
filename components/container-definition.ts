import * as pulumi from "@pulumi/pulumi";
import { bootstrapCommand } from "./bootstrap.ts";

/** A volume of a task, within one of its containers. */
export interface Mount {
  /** Name of the volume. */
  readonly volume: string;
  /** Folder in the container. */
  readonly path: string;
  /** @default false */
  readonly readOnly?: boolean;
}

export interface ContainerArgs {
  readonly name: string;
  readonly image: pulumi.Input<string>;
  readonly region: pulumi.Input<string>;
  readonly logGroup: string;
  /** What the names of its log streams begin with. @default its name */
  readonly logPrefix?: string;
  /** @default what fetches, verifies and starts the artifact of the environment */
  readonly command?: readonly string[];
  /** @default "node", whom the stock image has */
  readonly user?: string;
  readonly environment: Readonly<Record<string, pulumi.Input<string>>>;
  /** Variable, and ARN of the secret whose value it gets. */
  readonly secrets: Readonly<Record<string, pulumi.Input<string>>>;
  /** @default none */
  readonly mounts?: readonly Mount[];
  /** Containers that have to end well before this one starts. @default none */
  readonly after?: readonly string[];
  /** Whether the task ends with it. @default true */
  readonly essential?: boolean;
}

/**
 * The containers of a task, as the JSON text that ECS takes. It is complete at preview when its inputs are.
 * https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task_definition_parameters.html
 */
export const containerDefinitions = (containers: readonly ContainerArgs[]): pulumi.Output<string> =>
  pulumi.jsonStringify(containers.map(containerDefinition));

const containerDefinition = (args: ContainerArgs) => ({
  name: args.name,
  image: args.image,
  essential: args.essential ?? true,
  command: args.command ?? bootstrapCommand(),
  user: args.user ?? "node",
  privileged: false,
  readonlyRootFilesystem: true,
  linuxParameters: { initProcessEnabled: true, capabilities: { drop: ["ALL"] } },
  // The longest that Fargate waits between SIGTERM and SIGKILL, and what a Spot interruption gives.
  stopTimeout: 120,
  environment: sorted(args.environment).map(([name, value]) => ({ name, value })),
  secrets: sorted(args.secrets).map(([name, valueFrom]) => ({ name, valueFrom })),
  ...(args.mounts
    ? {
        mountPoints: args.mounts.map(({ volume, path, readOnly = false }) => ({
          sourceVolume: volume,
          containerPath: path,
          readOnly,
        })),
      }
    : {}),
  ...(args.after ? { dependsOn: args.after.map((containerName) => ({ containerName, condition: "SUCCESS" })) } : {}),
  logConfiguration: {
    logDriver: "awslogs",
    options: {
      "awslogs-group": args.logGroup,
      "awslogs-region": args.region,
      "awslogs-stream-prefix": args.logPrefix ?? args.name,
    },
  },
});

const sorted = <T>(values: Readonly<Record<string, T>>): [string, T][] =>
  Object.entries(values).sort(([a], [b]) => (a < b ? -1 : 1));
