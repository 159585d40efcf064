import type { PipelineValues } from "../../../components/state-machine/values.ts";
import { type Data, StateError } from "./data.ts";
import type { Answer, Call } from "./simulator.ts";

/** A pipeline's surroundings, all made up. */
export const VALUES: PipelineValues = {
  partition: "aws",
  dataset: "daily_prices",
  eventSource: "tidegate.tidegate-test",
  bucket: "lake-bucket",
  prefix: "lake",
  cluster: "arn:aws:ecs:eu-west-1:123456789012:cluster/tidegate-test-tasks",
  taskFamily: "tidegate-test-daily_prices",
  subnets: ["subnet-1", "subnet-2"],
  securityGroups: ["sg-1"],
  assignPublicIp: true,
  capacity: [{ capacityProvider: "FARGATE_SPOT", weight: 1 }],
  fallback: [{ capacityProvider: "FARGATE", weight: 1 }],
  timeout: 8_100,
  loads: true,
};

/** A call that runs a task, as a person would tell it: `extract 3 on FARGATE_SPOT`. */
export function told({ parameters }: Call): string {
  const environment = environmentOf(parameters);
  const [share] = parameters.CapacityProviderStrategy as Data[];
  const batch = environment.TIDEGATE_BATCH;
  return `${environment.TIDEGATE_STEP}${batch === undefined ? "" : ` ${batch}`} on ${share?.CapacityProvider}`;
}

/** The environment that a call gives to its task. */
export function environmentOf(parameters: Data): Record<string, string> {
  const { ContainerOverrides } = parameters.Overrides as unknown as {
    ContainerOverrides: { Environment: { Name: string; Value: string }[] }[];
  };
  return Object.fromEntries(ContainerOverrides[0]?.Environment.map(({ Name, Value }) => [Name, Value]) ?? []);
}

/** How a task ends: as ECS describes the stopped task. */
export const stopped = (exitCode: number, more: Data = {}): StateError =>
  new StateError(
    "States.TaskFailed",
    JSON.stringify({
      Containers: [{ Name: "daily_prices", ExitCode: exitCode }],
      StopCode: "EssentialContainerExited",
      StoppedReason: "Essential container in task exited",
      ...more,
    }),
  );

/** A task that Spot took away. */
export const interrupted = (): StateError =>
  stopped(137, { StopCode: "SpotInterruption", StoppedReason: "Your Spot Task was interrupted." });

/** What a test says about tasks: how the given one ends, undefined for well. */
export type Tasks = (task: string) => StateError | undefined;

export interface World {
  readonly batches: number;
  readonly tasks?: Tasks;
  /** @default the plan is small enough to be read */
  readonly planIsLong?: boolean;
  /**
   * What the given task left in the lake when it stopped early, as its text; an error is what reading it ends with.
   * @default nothing
   */
  readonly left?: (task: string) => string | StateError | undefined;
  /** What happens to an event, undefined when it is put. */
  readonly events?: () => StateError | undefined;
}

/** Services that answer as AWS does, with a plan of so many batches. */
export function world({ batches, tasks, planIsLong, left, events }: World): Answer {
  const Body = JSON.stringify({
    version: 1,
    concurrency: 2,
    batches: Array.from({ length: batches }, (_, batch) => ({ batch, partitions: [`P${batch}`] })),
  });
  return (call) => {
    if (call.resource.endsWith(":ecs:runTask.sync")) {
      const end = tasks?.(told(call));
      if (end) throw end;
      return { LastStatus: "STOPPED" };
    }
    if (call.resource.endsWith(":events:putEvents")) {
      const end = events?.();
      if (end) throw end;
      return { FailedEntryCount: 0 };
    }
    const batch = /\/extract-(\d+)\.json$/.exec(String(call.parameters.Key))?.[1];
    if (batch !== undefined) {
      const text = left?.(`extract ${batch}`) ?? new StateError("S3.NoSuchKeyException");
      if (typeof text !== "string") throw text;
      return { Body: text };
    }
    if (planIsLong && call.resource.includes("aws-sdk")) throw new StateError("States.DataLimitExceeded");
    return { Body };
  };
}
