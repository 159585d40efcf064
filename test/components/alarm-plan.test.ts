import assert from "node:assert/strict";
import { alarmArguments } from "../../components/alarm-arguments.ts";
import {
  type AlarmPlan,
  databaseAlarms,
  datasetAlarms,
  runsDaily,
  warehouseAlarms,
} from "../../components/alarm-plan.ts";

const MACHINE = "arn:aws:states:eu-west-1:123456789012:stateMachine:prices";

const called = (plans: readonly AlarmPlan[], what: string): AlarmPlan => {
  const found = plans.find((plan) => plan.what === what);
  assert(found, `no alarm is called ${what}`);
  return found;
};
const names = (plans: readonly AlarmPlan[]): string[] => plans.map(({ what }) => what);

describe("alarms of a dataset", () => {
  const plans = datasetAlarms("tidegate-prod", { dataset: "prices", cron: "15 0 * * ? *", stateMachineArn: MACHINE });
  const dimensions = { Platform: "tidegate-prod", Dataset: "prices" };

  it("are for failures, lateness and quarantine", () => {
    assert.deepEqual(names(plans), ["prices-failed", "prices-late", "prices-quarantine"]);
  });

  it("go off for any execution that failed", () => {
    const { of, above, period, periods, missing } = called(plans, "prices-failed");
    assert.deepEqual([above, period, periods, missing], [0, 300, 1, "notBreaching"]);
    assert.deepEqual(of, {
      namespace: "AWS/States",
      name: "ExecutionsFailed",
      dimensions: { StateMachineArn: MACHINE },
      statistic: "Sum",
    });
  });

  it("go off for what runs say of themselves where there is no state machine", () => {
    const [failed] = datasetAlarms("tidegate-prod", { dataset: "prices" });
    assert.deepEqual(failed?.of, { namespace: "Tidegate", name: "Failed", dimensions, statistic: "Maximum" });
  });

  it("take a day without a run as late when there is to be one each day, and only then", () => {
    const { of, above, period, missing } = called(plans, "prices-late");
    assert.deepEqual(of, { namespace: "Tidegate", name: "Late", dimensions, statistic: "Maximum" });
    assert.deepEqual([above, period, missing], [0, 86_400, "breaching"]);
    const weekly = datasetAlarms("p", { dataset: "prices", cron: "15 0 ? * MON *" });
    assert.equal(called(weekly, "prices-late").missing, "notBreaching");
    assert.equal(called(datasetAlarms("p", { dataset: "prices" }), "prices-late").missing, "notBreaching");
  });

  it("go off for the share of records in quarantine", () => {
    const { of, above } = called(plans, "prices-quarantine");
    assert(typeof of === "object" && "expression" in of);
    assert.equal(of.expression, "100 * quarantined / (rows + quarantined)");
    assert.deepEqual(
      Object.entries(of.metrics).map(([id, { name, dimensions: of }]) => [id, name, of]),
      [
        ["quarantined", "Quarantined", dimensions],
        ["rows", "Rows", dimensions],
      ],
    );
    assert.equal(above, 0.1);
    const strict = datasetAlarms("p", { dataset: "prices", quarantinePercent: 0 });
    assert.equal(called(strict, "prices-quarantine").above, 0);
  });
});

describe("a schedule with a start on each day", () => {
  const DAILY = ["15 0 * * ? *", "0/5 * ? * * *", "0 6 * * ?"];
  const RARER = ["0 6 ? * MON-FRI *", "0 6 1 * ? *", "0 6 * 1 ? *", "0 6 * * ? 2030", ""];
  for (const cron of DAILY) it(`is ${cron}`, () => assert.equal(runsDaily(cron), true));
  for (const cron of RARER) it(`is not ${cron || "nothing"}`, () => assert.equal(runsDaily(cron), false));
});

describe("alarms of a database", () => {
  const plans = databaseAlarms({ instance: "db", hasCredits: true }, { storage: 20 });

  it("watch its CPU, storage, memory, connections, disk and credits, for a quarter of an hour each", () => {
    const table = plans.map(({ what, of, above, below }) => [what, "name" in of && of.name, above, below]);
    assert.deepEqual(table, [
      ["database-cpu", "CPUUtilization", 80, undefined],
      ["database-storage", "FreeStorageSpace", undefined, 2 * 2 ** 30],
      ["database-memory", "FreeableMemory", undefined, 64 * 2 ** 20],
      ["database-connections", "DatabaseConnections", 60, undefined],
      ["database-io", "EBSIOBalance%", undefined, 20],
      ["database-credits", "CPUCreditBalance", undefined, 20],
    ]);
    for (const { of, period, periods } of plans) {
      assert.deepEqual([period, periods], [300, 3]);
      assert.deepEqual("dimensions" in of && of.dimensions, { DBInstanceIdentifier: "db" });
    }
  });

  it("take silence of the database as a failure, once", () => {
    const silent = plans.filter(({ missing }) => missing === "breaching");
    assert.deepEqual(names(silent), ["database-storage"]);
  });

  it("follow its size, and its class", () => {
    const large = databaseAlarms({ instance: "db", hasCredits: false }, { storage: 400, connections: 900 });
    assert.equal(called(large, "database-storage").below, 40 * 2 ** 30);
    assert.equal(called(large, "database-connections").above, 900);
    assert(!names(large).includes("database-credits"));
  });
});

describe("alarms of a warehouse", () => {
  const serverless = { kind: "serverless", workgroup: "wg", namespace: "ns", rpuHours: 60 } as const;

  it("go off for loads that keep failing, and for a tenth of a month's computing within a day", () => {
    const [failures, usage, ...none] = warehouseAlarms(serverless);
    assert.deepEqual(none, []);
    assert(failures && usage && "expression" in failures.of);
    assert.deepEqual(
      Object.values(failures.of.metrics).map(({ name, dimensions }) => [name, dimensions]),
      ["LOAD", "INSERT", "DELETE"].map((QueryType) => ["QueriesFailed", { Workgroup: "wg", QueryType }]),
    );
    assert.deepEqual([failures.what, failures.above, failures.period], ["warehouse-failures", 3, 3600]);
    assert.deepEqual(usage.of, {
      namespace: "AWS/Redshift-Serverless",
      name: "ComputeSeconds",
      dimensions: { Workgroup: "wg" },
      statistic: "Sum",
    });
    assert.deepEqual([usage.what, usage.above, usage.period], ["warehouse-usage", 21_600, 86_400]);
  });

  it("know no usage without a limit", () => {
    assert.deepEqual(names(warehouseAlarms({ ...serverless, rpuHours: undefined })), ["warehouse-failures"]);
  });

  it("watch the health, storage and CPU of a cluster, whose silence is a failure", () => {
    const plans = warehouseAlarms({ kind: "provisioned", cluster: "c" });
    assert.deepEqual(
      plans.map(({ what, of, above, below, missing }) => [what, "name" in of && of.name, above, below, missing]),
      [
        ["warehouse-health", "HealthStatus", undefined, 1, "breaching"],
        ["warehouse-storage", "PercentageDiskSpaceUsed", 80, undefined, "notBreaching"],
        ["warehouse-cpu", "CPUUtilization", 90, undefined, "notBreaching"],
      ],
    );
  });
});

describe("an alarm as CloudWatch takes it", () => {
  const plan: AlarmPlan = {
    what: "x",
    description: "Look at x",
    of: { namespace: "N", name: "M", statistic: "Minimum" },
    below: 5,
    period: 60,
    periods: 2,
    missing: "breaching",
  };

  it("has one metric, or an expression over several", () => {
    const common = {
      alarmDescription: "Look at x",
      comparisonOperator: "LessThanThreshold",
      threshold: 5,
      evaluationPeriods: 2,
      treatMissingData: "breaching",
      actionsEnabled: true,
    };
    assert.deepEqual(alarmArguments(plan), {
      ...common,
      namespace: "N",
      metricName: "M",
      period: 60,
      statistic: "Minimum",
    });
    const of = {
      expression: "a / 2",
      label: "Half",
      metrics: { a: { namespace: "N", name: "M", dimensions: { D: "d" }, statistic: "Sum" } },
    } as const;
    assert.deepEqual(alarmArguments({ ...plan, of }), {
      ...common,
      metricQueries: [
        { id: "result", expression: "a / 2", label: "Half", returnData: true },
        {
          id: "a",
          metric: { namespace: "N", metricName: "M", dimensions: { D: "d" }, period: 60, stat: "Sum" },
          returnData: false,
        },
      ],
    });
  });

  it("goes off above or below", () => {
    const { below: _, ...rest } = plan;
    const { comparisonOperator, threshold } = alarmArguments({ ...rest, above: 7 });
    assert.deepEqual([comparisonOperator, threshold], ["GreaterThanThreshold", 7]);
  });
});
