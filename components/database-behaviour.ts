import { arn } from "./arns.ts";
import type { Context } from "./context.ts";
import type { Statement } from "./policy-document.ts";

/** https://www.postgresql.org/docs/17/runtime-config-logging.html; durations in milliseconds. */
export const PARAMETERS = [
  { name: "rds.force_ssl", value: "1" },
  { name: "log_connections", value: "1" },
  { name: "log_disconnections", value: "1" },
  { name: "log_lock_waits", value: "1" },
  { name: "log_min_duration_statement", value: "1000" },
  { name: "log_statement", value: "ddl" },
  { name: "idle_in_transaction_session_timeout", value: "600000" },
];

/** https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_Monitoring.OS.Enabling.html; the group's name is fixed by RDS. */
export const writeSystemMetrics = (context: Context): Statement[] => [
  {
    sid: "Group",
    actions: ["logs:CreateLogGroup", "logs:PutRetentionPolicy"],
    resources: arn(context, "logs", "log-group:RDSOSMetrics"),
  },
  {
    sid: "Streams",
    actions: ["logs:CreateLogStream", "logs:PutLogEvents", "logs:DescribeLogStreams", "logs:GetLogEvents"],
    resources: arn(context, "logs", "log-group:RDSOSMetrics:log-stream:*"),
  },
];
