import { fsbp } from "../../lib/frameworks.ts";
import { isOther, read } from "../../lib/read.ts";
import { resourceRule } from "../../lib/rule.ts";
import { WAREHOUSE_CLUSTERS, WORKGROUPS } from "../../lib/types.ts";

export const warehousePrivate = resourceRule({
  name: "redshift-warehouse-private",
  title: "Warehouses stay within the network",
  description: "No warehouse has a public address, and what it reads and writes goes through the VPC.",
  rationale:
    "A public endpoint is tried by everybody; traffic beside the VPC passes its endpoints and their policies by.",
  severity: "critical",
  frameworks: [fsbp("Redshift.1"), fsbp("Redshift.7"), fsbp("RedshiftServerless.1"), fsbp("RedshiftServerless.3")],
  remediation: "Set publiclyAccessible to false and enhancedVpcRouting to true.",
  url: "https://docs.aws.amazon.com/redshift/latest/mgmt/enhanced-vpc-routing.html",
  types: [...WORKGROUPS, ...WAREHOUSE_CLUSTERS],
  check(warehouse, report) {
    const isPublic = read(warehouse.props, "publiclyAccessible");
    if (isPublic === true) {
      report(warehouse, {
        problem: "can be reached from the internet",
        value: isPublic,
        allowed: "false",
        fix: "set publiclyAccessible",
      });
    }
    const routing = read(warehouse.props, "enhancedVpcRouting");
    if (isOther(routing, true)) {
      report(warehouse, {
        problem: "reads and writes beside the VPC",
        value: routing,
        allowed: "true",
        fix: "set enhancedVpcRouting",
      });
    }
  },
});
