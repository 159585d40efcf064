import assert from "node:assert/strict";
import { Alerts } from "../../components/alerts.ts";
import { Spending, type SpendingArgs } from "../../components/spending.ts";
import { TaskRunner } from "../../components/task-runner.ts";
import { alertsArgs, parts } from "../support/components.ts";
import { inputs, joined, made, recorded, resource } from "../support/pulumi.ts";

const spending = (given: Partial<SpendingArgs> = {}) =>
  recorded(() => {
    const { context, key } = parts();
    const runner = new TaskRunner("runner", { context, key });
    const alerts = new Alerts("alerts", alertsArgs(context, key, runner));
    const tag = { key: "Platform", value: "tidegate-test" };
    new Spending("spending", { context, alerts, monthlyUsd: 50, tag, ...given });
  });

describe("Spending", () => {
  it("is one budget of a month, for what carries the platform's tag", async () => {
    const recording = await spending();
    assert.deepEqual(
      made(recording).filter((name) => name.includes("spending")),
      ["aws:budgets/budget:Budget spending-budget", "tidegate:alerts:Spending spending"],
    );
    const { notifications: _, ...budget } = inputs(recording, "spending-budget");
    assert.deepEqual(budget, {
      name: "tidegate-test-monthly",
      budgetType: "COST",
      timeUnit: "MONTHLY",
      limitAmount: "50.00",
      limitUnit: "USD",
      costFilters: [{ name: "TagKeyValue", values: ["user:Platform$tidegate-test"] }],
    });
  });

  it("tells the topic and people at 80 and 100 percent, and when the forecast is above it", async () => {
    const recording = await spending({ emails: ["data@example.com"] });
    const notices = inputs(recording, "spending-budget").notifications as Record<string, unknown>[];
    assert.deepEqual(
      notices.map(({ subscriberSnsTopicArns: _, ...rest }) => rest),
      [
        ["ACTUAL", 80],
        ["ACTUAL", 100],
        ["FORECASTED", 100],
      ].map(([notificationType, threshold]) => ({
        notificationType,
        threshold,
        thresholdType: "PERCENTAGE",
        comparisonOperator: "GREATER_THAN",
        subscriberEmailAddresses: ["data@example.com"],
      })),
    );
    assert.deepEqual(joined(recording, "spending-budget", "notifications"), ["alerts-topic"]);
    const waits = resource(recording, "spending-budget").dependencies.map((urn) => urn.split("::").at(-1));
    assert(waits.includes("alerts-topic-policy"), "the topic does not admit budgets yet");
  });

  it("refuses a budget of nothing and more people than a notification takes, both at once", async () => {
    const emails = Array.from({ length: 11 }, (_, index) => `${index}@example.com`);
    await assert.rejects(spending({ monthlyUsd: 0, emails }), /monthlyUsd: .*\(got 0\)(.|\n)*emails: .*\(got 11\)/);
  });
});
