import { read, UNKNOWN } from "../../lib/read.ts";
import { resourceRule } from "../../lib/rule.ts";
import { SCHEDULES } from "../../lib/types.ts";

const RETRY = ["target", "retryPolicy"];

export const scheduleExplicit = resourceRule({
  name: "scheduler-schedule-explicit",
  title: "Schedules say when, and for how long they try",
  description: "Every schedule names its time zone, and how often and for how long a failed start is tried again.",
  rationale: "By default a start is tried 185 times in a day: an old run could begin in the middle of the next one.",
  severity: "low",
  frameworks: [],
  remediation:
    "Set scheduleExpressionTimezone, and maximumRetryAttempts and maximumEventAgeInSeconds of target.retryPolicy.",
  url: "https://docs.aws.amazon.com/scheduler/latest/APIReference/API_RetryPolicy.html",
  types: SCHEDULES,
  options: {
    maximumAttempts: { description: "Most retries of a start.", default: 20 },
    maximumSeconds: { description: "Longest time that a start is tried, in seconds.", default: 21_600 },
  },
  check(schedule, report, { maximumAttempts, maximumSeconds }) {
    const zone = read(schedule.props, "scheduleExpressionTimezone");
    if (zone === undefined || zone === "") {
      report(schedule, {
        problem: "has no time zone",
        allowed: 'a name such as "UTC" or "America/New_York"',
        fix: "set scheduleExpressionTimezone",
      });
    }
    const limits = { maximumRetryAttempts: maximumAttempts, maximumEventAgeInSeconds: maximumSeconds };
    for (const [name, limit] of Object.entries(limits)) {
      const value = read(schedule.props, ...RETRY, name);
      if (value === UNKNOWN || (typeof value === "number" && value <= limit)) continue;
      report(schedule, {
        problem: `does not bound ${name}`,
        value,
        allowed: `at most ${limit}`,
        fix: `set ${[...RETRY, name].join(".")}`,
      });
    }
  },
});
