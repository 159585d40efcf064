import { arn } from "./arns.ts";
import type { Context } from "./context.ts";
import type { Statement } from "./policy-document.ts";

/** What every pipeline may do that has nothing to do with its task: tell of itself, start batches, write its log and its trace. */
export function pipelineRights(context: Context, machineName: string, eventSource: string): Statement[] {
  return [
    {
      sid: "TellOfItself",
      actions: ["events:PutEvents"],
      resources: arn(context, "events", "event-bus/default"),
      conditions: { StringEquals: { "events:source": eventSource } },
    },
    {
      sid: "StartManyBatches",
      actions: ["states:StartExecution"],
      resources: arn(context, "states", `stateMachine:${machineName}`),
    },
    {
      // The executions of a distributed Map. https://docs.aws.amazon.com/step-functions/latest/dg/iam-policies-eg-dist-map.html
      sid: "WatchManyBatches",
      actions: ["states:DescribeExecution", "states:RedriveExecution", "states:StopExecution"],
      resources: arn(context, "states", `execution:${machineName}/*`),
    },
    {
      // AWS offers these for everything only. https://docs.aws.amazon.com/step-functions/latest/dg/cw-logs.html
      sid: "WriteLog",
      actions: [
        "logs:CreateLogDelivery",
        "logs:DeleteLogDelivery",
        "logs:DescribeLogGroups",
        "logs:DescribeResourcePolicies",
        "logs:GetLogDelivery",
        "logs:ListLogDeliveries",
        "logs:PutResourcePolicy",
        "logs:UpdateLogDelivery",
      ],
      resources: "*",
    },
    {
      // As above. https://docs.aws.amazon.com/step-functions/latest/dg/xray-iam.html
      sid: "WriteTrace",
      actions: [
        "xray:GetSamplingRules",
        "xray:GetSamplingTargets",
        "xray:PutTelemetryRecords",
        "xray:PutTraceSegments",
      ],
      resources: "*",
    },
  ];
}
