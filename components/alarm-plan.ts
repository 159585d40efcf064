import type * as pulumi from "@pulumi/pulumi";
import type { DatabaseMetrics } from "./database.ts";
import type { WarehouseMetrics } from "./warehouse-base.ts";

type Dimensions = Readonly<Record<string, pulumi.Input<string>>>;

/** A metric of CloudWatch, summarised over a period. */
export interface WatchedMetric {
  readonly namespace: pulumi.Input<string>;
  readonly name: pulumi.Input<string>;
  readonly dimensions?: Dimensions;
  readonly statistic: "Average" | "Maximum" | "Minimum" | "Sum";
}

/** Several metrics made into one by an expression over their ids. */
export interface Combined {
  readonly expression: string;
  readonly label: string;
  readonly metrics: Readonly<Record<string, WatchedMetric>>;
}

/** When to say something, and what. */
export interface AlarmPlan {
  /** Ends the names of the alarm. */
  readonly what: string;
  /** What happened and where to look. */
  readonly description: string;
  readonly of: WatchedMetric | Combined;
  readonly above?: number;
  readonly below?: number;
  /** Seconds. */
  readonly period: number;
  /** How many periods in a row. */
  readonly periods: number;
  /** What it means that there is no data. */
  readonly missing: "breaching" | "notBreaching";
}

const MINUTES = 60;
const HOUR = 60 * MINUTES;
const DAY = 24 * HOUR;
const GIB = 2 ** 30;
const MIB = 2 ** 20;

/** Where runs write their metrics. */
export const RUN_METRICS = "Tidegate";

/** A dataset as alarms see it. */
export interface WatchedDataset {
  readonly dataset: string;
  /** When it, or what it comes after, is started, in the six fields of EventBridge. A day without a run is late when there is to be one each day. @default never */
  readonly cron?: string | undefined;
  /** @default failures are what runs say themselves */
  readonly stateMachineArn?: pulumi.Input<string> | undefined;
  /** How many of a hundred records may be in quarantine. @default 0.1 */
  readonly quarantinePercent?: number | undefined;
}

/** @param platform what runs call the platform in their metrics */
export function datasetAlarms(platform: string, watched: WatchedDataset): AlarmPlan[] {
  const { dataset, cron, stateMachineArn, quarantinePercent = 0.1 } = watched;
  const metric = (name: string, statistic: WatchedMetric["statistic"]): WatchedMetric => ({
    namespace: RUN_METRICS,
    name,
    dimensions: { Platform: platform, Dataset: dataset },
    statistic,
  });
  return [
    {
      what: `${dataset}-failed`,
      description: `A run of ${dataset} failed: look at its execution, and at the log of its tasks`,
      of: stateMachineArn ? failedExecutions(stateMachineArn) : metric("Failed", "Maximum"),
      above: 0,
      period: 5 * MINUTES,
      periods: 1,
      missing: "notBreaching",
    },
    {
      what: `${dataset}-late`,
      description: `${dataset} is not as fresh as it has to be, or was not brought up to date for a day`,
      of: metric("Late", "Maximum"),
      above: 0,
      period: DAY,
      periods: 1,
      missing: cron && runsDaily(cron) ? "breaching" : "notBreaching",
    },
    {
      what: `${dataset}-quarantine`,
      description: `More than ${quarantinePercent} % of the records of ${dataset} are in quarantine: look at quarantine/${dataset} in the lake`,
      of: {
        expression: "100 * quarantined / (rows + quarantined)",
        label: "Quarantined, %",
        metrics: { quarantined: metric("Quarantined", "Maximum"), rows: metric("Rows", "Maximum") },
      },
      above: quarantinePercent,
      period: DAY,
      periods: 1,
      missing: "notBreaching",
    },
  ];
}

/** Whether a schedule has a start on each day. @param cron minute, hour, day of month, month, day of week, year */
export function runsDaily(cron: string): boolean {
  const [, , dayOfMonth = "", month, dayOfWeek = "", year = "*"] = cron.split(" ");
  const every = ["*", "?"];
  return every.includes(dayOfMonth) && every.includes(dayOfWeek) && month === "*" && year === "*";
}

/**
 * A pipeline's steps have time limits, and its execution has none; one that somebody aborts, somebody knows of.
 * https://docs.aws.amazon.com/step-functions/latest/dg/procedure-cw-metrics.html
 */
const failedExecutions = (stateMachineArn: pulumi.Input<string>): WatchedMetric => ({
  namespace: "AWS/States",
  name: "ExecutionsFailed",
  dimensions: { StateMachineArn: stateMachineArn },
  statistic: "Sum",
});

/** What is known of a database beyond its metrics. */
export interface DatabaseSize {
  /** GB that it began with; less than a tenth of it free is too little. */
  readonly storage: number;
  /** Connections that are too many. @default 60, three quarters of what 1 GiB of memory allows */
  readonly connections?: number | undefined;
}

/** https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/rds-metrics.html */
export function databaseAlarms({ instance, hasCredits }: DatabaseMetrics, size: DatabaseSize): AlarmPlan[] {
  const quarterOfAnHour = { period: 5 * MINUTES, periods: 3, missing: "notBreaching" } as const;
  const metric = (name: string, statistic: WatchedMetric["statistic"]): WatchedMetric => ({
    namespace: "AWS/RDS",
    name,
    dimensions: { DBInstanceIdentifier: instance },
    statistic,
  });
  const credits: AlarmPlan = {
    what: "database-credits",
    description: "The database has used up its CPU credits and becomes slow: look for the load, or take a larger class",
    of: metric("CPUCreditBalance", "Minimum"),
    below: 20,
    ...quarterOfAnHour,
  };
  return [
    {
      what: "database-cpu",
      description: "The database has been busy for a quarter of an hour: look at Performance Insights",
      of: metric("CPUUtilization", "Average"),
      above: 80,
      ...quarterOfAnHour,
    },
    {
      what: "database-storage",
      description: "The database is nearly full, or tells nothing at all: look at its growth and raise its maximum",
      of: metric("FreeStorageSpace", "Minimum"),
      below: (size.storage * GIB) / 10,
      ...quarterOfAnHour,
      missing: "breaching",
    },
    {
      what: "database-memory",
      description: "The database is short of memory: look at its connections, or take a larger class",
      of: metric("FreeableMemory", "Minimum"),
      below: 64 * MIB,
      ...quarterOfAnHour,
    },
    {
      what: "database-connections",
      description: "The database has nearly as many connections as it can have: look for clients that keep them",
      of: metric("DatabaseConnections", "Maximum"),
      above: size.connections ?? 60,
      ...quarterOfAnHour,
    },
    {
      what: "database-io",
      description: "The disk of the database has used up its burst: look for the load, or take a larger class",
      of: metric("EBSIOBalance%", "Minimum"),
      below: 20,
      ...quarterOfAnHour,
    },
    ...(hasCredits ? [credits] : []),
  ];
}

export const warehouseAlarms = (metrics: WarehouseMetrics): AlarmPlan[] =>
  metrics.kind === "serverless" ? serverlessAlarms(metrics) : clusterAlarms(metrics.cluster);

/** https://docs.aws.amazon.com/redshift/latest/mgmt/serverless-monitoring.html */
function serverlessAlarms({ workgroup, rpuHours }: Extract<WarehouseMetrics, { kind: "serverless" }>): AlarmPlan[] {
  const metric = (name: string, dimensions: Dimensions = {}): WatchedMetric => ({
    namespace: "AWS/Redshift-Serverless",
    name,
    dimensions: { Workgroup: workgroup, ...dimensions },
    statistic: "Sum",
  });
  const failed = (type: string) => metric("QueriesFailed", { QueryType: type });
  const usage = (limit: number): AlarmPlan => ({
    what: "warehouse-usage",
    description: `The warehouse used a tenth of its ${limit} RPU-hours of a month within a day`,
    of: metric("ComputeSeconds"),
    above: (limit * HOUR) / 10,
    period: DAY,
    periods: 1,
    missing: "notBreaching",
  });
  return [
    {
      what: "warehouse-failures",
      description: "Loads into the warehouse fail again and again: look at sys_query_history and sys_load_error_detail",
      of: {
        expression: "SUM([copies, inserts, deletes])",
        label: "Failed statements of loads",
        metrics: { copies: failed("LOAD"), inserts: failed("INSERT"), deletes: failed("DELETE") },
      },
      above: 3,
      period: HOUR,
      periods: 1,
      missing: "notBreaching",
    },
    ...(rpuHours === undefined ? [] : [usage(rpuHours)]),
  ];
}

/** https://docs.aws.amazon.com/redshift/latest/mgmt/metrics-listing.html */
function clusterAlarms(cluster: string): AlarmPlan[] {
  const metric = (name: string, statistic: WatchedMetric["statistic"]): WatchedMetric => ({
    namespace: "AWS/Redshift",
    name,
    dimensions: { ClusterIdentifier: cluster },
    statistic,
  });
  const quarterOfAnHour = { period: 5 * MINUTES, periods: 3, missing: "notBreaching" } as const;
  return [
    {
      what: "warehouse-health",
      description: "The warehouse is not well, or tells nothing at all",
      of: metric("HealthStatus", "Minimum"),
      below: 1,
      ...quarterOfAnHour,
      missing: "breaching",
    },
    {
      what: "warehouse-storage",
      description: "The warehouse is nearly full",
      of: metric("PercentageDiskSpaceUsed", "Maximum"),
      above: 80,
      ...quarterOfAnHour,
    },
    {
      what: "warehouse-cpu",
      description: "The warehouse has been busy for a quarter of an hour",
      of: metric("CPUUtilization", "Average"),
      above: 90,
      ...quarterOfAnHour,
    },
  ];
}
