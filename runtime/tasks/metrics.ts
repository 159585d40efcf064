import type { Dataset } from "../dataset/definition.ts";
import type { RunSummary } from "../dataset/run.ts";
import { newestOf } from "./coverage-report.ts";

const UNITS = {
  Rows: "Count",
  NewRows: "Count",
  Requests: "Count",
  RawBytes: "Bytes",
  Quarantined: "Count",
  Gaps: "Count",
  AgeOfNewestSeconds: "Seconds",
  DurationSeconds: "Seconds",
  Failed: "Count",
  Late: "Count",
} as const;

type Values = { readonly [Name in keyof typeof UNITS]: number | undefined };

/** Of what the metrics are, beside the run. */
export interface MetricsContext {
  readonly dataset: Dataset;
  /** Tells several platforms of one account apart. */
  readonly platform: string | undefined;
  /** Whether a freshness check is violated. */
  readonly late: boolean;
  /** Unix milliseconds. */
  readonly now: number;
}

/**
 * The metrics of a run as a line of the log, which CloudWatch reads them from.
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html
 */
export function metricsOf(summary: RunSummary, { dataset, platform, late, now }: MetricsContext): object {
  const newest = newestOf(summary.coverage);
  const values: Values = {
    Rows: summary.rows,
    NewRows: summary.newRows,
    Requests: summary.requests,
    RawBytes: summary.rawBytes,
    Quarantined: summary.quarantined,
    Gaps: summary.gaps,
    AgeOfNewestSeconds: newest === undefined ? undefined : Math.max(0, Math.round((now - newest) / 1_000)),
    DurationSeconds: summary.seconds,
    Failed: summary.outcome === "failed" ? 1 : 0,
    Late: late ? 1 : 0,
  };
  const present = Object.entries(UNITS).filter(([name]) => values[name as keyof Values] !== undefined);
  const dimensions = { ...(platform ? { Platform: platform } : {}), Dataset: dataset.name };
  return {
    _aws: {
      Timestamp: now,
      CloudWatchMetrics: [
        {
          Namespace: "Tidegate",
          Dimensions: [Object.keys(dimensions)],
          Metrics: present.map(([Name, Unit]) => ({ Name, Unit })),
        },
      ],
    },
    ...dimensions,
    ...values,
    run: summary.run,
  };
}
