import type { PolicyResource } from "@pulumi/policy";
import { fsbp } from "../../lib/frameworks.ts";
import { ofType, referredTo } from "../../lib/join.ts";
import { hasParameter } from "../../lib/parameters.ts";
import { stackRule } from "../../lib/rule.ts";
import { WAREHOUSE_CLUSTERS, WAREHOUSE_PARAMETER_GROUPS, WORKGROUPS } from "../../lib/types.ts";

const YES = ["true", "1", "on"];

export const tlsRequired = stackRule({
  name: "redshift-tls-required",
  title: "Warehouses refuse connections without TLS",
  description: "Every warehouse requires TLS, in its own parameters or in a parameter group of the program.",
  rationale: "By default Redshift also takes plain connections; then passwords and rows can be read on the way.",
  severity: "high",
  frameworks: [fsbp("Redshift.2"), fsbp("RedshiftServerless.2")],
  remediation:
    "Set require_ssl to true: in configParameters of a Workgroup, in the ParameterGroup that is the clusterParameterGroupName of a Cluster.",
  url: "https://docs.aws.amazon.com/redshift/latest/mgmt/connecting-ssl-support.html",
  types: [...WORKGROUPS, ...WAREHOUSE_CLUSTERS],
  check(resources, report) {
    const requires = (subject: PolicyResource, list: string) => hasParameter(subject.props, list, "require_ssl", YES);
    for (const workgroup of ofType(resources, WORKGROUPS)) {
      if (requires(workgroup, "configParameters")) continue;
      report(workgroup, {
        problem: "takes connections without TLS",
        allowed: '{ parameterKey: "require_ssl", parameterValue: "true" } in configParameters',
        fix: "add it",
      });
    }
    for (const cluster of ofType(resources, WAREHOUSE_CLUSTERS)) {
      const groups = referredTo(cluster, "clusterParameterGroupName", WAREHOUSE_PARAMETER_GROUPS);
      if (groups.some((group) => requires(group, "parameters"))) continue;
      report(cluster, {
        problem: "takes connections without TLS",
        allowed: "a ParameterGroup of this program with require_ssl true as clusterParameterGroupName",
        fix: "add the parameter",
      });
    }
  },
});
