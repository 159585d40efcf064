import assert from "node:assert/strict";
import { Dashboard } from "../../components/dashboard.ts";
import { type DashboardContent, dashboardBody } from "../../components/dashboard-body.ts";
import { parts } from "../support/components.ts";
import { inputs, json, made, recorded } from "../support/pulumi.ts";

const CONTENT: DashboardContent = {
  title: "tidegate, test",
  region: "eu-west-1",
  platform: "tidegate-test",
  datasets: [{ name: "prices", stateMachineArn: "arn:machine" }, { name: "candles" }],
  cluster: "tidegate-test-tasks",
  deadLetterQueue: "tidegate-test-dead-letters",
};
const DATABASE = { instance: "db", hasCredits: true };
const SERVERLESS = { kind: "serverless", workgroup: "wg", namespace: "ns", rpuHours: 60 } as const;

interface Graph {
  readonly title: string;
  readonly metrics: readonly unknown[][];
  readonly period: number;
  readonly region: string;
}

const graphs = (content: DashboardContent): Graph[] =>
  dashboardBody(content)
    .widgets.filter(({ type }) => type === "metric")
    .map(({ properties }) => properties as unknown as Graph);

function graph(content: DashboardContent, title: string): Graph {
  const found = graphs(content).find((each) => each.title === title);
  assert(found, `no graph is called ${title}`);
  return found;
}

describe("the body of a dashboard", () => {
  it("has a line for each dataset in each of its graphs", () => {
    const shown = (metric: string, name: string, stat: string) => [
      "Tidegate",
      metric,
      "Platform",
      "tidegate-test",
      "Dataset",
      name,
      { label: name, stat },
    ];
    const expected: [string, string, string][] = [
      ["Rows", "Rows", "Maximum"],
      ["New rows a day", "NewRows", "Sum"],
      ["Requests a day", "Requests", "Sum"],
      ["Age of the newest record, seconds", "AgeOfNewestSeconds", "Minimum"],
    ];
    for (const [title, metric, stat] of expected) {
      const { metrics, period, region } = graph(CONTENT, title);
      assert.deepEqual(metrics, [shown(metric, "prices", stat), shown(metric, "candles", stat)]);
      assert.deepEqual([period, region], [86_400, "eu-west-1"]);
    }
  });

  it("shows failures of runs and of executions", () => {
    const { metrics } = graph(CONTENT, "Failed and late");
    assert.deepEqual(
      metrics.map(([namespace, metric, , , , dataset]) => [namespace, metric, namespace === "Tidegate" && dataset]),
      [
        ["Tidegate", "Failed", "prices"],
        ["Tidegate", "Failed", "candles"],
        ["Tidegate", "Late", "prices"],
        ["Tidegate", "Late", "candles"],
        ["AWS/States", "ExecutionsFailed", false],
        ["AWS/States", "ExecutionsTimedOut", false],
      ],
    );
    assert.deepEqual(metrics[4]?.slice(2, 4), ["StateMachineArn", "arn:machine"]);
  });

  it("shows tasks, dead letters and where the cost is", () => {
    assert.deepEqual(graph(CONTENT, "Tasks at once").metrics[0]?.slice(0, 4), [
      "ECS/ContainerInsights",
      "TaskCount",
      "ClusterName",
      "tidegate-test-tasks",
    ]);
    assert.deepEqual(graph(CONTENT, "Dead letters").metrics[0]?.slice(0, 4), [
      "AWS/SQS",
      "ApproximateNumberOfMessagesVisible",
      "QueueName",
      "tidegate-test-dead-letters",
    ]);
    const [heading] = dashboardBody(CONTENT).widgets;
    assert.equal(heading?.type, "text");
    assert.match(String(heading?.properties.markdown), /^# tidegate, test\n\[Cost\]\(https:\/\/console\.aws/);
  });

  it("shows database and warehouse when there are any", () => {
    const titles = (content: DashboardContent) => graphs(content).map(({ title }) => title);
    assert(!titles(CONTENT).some((title) => /Database|Warehouse/.test(title)));
    const both = { ...CONTENT, database: DATABASE, warehouse: SERVERLESS };
    assert.deepEqual(
      titles(both).filter((title) => /Database|Warehouse/.test(title)),
      [
        "Database: CPU, %",
        "Database: free storage, bytes",
        "Database: free memory, bytes",
        "Database: connections",
        "Warehouse: RPU-seconds a day",
        "Warehouse: RPUs",
        "Warehouse: storage, MB",
      ],
    );
    assert.deepEqual(graph(both, "Warehouse: storage, MB").metrics[0]?.slice(2, 4), ["Namespace", "ns"]);
    const cluster = { ...CONTENT, warehouse: { kind: "provisioned", cluster: "c" } as const };
    assert.deepEqual(graph(cluster, "Warehouse: storage, %").metrics[0]?.slice(0, 4), [
      "AWS/Redshift",
      "PercentageDiskSpaceUsed",
      "ClusterIdentifier",
      "c",
    ]);
  });

  it("places its widgets within the grid, none upon another", () => {
    const { widgets } = dashboardBody({ ...CONTENT, database: DATABASE, warehouse: SERVERLESS });
    const taken = new Set<string>();
    for (const { x, y, width, height } of widgets) {
      assert(x + width <= 24);
      for (let column = x; column < x + width; column++)
        for (let row = y; row < y + height; row++) {
          assert(!taken.has(`${column},${row}`), `two widgets at ${column},${row}`);
          taken.add(`${column},${row}`);
        }
    }
  });

  it("stays within what CloudWatch takes at 100 datasets", () => {
    const name = (index: number) => `dataset_with_a_long_name_${index}`;
    const datasets = Array.from({ length: 100 }, (_, index) => ({
      name: name(index),
      stateMachineArn: `arn:aws:states:eu-west-1:123456789012:stateMachine:tidegate-test-${name(index)}`,
    }));
    const body = dashboardBody({ ...CONTENT, datasets, database: DATABASE, warehouse: SERVERLESS });
    assert(body.widgets.length <= 500);
    const counts = graphs({ ...CONTENT, datasets }).map(({ metrics }) => metrics.length);
    assert(Math.max(...counts) <= 500, `${Math.max(...counts)} metrics in one graph`);
    assert(counts.reduce((sum, count) => sum + count, 0) <= 2500);
  });
});

describe("Dashboard", () => {
  it("is one dashboard, whose body is known at preview", async () => {
    const recording = await recorded(() => {
      const { context } = parts();
      const { datasets, cluster, deadLetterQueue } = CONTENT;
      new Dashboard("dashboard", { context, datasets, cluster, deadLetterQueue, database: DATABASE });
    });
    assert.deepEqual(
      made(recording).filter((name) => name.includes("ashboard")),
      ["aws:cloudwatch/dashboard:Dashboard dashboard-dashboard", "tidegate:alerts:Dashboard dashboard"],
    );
    assert.equal(inputs(recording, "dashboard-dashboard").dashboardName, "tidegate-test-overview");
    const body = json(recording, "dashboard-dashboard", "dashboardBody");
    assert.deepEqual(body, JSON.parse(JSON.stringify(dashboardBody({ ...CONTENT, database: DATABASE }))));
  });
});
