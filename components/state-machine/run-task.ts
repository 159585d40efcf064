import type { Json, Retrier, TaskState, Template } from "./language.ts";
import type { CapacityShare, PipelineValues } from "./values.ts";

/** A step of a run, as the program in the task knows it. */
export type StepName = "plan" | "extract" | "process" | "load" | "publish";

/** A variable of the environment; a name that ends with `.$` means a path. */
export type Variable = { readonly Name: string; readonly Value: string } | { readonly Name: string; "Value.$": string };

/** What ECS answers when it is asked too often, is out of order for a moment, or has no capacity. */
const ECS_ERRORS = [
  "ECS.ThrottlingException",
  "ECS.ServerException",
  "ECS.ServiceUnavailableException",
  "ECS.AmazonECSException",
  "AmazonECS.Unknown",
];

/** Names of errors that mean missing capacity when they outlast their retries. */
export const CAPACITY_ERRORS = ["ECS.AmazonECSException", "AmazonECS.Unknown"] as const;

const ECS_RETRY: Retrier = {
  ErrorEquals: ECS_ERRORS,
  IntervalSeconds: 15,
  MaxAttempts: 5,
  BackoffRate: 2,
  MaxDelaySeconds: 300,
  JitterStrategy: "FULL",
};

/** A capacity provider strategy as Step Functions writes it. */
export const strategy = (shares: readonly CapacityShare[]): Json =>
  shares.map(({ capacityProvider, weight }) => ({ CapacityProvider: capacityProvider, Weight: weight }));

/**
 * Runs the dataset's task for one step and waits for its end, on the capacity in `$.capacity`. There is no heartbeat: only
 * activities and callbacks send one. https://docs.aws.amazon.com/step-functions/latest/dg/connect-ecs.html
 */
export function runTask(
  values: PipelineValues,
  step: StepName,
  variables: readonly Variable[],
): Pick<TaskState, "Type" | "Resource" | "Parameters" | "TimeoutSeconds" | "Retry"> {
  return {
    Type: "Task",
    Resource: `arn:${values.partition}:states:::ecs:runTask.sync`,
    Parameters: parameters(values, [
      { Name: "TIDEGATE_STEP", Value: step },
      { Name: "TIDEGATE_RUN", "Value.$": "$.run" },
      ...variables,
    ]),
    TimeoutSeconds: values.timeout,
    Retry: [ECS_RETRY],
  };
}

const parameters = (values: PipelineValues, environment: readonly Variable[]): Template => ({
  Cluster: values.cluster,
  TaskDefinition: values.taskFamily,
  "CapacityProviderStrategy.$": "$.capacity",
  PropagateTags: "TASK_DEFINITION",
  NetworkConfiguration: {
    AwsvpcConfiguration: {
      Subnets: values.subnets,
      SecurityGroups: values.securityGroups,
      AssignPublicIp: values.assignPublicIp ? "ENABLED" : "DISABLED",
    },
  },
  Overrides: { ContainerOverrides: [{ Name: values.dataset, Environment: environment }] },
});
