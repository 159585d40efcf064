import { isOther, read, readList, UNKNOWN } from "../../lib/read.ts";
import { resourceRule } from "../../lib/rule.ts";
import { BUDGETS } from "../../lib/types.ts";

export const budgetNotifies = resourceRule({
  name: "budgets-budget-notifies",
  title: "Budgets warn in time",
  description: "Every budget tells somebody when the forecast passes it, before the money is spent.",
  rationale: "A budget that only warns of what was spent warns too late, and one without a subscriber not at all.",
  severity: "low",
  frameworks: [],
  remediation: "Add a notification of type FORECASTED with a topic or mail address.",
  url: "https://docs.aws.amazon.com/cost-management/latest/userguide/budgets-best-practices.html",
  types: BUDGETS,
  check(budget, report) {
    const notifications = readList(budget.props, "notifications");
    if (notifications === UNKNOWN || notifications.includes(UNKNOWN)) return;
    if (notifications.some((one) => isForecast(one) && hasSubscriber(one))) return;
    report(budget, {
      problem: "tells nobody when the forecast passes it",
      allowed: "a notification of type FORECASTED with a subscriber",
      fix: "add one to notifications",
    });
  },
});

const isForecast = (notification: unknown): boolean => !isOther(read(notification, "notificationType"), "FORECASTED");

const hasSubscriber = (notification: unknown): boolean =>
  ["subscriberSnsTopicArns", "subscriberEmailAddresses"].some((name) => {
    const subscribers = readList(notification, name);
    return subscribers === UNKNOWN || subscribers.length > 0;
  });
