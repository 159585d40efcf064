import { ANY_ERROR, type Retrier, type TaskState, type Template } from "./language.ts";
import type { PipelineValues } from "./values.ts";

/** What a pipeline says on the account's default event bus. */
export const PUBLISHED = "dataset published";
export const FAILED = "dataset failed";

/** For calls that can simply be made again. */
export const CALL_RETRY: Retrier = {
  ErrorEquals: ANY_ERROR,
  IntervalSeconds: 5,
  MaxAttempts: 4,
  BackoffRate: 2,
  JitterStrategy: "FULL",
};

/** Puts one event about the dataset and its run. https://docs.aws.amazon.com/step-functions/latest/dg/connect-eventbridge.html */
export const putEvent = (
  { partition, dataset, eventSource }: PipelineValues,
  detailType: typeof PUBLISHED | typeof FAILED,
  detail: Template = {},
): Pick<TaskState, "Type" | "Resource" | "Parameters" | "TimeoutSeconds" | "Retry" | "ResultPath"> => ({
  Type: "Task",
  Resource: `arn:${partition}:states:::events:putEvents`,
  Parameters: {
    Entries: [
      {
        Source: eventSource,
        DetailType: detailType,
        EventBusName: "default",
        Detail: { dataset, "run.$": "$.run", "execution.$": "$$.Execution.Name", ...detail },
      },
    ],
  },
  TimeoutSeconds: 60,
  Retry: [CALL_RETRY],
  ResultPath: null,
});
