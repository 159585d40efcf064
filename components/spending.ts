import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { UserError } from "../runtime/dataset/index.ts";
import type { Alerts } from "./alerts.ts";
import type { Context } from "./context.ts";
import { type Transform, transformed } from "./transform.ts";

export interface SpendingArgs {
  readonly context: Context;
  /** Its topic is told. */
  readonly alerts: Alerts;
  /** What a month may cost, USD. */
  readonly monthlyUsd: number;
  /** Get a mail as well; no more than ten. @default nobody but who the topic tells */
  readonly emails?: readonly string[] | undefined;
  /** What everything of the platform is tagged with, and nothing else. @example { key: "Platform", value: "tidegate-prod" } */
  readonly tag: { readonly key: string; readonly value: string };
  readonly transform?: { readonly budget?: Transform<aws.budgets.BudgetArgs> } | undefined;
}

/** Most mail addresses that one notification takes. https://docs.aws.amazon.com/cost-management/latest/userguide/budgets-best-practices.html */
const MOST_EMAILS = 10;

const NOTICES = [
  { notificationType: "ACTUAL", threshold: 80 },
  { notificationType: "ACTUAL", threshold: 100 },
  { notificationType: "FORECASTED", threshold: 100 },
] as const;

/**
 * Says when a platform costs more in a month than it should: at 80 and 100 percent, and as soon as the forecast is above it.
 * The tag has to be activated once for each organisation, in Billing, under cost allocation tags; until then nothing is counted.
 * @example
 * new Spending("spending", { context, alerts, monthlyUsd: 50, tag: { key: "Platform", value: "tidegate-prod" } });
 *
 * **Cost**: none; budgets that only notify are free.
 *
 * **Security**: tells the topic of the alerts, which admits budgets of this stack alone. It stops nothing by itself.
 */
export class Spending extends pulumi.ComponentResource {
  readonly nodes: { readonly budget: aws.budgets.Budget };

  constructor(name: string, args: SpendingArgs, opts: pulumi.ComponentResourceOptions = {}) {
    refuseImpossible(args);
    super("tidegate:alerts:Spending", name, {}, opts);
    const { context, alerts, tag, emails = [] } = args;
    const budget = new aws.budgets.Budget(
      `${name}-budget`,
      transformed(
        {
          name: context.name("budget", "monthly"),
          budgetType: "COST",
          timeUnit: "MONTHLY",
          limitAmount: args.monthlyUsd.toFixed(2),
          limitUnit: "USD",
          costFilters: [{ name: "TagKeyValue", values: [`user:${tag.key}$${tag.value}`] }],
          notifications: NOTICES.map((notice) => ({
            ...notice,
            thresholdType: "PERCENTAGE",
            comparisonOperator: "GREATER_THAN",
            subscriberSnsTopicArns: [alerts.topicArn],
            subscriberEmailAddresses: [...emails],
          })),
        },
        args.transform?.budget,
      ),
      { parent: this, dependsOn: alerts.nodes.topicPolicy },
    );
    this.nodes = { budget };
    this.registerOutputs();
  }
}

function refuseImpossible({ monthlyUsd, emails = [] }: SpendingArgs): void {
  const faults = [];
  if (!(monthlyUsd > 0))
    faults.push({ path: "monthlyUsd", problem: "is no budget", value: monthlyUsd, allowed: "more than 0 USD" });
  if (emails.length > MOST_EMAILS)
    faults.push({ path: "emails", problem: "are too many", value: emails.length, allowed: `${MOST_EMAILS}` });
  if (faults.length > 0) throw new UserError("this budget cannot be made:", faults);
}
