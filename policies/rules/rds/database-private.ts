import { cis, fsbp } from "../../lib/frameworks.ts";
import { read } from "../../lib/read.ts";
import { resourceRule } from "../../lib/rule.ts";
import { DATABASES } from "../../lib/types.ts";

export const databasePrivate = resourceRule({
  name: "rds-database-private",
  title: "Databases have no public address",
  description: "No database can be reached from the internet, and each names its subnets.",
  rationale: "A public database is found and tried within minutes; without subnets it lands in the default VPC.",
  severity: "critical",
  frameworks: [fsbp("RDS.2"), cis("2.2.3")],
  remediation: "Set publiclyAccessible to false, and dbSubnetGroupName to a group of private subnets.",
  url: "https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_VPC.WorkingWithRDSInstanceinaVPC.html",
  types: DATABASES,
  check(database, report) {
    const isPublic = read(database.props, "publiclyAccessible");
    if (isPublic === true) {
      report(database, {
        problem: "can be reached from the internet",
        value: isPublic,
        allowed: "false",
        fix: "set publiclyAccessible",
      });
    }
    if (read(database.props, "dbSubnetGroupName") === undefined) {
      report(database, {
        problem: "does not say where it stands",
        allowed: "the name of a SubnetGroup",
        fix: "set dbSubnetGroupName",
      });
    }
  },
});
