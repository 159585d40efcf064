import * as pulumi from "@pulumi/pulumi";
import { bootstrapCommand } from "./bootstrap.ts";

export interface ContainerArgs {
  readonly name: string;
  readonly image: pulumi.Input<string>;
  readonly region: pulumi.Input<string>;
  readonly logGroup: string;
  readonly environment: Readonly<Record<string, pulumi.Input<string>>>;
  /** Variable, and ARN of the secret whose value it gets. */
  readonly secrets: Readonly<Record<string, pulumi.Input<string>>>;
}

/**
 * The container of a task, as the JSON text that ECS takes. It is complete at preview when its inputs are.
 * https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task_definition_parameters.html
 */
export function containerDefinition(args: ContainerArgs): pulumi.Output<string> {
  return pulumi.jsonStringify([
    {
      name: args.name,
      image: args.image,
      essential: true,
      command: bootstrapCommand(),
      user: "node",
      privileged: false,
      readonlyRootFilesystem: true,
      linuxParameters: { initProcessEnabled: true, capabilities: { drop: ["ALL"] } },
      // The longest that Fargate waits between SIGTERM and SIGKILL, and what a Spot interruption gives.
      stopTimeout: 120,
      environment: sorted(args.environment).map(([name, value]) => ({ name, value })),
      secrets: sorted(args.secrets).map(([name, valueFrom]) => ({ name, valueFrom })),
      logConfiguration: {
        logDriver: "awslogs",
        options: {
          "awslogs-group": args.logGroup,
          "awslogs-region": args.region,
          "awslogs-stream-prefix": args.name,
        },
      },
    },
  ]);
}

const sorted = <T>(values: Readonly<Record<string, T>>): [string, T][] =>
  Object.entries(values).sort(([a], [b]) => (a < b ? -1 : 1));
