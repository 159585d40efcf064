import { fsbp } from "../../lib/frameworks.ts";
import { attachedTo, ofType } from "../../lib/join.ts";
import { knownList, readList, UNKNOWN } from "../../lib/read.ts";
import { type Report, type Subject, stackRule } from "../../lib/rule.ts";
import { NAMESPACES, WAREHOUSE_CLUSTERS, WAREHOUSE_LOGGINGS } from "../../lib/types.ts";

export const warehouseLogged = stackRule({
  name: "redshift-warehouse-logged",
  title: "Warehouses keep audit logs",
  description: "Every warehouse exports who connected, who was changed and what was asked.",
  rationale: "Redshift keeps such records for a few days only, where the administrator can reach them.",
  severity: "medium",
  frameworks: [fsbp("Redshift.4"), fsbp("RedshiftServerless.6")],
  remediation:
    "Set logExports of a Namespace, or add a Logging for a Cluster, with all of the logs that the rule names.",
  url: "https://docs.aws.amazon.com/redshift/latest/mgmt/db-auditing.html",
  types: [...NAMESPACES, ...WAREHOUSE_CLUSTERS],
  options: {
    logs: { description: "Logs that have to be exported.", default: ["connectionlog", "useractivitylog", "userlog"] },
  },
  check(resources, report, { logs }) {
    for (const namespace of ofType(resources, NAMESPACES)) checkExports(namespace, namespace, logs, report);
    for (const cluster of ofType(resources, WAREHOUSE_CLUSTERS)) {
      const loggings = attachedTo(cluster, resources, WAREHOUSE_LOGGINGS, "clusterIdentifier");
      if (loggings.length === 0) {
        report(cluster, {
          problem: "keeps no audit logs",
          allowed: "a Logging whose clusterIdentifier is this cluster's",
          fix: `add one with logExports ${logs.join(", ")}`,
        });
      }
      for (const logging of loggings) checkExports(cluster, logging, logs, report);
    }
  },
});

function checkExports(warehouse: Subject, { props }: Subject, logs: readonly string[], report: Report): void {
  const exported = readList(props, "logExports");
  if (exported === UNKNOWN || exported.includes(UNKNOWN)) return;
  const missing = logs.filter((log) => !knownList(props, "logExports").includes(log));
  if (missing.length === 0) return;
  report(warehouse, {
    problem: `does not export ${missing.join(", ")}`,
    value: exported,
    allowed: logs.join(", "),
    fix: "add them to logExports",
  });
}
