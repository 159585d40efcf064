import { CALL_RETRY, FAILED, PUBLISHED, putEvent } from "./events.ts";
import { ANY_ERROR, type Machine, type MapState, type ParallelState, type State, type Template } from "./language.ts";
import { type StepOptions, stepInput, stepMachine } from "./step.ts";
import type { PipelineValues } from "./values.ts";

/** Up to so many batches are extracted within the execution; more get executions of their own. */
export const INLINE_BATCHES = 40;

const NAME = {
  when: "Note the time",
  run: "Name the run",
  plan: "Plan",
  read: "Read the plan",
  long: "The plan is long",
  batches: "How many batches",
  extract: "Extract",
  many: "Extract many",
  judge: "Did every batch succeed",
  batchFailed: "A batch failed",
  process: "Process",
  load: "Load",
  publish: "Publish",
  outcome: "Did everything succeed",
  tell: "Tell of the success",
  done: "Done",
  tellFailure: "Tell of the failure",
  failed: "Failed",
} as const;

/** Where a failure is kept until the end: `{ Error, Cause }`. */
const FAILURE = "$.failure";

/** Where the plan is once it was read. */
const PLAN = "$.read.plan";

/**
 * The state machine of a dataset: plan, extract batch by batch, process, load, publish. What could be fetched is processed, loaded
 * and published although something else failed; the execution fails at its end nevertheless, and says so in an event.
 */
export function pipelineDefinition(values: PipelineValues): Machine {
  const failTo = (next: string) => [{ ErrorEquals: ANY_ERROR, ResultPath: FAILURE, Next: next }];
  const step = (options: StepOptions, more: Template, next: string, onFailure: string): ParallelState => ({
    Type: "Parallel",
    Parameters: stepInput(values, more),
    Branches: [stepMachine(values, options)],
    ResultPath: null,
    Catch: failTo(onFailure),
    Next: next,
  });
  const afterProcess = values.loads ? NAME.load : NAME.publish;
  const states: Record<string, State> = {
    ...nameTheRun(),
    [NAME.plan]: step(
      {
        title: "Plan",
        step: "plan",
        variables: [{ Name: "TIDEGATE_INPUT", "Value.$": "States.JsonToString($.input)" }],
        failure: "fail",
      },
      { "input.$": "$$.Execution.Input" },
      NAME.read,
      NAME.tellFailure,
    ),
    ...readThePlan(values),
    [NAME.extract]: { ...extract(values, "Extract"), ItemsPath: `${PLAN}.batches`, Catch: failTo(NAME.tellFailure) },
    [NAME.many]: {
      ...extract(values, "Extract many"),
      Label: "extract",
      ItemReader: {
        Resource: `arn:${values.partition}:states:::s3:getObject`,
        ReaderConfig: { InputType: "JSON", ItemsPointer: "/batches" },
        Parameters: planObject(values),
      },
      Catch: failTo(NAME.tellFailure),
    },
    [NAME.judge]: {
      Type: "Choice",
      Choices: [{ Variable: "$.extracted.failed", BooleanEquals: true, Next: NAME.batchFailed }],
      Default: NAME.process,
    },
    [NAME.batchFailed]: {
      Type: "Pass",
      Result: {
        Error: "Tidegate.ExtractFailed",
        Cause: "a batch of partitions could not be brought in; the log of its task says why",
      },
      ResultPath: FAILURE,
      Next: NAME.process,
    },
    [NAME.process]: step({ title: "Process", step: "process", failure: "fail" }, {}, afterProcess, NAME.publish),
    ...(values.loads
      ? { [NAME.load]: step({ title: "Load", step: "load", failure: "fail" }, {}, NAME.publish, NAME.publish) }
      : {}),
    [NAME.publish]: step({ title: "Publish", step: "publish", failure: "fail" }, {}, NAME.outcome, NAME.tellFailure),
    ...tell(values),
  };
  return { Comment: `Brings in ${values.dataset}`, StartAt: NAME.when, States: states };
}

/** A run is called as one on a laptop is: `YYYYMMDDhhmmss` and eight hexadecimal digits, so that runs sort by time. */
function nameTheRun(): Record<string, State> {
  const at = [0, 1, 2, 3, 4, 5].map((part) => `$.at[${part}]`);
  return {
    [NAME.when]: {
      Type: "Pass",
      Parameters: {
        "at.$": "States.StringSplit($$.Execution.StartTime, '-:.TZ')",
        "id.$": "States.StringSplit(States.UUID(), '-')",
      },
      Next: NAME.run,
    },
    [NAME.run]: {
      Type: "Pass",
      Parameters: { "run.$": `States.Format('{}{}{}{}{}{}-{}', ${at.join(", ")}, $.id[0])` },
      Next: NAME.plan,
    },
  };
}

const planObject = ({ bucket, prefix, dataset }: PipelineValues): Template => ({
  Bucket: bucket,
  "Key.$": `States.Format('${prefix}/runs/${dataset}/{}/plan.json', $.run)`,
});

/** A plan that is larger than the data of an execution may be (256 KiB) is left where it is, for the distributed Map to read. */
const readThePlan = (values: PipelineValues): Record<string, State> => ({
  [NAME.read]: {
    Type: "Task",
    Resource: `arn:${values.partition}:states:::aws-sdk:s3:getObject`,
    Parameters: planObject(values),
    ResultSelector: { "plan.$": "States.StringToJson($.Body)" },
    ResultPath: "$.read",
    TimeoutSeconds: 60,
    Retry: [CALL_RETRY],
    Catch: [
      { ErrorEquals: ["States.DataLimitExceeded"], ResultPath: "$.read", Next: NAME.long },
      { ErrorEquals: ANY_ERROR, ResultPath: FAILURE, Next: NAME.tellFailure },
    ],
    Next: NAME.batches,
  },
  [NAME.long]: { Type: "Pass", Result: { plan: { concurrency: 1 } }, ResultPath: "$.read", Next: NAME.many },
  [NAME.batches]: {
    Type: "Choice",
    Choices: [
      { Variable: `${PLAN}.batches[${INLINE_BATCHES}]`, IsPresent: true, Next: NAME.many },
      { Variable: `${PLAN}.batches[0]`, IsPresent: true, Next: NAME.extract },
    ],
    Default: NAME.process,
  },
});

/** As many batches at once as the plan says, for each gets its share of the source's budget. */
const extract = (values: PipelineValues, title: "Extract" | "Extract many"): Omit<MapState, "Catch"> => ({
  Type: "Map",
  ItemSelector: stepInput(values, { "batch.$": "$$.Map.Item.Value.batch" }),
  MaxConcurrencyPath: `${PLAN}.concurrency`,
  ItemProcessor: {
    ProcessorConfig: title === "Extract" ? { Mode: "INLINE" } : { Mode: "DISTRIBUTED", ExecutionType: "STANDARD" },
    ...stepMachine(values, {
      title,
      step: "extract",
      variables: [{ Name: "TIDEGATE_BATCH", "Value.$": "States.Format('{}', $.batch)" }],
      failure: "report",
    }),
  },
  ResultSelector: { "failed.$": "States.ArrayContains($[*].failed, true)" },
  ResultPath: "$.extracted",
  Next: NAME.judge,
});

const tell = (values: PipelineValues): Record<string, State> => ({
  [NAME.outcome]: {
    Type: "Choice",
    Choices: [{ Variable: FAILURE, IsPresent: true, Next: NAME.tellFailure }],
    Default: NAME.tell,
  },
  [NAME.tell]: {
    ...putEvent(values, PUBLISHED),
    Catch: [{ ErrorEquals: ANY_ERROR, ResultPath: FAILURE, Next: NAME.tellFailure }],
    Next: NAME.done,
  },
  [NAME.done]: { Type: "Succeed" },
  [NAME.tellFailure]: {
    ...putEvent(values, FAILED, {
      "error.$": `${FAILURE}.Error`,
      "failure.$": `States.JsonToString(${FAILURE})`,
    }),
    Catch: [{ ErrorEquals: ANY_ERROR, ResultPath: "$.untold", Next: NAME.failed }],
    Next: NAME.failed,
  },
  [NAME.failed]: { Type: "Fail", Error: "Tidegate.PipelineFailed", CausePath: `States.JsonToString(${FAILURE})` },
});
