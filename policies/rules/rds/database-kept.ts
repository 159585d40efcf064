import { fsbp } from "../../lib/frameworks.ts";
import { isOther, read } from "../../lib/read.ts";
import { type Report, resourceRule, type Subject } from "../../lib/rule.ts";
import { DATABASES } from "../../lib/types.ts";

export const databaseKept = resourceRule({
  name: "rds-database-kept",
  title: "Databases can be brought back",
  description:
    "Every database has backups of some days; outside of environments for trying things out it cannot be deleted by mistake, nor without a last snapshot.",
  rationale: "A database whose backups go with it is gone with one wrong command.",
  severity: "high",
  frameworks: [fsbp("RDS.8"), fsbp("RDS.11")],
  remediation: "Set backupRetentionPeriod, deletionProtection, and skipFinalSnapshot to false.",
  url: "https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_DeleteInstance.html",
  types: DATABASES,
  options: {
    disposableEnvironments: {
      description: "Values of the tag Environment whose databases may go away with their stack.",
      default: ["dev", "test"],
    },
    minimumDays: { description: "Shortest time that backups are kept, in days.", default: 7 },
  },
  check(database, report, { minimumDays, disposableEnvironments }) {
    const days = read(database.props, "backupRetentionPeriod");
    if (isOther(days, ...(typeof days === "number" && days >= minimumDays ? [days] : []))) {
      report(database, {
        problem: "keeps its backups too short a time",
        value: days,
        allowed: `at least ${minimumDays} days`,
        fix: "set backupRetentionPeriod",
      });
    }
    const environment = read(database.props, "tags", "Environment");
    if (!disposableEnvironments.some((name) => name === environment)) checkDeletion(database, report);
  },
});

function checkDeletion(database: Subject, report: Report): void {
  const isProtected = read(database.props, "deletionProtection");
  if (isOther(isProtected, true)) {
    report(database, {
      problem: "can be deleted by mistake",
      value: isProtected,
      allowed: "true",
      fix: "set deletionProtection",
    });
  }
  if (read(database.props, "skipFinalSnapshot") === true) {
    report(database, {
      problem: "is deleted without a last snapshot",
      value: true,
      allowed: "false",
      fix: "remove skipFinalSnapshot",
    });
  }
}
