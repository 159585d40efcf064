import { ofType, referredTo } from "../../lib/join.ts";
import { read } from "../../lib/read.ts";
import { stackRule } from "../../lib/rule.ts";
import { ALARMS, TOPICS } from "../../lib/types.ts";

export const alarmNotifies = stackRule({
  name: "cloudwatch-alarm-notifies",
  title: "Alarms tell somebody",
  description: "Every alarm has its actions on, and one of them is a topic of the same stack.",
  rationale: "An alarm that only changes colour is seen when the data has been missing for days.",
  severity: "medium",
  frameworks: [],
  remediation: "Add the arn of a Topic of the program to alarmActions, and do not set actionsEnabled to false.",
  url: "https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/Notify_Users_Alarm_Changes.html",
  types: ALARMS,
  check(resources, report) {
    for (const alarm of ofType(resources, ALARMS)) {
      if (referredTo(alarm, "alarmActions", TOPICS).length === 0) {
        report(alarm, {
          problem: "tells nobody",
          allowed: "the arn of a Topic of this program",
          fix: "add it to alarmActions",
        });
      }
      if (read(alarm.props, "actionsEnabled") === false) {
        report(alarm, {
          problem: "has its actions switched off",
          value: false,
          allowed: "true",
          fix: "remove actionsEnabled",
        });
      }
    }
  },
});
