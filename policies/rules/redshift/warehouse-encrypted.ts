import { fsbp } from "../../lib/frameworks.ts";
import { isOther, read } from "../../lib/read.ts";
import { resourceRule } from "../../lib/rule.ts";
import { NAMESPACES, WAREHOUSE_CLUSTERS } from "../../lib/types.ts";

export const warehouseEncrypted = resourceRule({
  name: "redshift-warehouse-encrypted",
  title: "Warehouses encrypt with an own key",
  description: "Every warehouse encrypts what it stores with a customer managed KMS key.",
  rationale: "Only an own key can be refused to somebody who gets hold of a snapshot, and its use is logged.",
  severity: "high",
  frameworks: [fsbp("Redshift.10")],
  remediation: "Set kmsKeyId to the key's arn, and encrypted to true for a Cluster.",
  url: "https://docs.aws.amazon.com/redshift/latest/mgmt/working-with-db-encryption.html",
  types: [...NAMESPACES, ...WAREHOUSE_CLUSTERS],
  check(warehouse, report) {
    const encrypted = read(warehouse.props, "encrypted");
    const isCluster = WAREHOUSE_CLUSTERS.some((type) => type === warehouse.type);
    if (isCluster && isOther(encrypted, true, "true")) {
      report(warehouse, { problem: "is not encrypted", value: encrypted, allowed: "true", fix: "set encrypted" });
    }
    if (read(warehouse.props, "kmsKeyId") === undefined) {
      report(warehouse, {
        problem: "has no key of its own",
        allowed: "the arn of a customer managed key",
        fix: "set kmsKeyId",
      });
    }
  },
});
