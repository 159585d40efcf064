import { CALL_RETRY } from "./events.ts";
import { ANY_ERROR, type State } from "./language.ts";
import type { PipelineValues } from "./values.ts";

/**
 * How often a batch waits for a quota to begin anew before the rest is left to the next run. An execution may have 25,000 events;
 * a round has about 25, and the execution of a pipeline holds those of up to 40 batches.
 * https://docs.aws.amazon.com/step-functions/latest/dg/service-quotas.html
 */
export const QUOTA_WAITS = { Extract: 20, "Extract many": 100 } as const;

/** A batch that is extracted within the execution, or in an execution of its own. */
export type BatchTitle = keyof typeof QUOTA_WAITS;

/** What a batch left when it stopped before its end. */
const LEFT = "$.left";
const RESUME_AT = `${LEFT}.part.resumeAt`;

/** Where the states of a quota are entered, and where they lead. */
export interface QuotaWays {
  /** Runs the task again. */
  readonly task: string;
  /** Goes on when no quota has ended. */
  readonly otherwise: string;
  /** Leaves the rest to the next run. */
  readonly left: string;
}

/**
 * What becomes of a batch that stopped early. Where a quota has ended, `runs/{dataset}/{run}/extract-{batch}.json` says as
 * `resumeAt` when there is something to be had again: the batch then waits until that time, and no attempt of it is used up.
 */
export function quotaStates(values: PipelineValues, title: BatchTitle, ways: QuotaWays): Record<string, State> {
  const name = quotaNames(title);
  const { partition, bucket, prefix, dataset } = values;
  const resumes = [
    { Variable: RESUME_AT, IsPresent: true },
    { Variable: RESUME_AT, IsTimestamp: true },
  ] as const;
  return {
    [name.read]: {
      Type: "Task",
      Resource: `arn:${partition}:states:::aws-sdk:s3:getObject`,
      Parameters: {
        Bucket: bucket,
        "Key.$": `States.Format('${prefix}/runs/${dataset}/{}/extract-{}.json', $.run, $.batch)`,
      },
      ResultSelector: { "part.$": "States.StringToJson($.Body)" },
      ResultPath: LEFT,
      TimeoutSeconds: 60,
      Retry: [CALL_RETRY],
      Catch: [
        { ErrorEquals: ["States.DataLimitExceeded"], ResultPath: LEFT, Next: ways.otherwise },
        { ErrorEquals: ANY_ERROR, ResultPath: LEFT, Next: ways.otherwise },
      ],
      Next: name.judge,
    },
    [name.judge]: {
      Type: "Choice",
      Choices: [
        {
          And: [...resumes, { Variable: "$.tries.quotas", NumericGreaterThanEquals: QUOTA_WAITS[title] }],
          Next: ways.left,
        },
        { And: resumes, Next: name.count },
      ],
      Default: ways.otherwise,
    },
    [name.count]: {
      Type: "Pass",
      Parameters: {
        "interruptions.$": "$.tries.interruptions",
        "stops.$": "$.tries.stops",
        "quotas.$": "States.MathAdd($.tries.quotas, 1)",
        "wait.$": "$.tries.wait",
      },
      ResultPath: "$.tries",
      Next: name.wait,
    },
    [name.wait]: { Type: "Wait", TimestampPath: RESUME_AT, Next: ways.task },
  };
}

export const quotaNames = (title: BatchTitle) => ({
  read: `${title}: read what it left`,
  judge: `${title}: has a quota ended`,
  count: `${title}: count a quota`,
  wait: `${title}: wait for the quota`,
});
