import { ANY_ERROR, type Machine, type State, type Template, where } from "./language.ts";
import { type BatchTitle, quotaNames, quotaStates } from "./quota.ts";
import { CAPACITY_ERRORS, runTask, type StepName, strategy, type Variable } from "./run-task.ts";
import type { PipelineValues } from "./values.ts";

/** Interruptions after which a step gets on-demand capacity, and after which it is given up. */
export const INTERRUPTIONS = { beforeFallback: 3, atMost: 6 } as const;

/** How often a step may stop early, for its deadline, and be run again. */
export const EARLY_STOPS = 24;

/** Seconds until a step is run again. */
export const WAIT = { afterInterruption: 60, afterEarlyStop: 900 } as const;

/** A task has its program and up to two containers that prepare for it; ECS does not say in which order it tells of them. */
const CONTAINERS = [0, 1, 2] as const;

/** The program's exit code for: stopped before the end, nothing is lost, run it again. */
const STOPPED_EARLY = 75;

/** What the states of a step are called begins with this. */
type StepTitle = "Plan" | "Process" | "Load" | "Publish" | BatchTitle;

interface Options {
  readonly step: StepName;
  readonly variables?: readonly Variable[];
}

/**
 * `failure` is what comes of one: `fail` fails the states of the step; `report` ends those of a batch with `{ failed: true }`, so
 * that one failed batch does not take the others with it.
 */
export type StepOptions = Options &
  (
    | { readonly title: Exclude<StepTitle, BatchTitle>; readonly failure: "fail" }
    | { readonly title: BatchTitle; readonly failure: "report" }
  );

/** The input that the states of a step want. @param more what else the step needs */
export const stepInput = (values: PipelineValues, more: Template = {}): Template => ({
  "run.$": "$.run",
  ...more,
  capacity: strategy(values.capacity),
  tries: { interruptions: 0, stops: 0, quotas: 0, wait: 0 },
});

/**
 * The states that bring one step to its end. A task that was interrupted, or never got capacity, is run again after a minute, and
 * from the third time on demand; one that stopped early is run again after a quarter of an hour, or when the quota begins anew
 * whose end stopped it; anything else is a failure.
 * Why a task stopped is in the Cause of the error, as the JSON text of the stopped task.
 * https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_Task.html
 */
export function stepMachine(values: PipelineValues, options: StepOptions): Machine {
  const { title, step, variables = [], failure } = options;
  const name = namesOf(title);
  const task = "$.stopped.task";
  const stopCode = (code: string) => where(`${task}.StopCode`, { StringEquals: code });
  const stoppedReason = (pattern: string) => where(`${task}.StoppedReason`, { StringMatches: pattern });
  const stoppedEarly = options.failure === "report" ? quotaNames(options.title).read : name.stoppedEarly;
  const states: Record<string, State> = {
    [name.task]: {
      ...runTask(values, step, variables),
      Catch: [{ ErrorEquals: ANY_ERROR, ResultPath: "$.error", Next: name.why }],
      ...(failure === "report" ? { ResultSelector: { failed: false } } : { ResultPath: null }),
      End: true,
    },
    [name.why]: {
      Type: "Choice",
      Choices: [
        {
          And: [
            { Variable: "$.error.Error", StringEquals: "States.TaskFailed" },
            where("$.error.Cause", { StringMatches: "{*}" }),
          ],
          Next: name.read,
        },
        {
          Or: CAPACITY_ERRORS.map((error) => ({ Variable: "$.error.Error", StringEquals: error })),
          Next: name.interrupted,
        },
      ],
      Default: name.failed,
    },
    [name.read]: {
      Type: "Pass",
      Parameters: { "task.$": "States.StringToJson($.error.Cause)" },
      ResultPath: "$.stopped",
      Next: name.judge,
    },
    [name.judge]: {
      Type: "Choice",
      Choices: [
        {
          Or: [
            stopCode("SpotInterruption"),
            stopCode("TerminationNotice"),
            stoppedReason("Host EC2*"),
            stoppedReason("*Capacity is unavailable*"),
            stoppedReason("*RESOURCE:*"),
          ],
          Next: name.interrupted,
        },
        {
          Or: CONTAINERS.map((i) => where(`${task}.Containers[${i}].ExitCode`, { NumericEquals: STOPPED_EARLY })),
          Next: stoppedEarly,
        },
      ],
      Default: name.failed,
    },
    [name.interrupted]: {
      Type: "Pass",
      Parameters: {
        "interruptions.$": "States.MathAdd($.tries.interruptions, 1)",
        "stops.$": "$.tries.stops",
        "quotas.$": "$.tries.quotas",
        wait: WAIT.afterInterruption,
      },
      ResultPath: "$.tries",
      Next: name.again,
    },
    [name.stoppedEarly]: {
      Type: "Pass",
      Parameters: {
        "interruptions.$": "$.tries.interruptions",
        "stops.$": "States.MathAdd($.tries.stops, 1)",
        "quotas.$": "$.tries.quotas",
        wait: WAIT.afterEarlyStop,
      },
      ResultPath: "$.tries",
      Next: name.again,
    },
    [name.again]: {
      Type: "Choice",
      Choices: [
        { Variable: "$.tries.interruptions", NumericGreaterThanEquals: INTERRUPTIONS.atMost, Next: name.failed },
        {
          Variable: "$.tries.stops",
          NumericGreaterThanEquals: EARLY_STOPS,
          // What a quota left over is no failure: the next run asks for it.
          Next: failure === "report" ? name.left : name.failed,
        },
        {
          Variable: "$.tries.interruptions",
          NumericGreaterThanEquals: INTERRUPTIONS.beforeFallback,
          Next: name.fallback,
        },
      ],
      Default: name.wait,
    },
    [name.fallback]: { Type: "Pass", Result: strategy(values.fallback), ResultPath: "$.capacity", Next: name.wait },
    [name.wait]: { Type: "Wait", SecondsPath: "$.tries.wait", Next: name.task },
    [name.failed]:
      failure === "report"
        ? { Type: "Pass", Parameters: { failed: true, "error.$": "$.error.Error" }, End: true }
        : { Type: "Fail", Error: `Tidegate.${title}Failed`, CausePath: "States.JsonToString($.error)" },
  };
  if (options.failure === "report") {
    const ways = { task: name.task, otherwise: name.stoppedEarly, left: name.left };
    Object.assign(states, quotaStates(values, options.title, ways));
    states[name.left] = { Type: "Pass", Parameters: { failed: false, left: true }, End: true };
  }
  return { StartAt: name.task, States: states };
}

/** Names are unique in a whole machine, branches included. */
const namesOf = (title: StepTitle) => ({
  task: `${title}: run the task`,
  why: `${title}: why did it end`,
  read: `${title}: read the stopped task`,
  judge: `${title}: was it interrupted`,
  interrupted: `${title}: count an interruption`,
  stoppedEarly: `${title}: count an early stop`,
  again: `${title}: once more`,
  fallback: `${title}: take on-demand capacity`,
  wait: `${title}: wait`,
  failed: `${title}: failed`,
  left: `${title}: leave the rest`,
});
