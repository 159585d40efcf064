import { RUN_METRICS } from "./alarm-plan.ts";
import type { DatabaseMetrics } from "./database.ts";
import type { WarehouseMetrics } from "./warehouse-base.ts";

/** What a dashboard shows. */
export interface DashboardContent {
  readonly title: string;
  readonly region: string;
  /** What runs call the platform in their metrics. */
  readonly platform: string;
  readonly datasets: readonly { readonly name: string; readonly stateMachineArn?: string | undefined }[];
  /** Name of the ECS cluster of the tasks. */
  readonly cluster: string;
  /** Name of the dead-letter queue. */
  readonly deadLetterQueue: string;
  readonly database?: DatabaseMetrics | undefined;
  readonly warehouse?: WarehouseMetrics | undefined;
}

/** Namespace, name, then names and values of dimensions, then how it is shown. */
type Metric = readonly (string | Readonly<Record<string, unknown>>)[];

interface Widget {
  readonly type: "text" | "metric";
  readonly width: number;
  readonly height: number;
  readonly properties: Readonly<Record<string, unknown>>;
}

interface Placed extends Widget {
  readonly x: number;
  readonly y: number;
}

/** https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/CloudWatch-Dashboard-Body-Structure.html */
export interface DashboardBody {
  readonly start: string;
  readonly widgets: readonly Placed[];
}

/** Columns of the grid. */
const GRID = 24;
const HOUR = 3600;
const DAY = 24 * HOUR;

/** The body of a platform's dashboard: rows of graphs, a line for each dataset. The same content gives the same body. */
export function dashboardBody(content: DashboardContent): DashboardBody {
  const rows = [
    [heading(content)],
    datasetGraphs(content),
    runGraphs(content),
    ...(content.database ? [databaseGraphs(content, content.database)] : []),
    ...(content.warehouse ? [warehouseGraphs(content, content.warehouse)] : []),
  ];
  return { start: "-P14D", widgets: placed(rows) };
}

/** Puts rows below each other, and the widgets of a row beside each other. */
function placed(rows: readonly (readonly Widget[])[]): Placed[] {
  let y = 0;
  return rows.flatMap((row) => {
    let x = 0;
    const widgets = row.map((widget) => {
      const at = { ...widget, x, y };
      x += widget.width;
      return at;
    });
    y += Math.max(0, ...row.map(({ height }) => height));
    return widgets;
  });
}

const heading = ({ title, region }: DashboardContent): Widget => ({
  type: "text",
  width: GRID,
  height: 2,
  properties: {
    markdown: [
      `# ${title}`,
      `[Cost](https://console.aws.amazon.com/costmanagement/home#/cost-explorer) · [Budgets](https://console.aws.amazon.com/costmanagement/home#/budgets) · [Alarms](https://${region}.console.aws.amazon.com/cloudwatch/home?region=${region}#alarmsV2:)`,
    ].join("\n"),
  },
});

function datasetGraphs(content: DashboardContent): Widget[] {
  const { platform, datasets, region } = content;
  const each = (metric: string, stat: string): Metric[] =>
    datasets.map(({ name }) => [RUN_METRICS, metric, "Platform", platform, "Dataset", name, { label: name, stat }]);
  const graph = (title: string, metric: string, stat: string): Widget =>
    lines({ title, region, width: GRID / 4, period: DAY, metrics: each(metric, stat) });
  return [
    graph("Rows", "Rows", "Maximum"),
    graph("New rows a day", "NewRows", "Sum"),
    graph("Requests a day", "Requests", "Sum"),
    graph("Age of the newest record, seconds", "AgeOfNewestSeconds", "Minimum"),
  ];
}

function runGraphs(content: DashboardContent): Widget[] {
  const { platform, datasets, region, cluster, deadLetterQueue } = content;
  const ofRuns = (metric: string): Metric[] =>
    datasets.map(({ name }) => [
      RUN_METRICS,
      metric,
      "Platform",
      platform,
      "Dataset",
      name,
      { label: `${name}: ${metric.toLowerCase()}`, stat: "Maximum" },
    ]);
  const executions = datasets.flatMap(({ name, stateMachineArn }): Metric[] =>
    stateMachineArn
      ? ["ExecutionsFailed", "ExecutionsTimedOut"].map((metric) => [
          "AWS/States",
          metric,
          "StateMachineArn",
          stateMachineArn,
          { label: `${name}: ${metric}`, stat: "Sum" },
        ])
      : [],
  );
  const width = GRID / 4;
  return [
    lines({
      title: "Failed and late",
      region,
      width,
      period: DAY,
      metrics: [...ofRuns("Failed"), ...ofRuns("Late"), ...executions],
    }),
    lines({ title: "In quarantine", region, width, period: DAY, metrics: ofRuns("Quarantined") }),
    lines({
      title: "Tasks at once",
      region,
      width,
      period: 300,
      metrics: [["ECS/ContainerInsights", "TaskCount", "ClusterName", cluster, { stat: "Maximum" }]],
    }),
    lines({
      title: "Dead letters",
      region,
      width,
      period: 300,
      metrics: [["AWS/SQS", "ApproximateNumberOfMessagesVisible", "QueueName", deadLetterQueue, { stat: "Maximum" }]],
    }),
  ];
}

function databaseGraphs({ region }: DashboardContent, { instance }: DatabaseMetrics): Widget[] {
  const graph = (title: string, metric: string, stat: string): Widget =>
    lines({
      title,
      region,
      width: GRID / 4,
      period: 300,
      metrics: [["AWS/RDS", metric, "DBInstanceIdentifier", instance, { stat }]],
    });
  return [
    graph("Database: CPU, %", "CPUUtilization", "Average"),
    graph("Database: free storage, bytes", "FreeStorageSpace", "Minimum"),
    graph("Database: free memory, bytes", "FreeableMemory", "Minimum"),
    graph("Database: connections", "DatabaseConnections", "Maximum"),
  ];
}

function warehouseGraphs({ region }: DashboardContent, warehouse: WarehouseMetrics): Widget[] {
  const graph = (title: string, period: number, metric: Metric): Widget =>
    lines({ title: `Warehouse: ${title}`, region, width: GRID / 3, period, metrics: [metric] });
  if (warehouse.kind === "provisioned") {
    const of = (metric: string, stat: string): Metric => [
      "AWS/Redshift",
      metric,
      "ClusterIdentifier",
      warehouse.cluster,
      { stat },
    ];
    return [
      graph("CPU, %", 300, of("CPUUtilization", "Average")),
      graph("storage, %", 300, of("PercentageDiskSpaceUsed", "Maximum")),
      graph("connections", 300, of("DatabaseConnections", "Maximum")),
    ];
  }
  const of = (metric: string, dimension: "Workgroup" | "Namespace", stat: string): Metric => [
    "AWS/Redshift-Serverless",
    metric,
    dimension,
    dimension === "Workgroup" ? warehouse.workgroup : warehouse.namespace,
    { stat },
  ];
  return [
    graph("RPU-seconds a day", DAY, of("ComputeSeconds", "Workgroup", "Sum")),
    graph("RPUs", 300, of("ComputeCapacity", "Workgroup", "Maximum")),
    graph("storage, MB", DAY, of("DataStorage", "Namespace", "Maximum")),
  ];
}

interface Lines {
  readonly title: string;
  readonly region: string;
  readonly width: number;
  /** Seconds. */
  readonly period: number;
  readonly metrics: readonly Metric[];
}

const lines = ({ title, region, width, period, metrics }: Lines): Widget => ({
  type: "metric",
  width,
  height: 6,
  properties: { title, region, view: "timeSeries", period, metrics, yAxis: { left: { min: 0 } } },
});
