import assert from "node:assert/strict";
import { Alerts } from "../../components/alerts.ts";
import type { Context } from "../../components/context.ts";
import { TaskRunner } from "../../components/task-runner.ts";
import { alertsArgs, parts, roleOf } from "../support/components.ts";
import { inputs, joined, made, recorded, statements } from "../support/pulumi.ts";

const alerts = (emails?: readonly string[], then: (made: Alerts, context: Context) => void = () => undefined) =>
  recorded(() => {
    const { context, key } = parts();
    const runner = new TaskRunner("runner", { context, key });
    then(new Alerts("alerts", { ...alertsArgs(context, key, runner), emails }), context);
  });

const QUEUE = "arn:aws:sqs:eu-west-1:123456789012:tidegate-test-dead-letters";
const TOPIC = "arn:aws:sns:eu-west-1:123456789012:tidegate-test-alerts";
const from = (source: string) => ({
  StringEquals: { "aws:SourceAccount": "123456789012" },
  ArnLike: { "aws:SourceArn": source },
});

describe("Alerts", () => {
  const CHILDREN = [
    "aws:cloudwatch/logMetricFilter:LogMetricFilter alerts-errors",
    "aws:cloudwatch/metricAlarm:MetricAlarm alerts-dead-letters-alarm",
    "aws:cloudwatch/metricAlarm:MetricAlarm alerts-errors-alarm",
    "aws:sns/topic:Topic alerts-topic",
    "aws:sns/topicPolicy:TopicPolicy alerts-topic-policy",
    "aws:sqs/queue:Queue alerts-dead-letters",
    "aws:sqs/queuePolicy:QueuePolicy alerts-dead-letters-policy",
    "tidegate:alerts:Alerts alerts",
  ];

  it("are a queue, a topic and two alarms", async () => {
    assert.deepEqual(
      made(await alerts()).filter((name) => name.includes("alerts")),
      CHILDREN,
    );
    assert.deepEqual(
      made(await alerts([])).filter((name) => name.includes("alerts")),
      CHILDREN,
    );
  });

  it("send mails to whoever is named", async () => {
    const recording = await alerts(["data@example.com", "ops@example.com"]);
    for (const endpoint of ["data@example.com", "ops@example.com"]) {
      const { topic: _, ...rest } = inputs(recording, `alerts-${endpoint}`);
      assert.deepEqual(rest, { protocol: "email", endpoint });
      assert.deepEqual(joined(recording, `alerts-${endpoint}`, "topic"), ["alerts-topic"]);
    }
  });

  it("keep failed starts for two weeks, encrypted, and refuse requests without TLS", async () => {
    const recording = await alerts();
    const { kmsMasterKeyId: _, ...queue } = inputs(recording, "alerts-dead-letters");
    assert.deepEqual(queue, { name: "tidegate-test-dead-letters", messageRetentionSeconds: 1_209_600 });
    assert.deepEqual(joined(recording, "alerts-dead-letters", "kmsMasterKeyId"), ["key-key"]);
    assert.deepEqual(joined(recording, "alerts-dead-letters-policy", "queueUrl"), ["alerts-dead-letters"]);
    assert.deepEqual(statements(recording, "alerts-dead-letters-policy"), [
      {
        Sid: "RulesOfThisStack",
        Effect: "Allow",
        Principal: { Service: "events.amazonaws.com" },
        Action: ["sqs:SendMessage"],
        Resource: QUEUE,
        Condition: from("arn:aws:events:eu-west-1:123456789012:rule/tidegate-test-*"),
      },
      {
        Sid: "DenyWithoutTls",
        Effect: "Deny",
        Principal: "*",
        Action: ["sqs:*"],
        Resource: QUEUE,
        Condition: { Bool: { "aws:SecureTransport": "false" } },
      },
    ]);
  });

  it("let only alarms, rules and budgets of the stack publish, with TLS", async () => {
    const recording = await alerts();
    const { kmsMasterKeyId: _, ...topic } = inputs(recording, "alerts-topic");
    assert.deepEqual(topic, { name: "tidegate-test-alerts", signatureVersion: 2 });
    assert.deepEqual(joined(recording, "alerts-topic", "kmsMasterKeyId"), ["key-key"]);
    const publish = (Sid: string, Service: string, source: string) => ({
      Sid,
      Effect: "Allow",
      Principal: { Service },
      Action: ["sns:Publish"],
      Resource: TOPIC,
      Condition: from(source),
    });
    assert.deepEqual(statements(recording, "alerts-topic-policy"), [
      publish(
        "AlarmsOfThisStack",
        "cloudwatch.amazonaws.com",
        "arn:aws:cloudwatch:eu-west-1:123456789012:alarm:tidegate-test-*",
      ),
      publish("RulesOfThisStack", "events.amazonaws.com", "arn:aws:events:eu-west-1:123456789012:rule/tidegate-test-*"),
      publish("BudgetsOfThisStack", "budgets.amazonaws.com", "arn:aws:budgets::123456789012:budget/tidegate-test-*"),
      {
        Sid: "DenyWithoutTls",
        Effect: "Deny",
        Principal: "*",
        Action: ["sns:Publish"],
        Resource: TOPIC,
        Condition: { Bool: { "aws:SecureTransport": "false" } },
      },
    ]);
  });

  it("go off for any failed start and any error line, and tell the topic", async () => {
    const recording = await alerts();
    const alarm = (name: string) => {
      const { alarmActions: _, okActions: __, dimensions: ___, ...rest } = inputs(recording, name);
      assert.deepEqual(joined(recording, name, "alarmActions"), ["alerts-topic"]);
      assert.deepEqual(joined(recording, name, "okActions"), ["alerts-topic"]);
      return rest;
    };
    const common = {
      comparisonOperator: "GreaterThanThreshold",
      threshold: 0,
      period: 300,
      evaluationPeriods: 1,
      treatMissingData: "notBreaching",
      actionsEnabled: true,
    };
    assert.deepEqual(alarm("alerts-dead-letters-alarm"), {
      ...common,
      name: "tidegate-test-dead-letters",
      alarmDescription: "Something could not be started: look at the messages in the dead-letter queue",
      namespace: "AWS/SQS",
      metricName: "ApproximateNumberOfMessagesVisible",
      statistic: "Maximum",
    });
    assert.deepEqual(joined(recording, "alerts-dead-letters-alarm", "dimensions"), ["alerts-dead-letters"]);
    assert.deepEqual(alarm("alerts-errors-alarm"), {
      ...common,
      name: "tidegate-test-errors",
      alarmDescription: "A task wrote an error: look at the log group of the tasks",
      namespace: "tidegate/test/tasks",
      metricName: "ErrorLines",
      statistic: "Sum",
    });
    const { logGroupName: _, ...filter } = inputs(recording, "alerts-errors");
    assert.deepEqual(filter, {
      name: "error-lines",
      pattern: '{ $.level = "error" }',
      metricTransformation: { namespace: "tidegate/test/tasks", name: "ErrorLines", value: "1", unit: "Count" },
    });
    assert.deepEqual(joined(recording, "alerts-errors", "logGroupName"), ["runner-logs"]);
  });

  it("watch datasets, databases and warehouses, and tell the topic", async () => {
    const recording = await alerts([], (made) => {
      made.watchDataset({ dataset: "prices" });
      made.watchDatabase({ instance: "db", hasCredits: false }, { storage: 20 });
      made.watchWarehouse({ kind: "provisioned", cluster: "c" });
      assert(made.nodes.alarms["prices-late"]);
    });
    const watched = made(recording)
      .filter((name) => name.includes("MetricAlarm"))
      .map((name) => name.split(" ")[1] ?? "");
    assert.deepEqual(watched, [
      "alerts-database-connections-alarm",
      "alerts-database-cpu-alarm",
      "alerts-database-io-alarm",
      "alerts-database-memory-alarm",
      "alerts-database-storage-alarm",
      "alerts-dead-letters-alarm",
      "alerts-errors-alarm",
      "alerts-prices-failed-alarm",
      "alerts-prices-late-alarm",
      "alerts-prices-quarantine-alarm",
      "alerts-warehouse-cpu-alarm",
      "alerts-warehouse-health-alarm",
      "alerts-warehouse-storage-alarm",
    ]);
    for (const name of watched) assert.deepEqual(joined(recording, name, "alarmActions"), ["alerts-topic"], name);
    const late = inputs(recording, "alerts-prices-late-alarm");
    assert.equal(late.name, "tidegate-test-prices-late");
    assert.deepEqual(late.dimensions, { Platform: "tidegate-test", Dataset: "prices" });
  });

  it("grant filling the queue", async () => {
    const recording = await alerts([], (made, context) => made.grantDeadLetter(roleOf(context)));
    const [send, encrypt] = statements(recording, "someone-send-dead-letters");
    assert.deepEqual([send?.Action, send?.Resource], [["sqs:SendMessage"], QUEUE]);
    assert.deepEqual(encrypt, {
      Sid: "EncryptThroughSqs",
      Effect: "Allow",
      Action: ["kms:Decrypt", "kms:GenerateDataKey"],
      Resource: "arn:aws:kms:eu-west-1:123456789012:key/*",
      Condition: {
        StringEquals: { "kms:ViaService": "sqs.eu-west-1.amazonaws.com" },
        "ForAnyValue:StringEquals": { "kms:ResourceAliases": "alias/tidegate-test-key" },
      },
    });
  });
});
