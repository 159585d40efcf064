import type * as aws from "@pulumi/aws";
import type { AlarmPlan, WatchedMetric } from "./alarm-plan.ts";

type AlarmArgs = Omit<aws.cloudwatch.MetricAlarmArgs, "name" | "alarmActions" | "okActions">;

/** A plan as CloudWatch takes it. */
export function alarmArguments(plan: AlarmPlan): AlarmArgs {
  const { of, above, below, period } = plan;
  return {
    alarmDescription: plan.description,
    comparisonOperator: below === undefined ? "GreaterThanThreshold" : "LessThanThreshold",
    threshold: below ?? above ?? 0,
    evaluationPeriods: plan.periods,
    treatMissingData: plan.missing,
    actionsEnabled: true,
    ...("expression" in of
      ? {
          metricQueries: [
            { id: "result", expression: of.expression, label: of.label, returnData: true },
            ...Object.entries(of.metrics).map(([id, metric]) => ({
              id,
              metric: { ...metricArguments(metric), period, stat: metric.statistic },
              returnData: false,
            })),
          ],
        }
      : { ...metricArguments(of), period, statistic: of.statistic }),
  };
}

const metricArguments = ({ namespace, name, dimensions }: WatchedMetric) => ({
  namespace,
  metricName: name,
  ...(dimensions ? { dimensions } : {}),
});
