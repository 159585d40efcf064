import { cis, fsbp } from "../../lib/frameworks.ts";
import { isOther, read } from "../../lib/read.ts";
import { resourceRule } from "../../lib/rule.ts";
import { DATABASES } from "../../lib/types.ts";

export const databaseEncrypted = resourceRule({
  name: "rds-database-encrypted",
  title: "Databases encrypt with an own key",
  description:
    "Every database encrypts what it stores, and what Performance Insights keeps of it, with a customer managed KMS key.",
  rationale:
    "Encryption cannot be switched on later; Performance Insights keeps the text of queries with their values.",
  severity: "high",
  frameworks: [fsbp("RDS.3"), cis("2.2.1")],
  remediation: "Set storageEncrypted and kmsKeyId, and performanceInsightsKmsKeyId where performance insights are on.",
  url: "https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/Overview.Encryption.html",
  types: DATABASES,
  check(database, report) {
    const encrypted = read(database.props, "storageEncrypted");
    if (isOther(encrypted, true)) {
      report(database, { problem: "is not encrypted", value: encrypted, allowed: "true", fix: "set storageEncrypted" });
    }
    const hasInsights = read(database.props, "performanceInsightsEnabled") === true;
    for (const name of ["kmsKeyId", ...(hasInsights ? ["performanceInsightsKmsKeyId"] : [])]) {
      if (read(database.props, name) !== undefined) continue;
      report(database, {
        problem: `has no key of its own in ${name}`,
        allowed: "the arn of a customer managed key",
        fix: `set ${name}`,
      });
    }
  },
});
