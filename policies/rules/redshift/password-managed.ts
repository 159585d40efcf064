import { checkPassword } from "../../lib/passwords.ts";
import { resourceRule } from "../../lib/rule.ts";
import { NAMESPACES, WAREHOUSE_CLUSTERS } from "../../lib/types.ts";

const OF_NAMESPACE = {
  managed: "manageAdminPassword",
  key: "adminPasswordSecretKmsKeyId",
  own: ["adminUserPassword", "adminUserPasswordWo"],
};
const OF_CLUSTER = {
  managed: "manageMasterPassword",
  key: "masterPasswordSecretKmsKeyId",
  own: ["masterPassword", "masterPasswordWo"],
};

export const warehousePasswordManaged = resourceRule({
  name: "redshift-password-managed",
  title: "Nobody chooses the password of a warehouse",
  description:
    "AWS makes and rotates the administrator's password of every warehouse, in a secret under a customer managed KMS key.",
  rationale: "A password that a program sets is in its configuration and its state, and stays the same for years.",
  severity: "high",
  frameworks: [],
  remediation:
    "Set manageAdminPassword and adminPasswordSecretKmsKeyId of a Namespace, manageMasterPassword and masterPasswordSecretKmsKeyId of a Cluster.",
  url: "https://docs.aws.amazon.com/redshift/latest/mgmt/redshift-secrets-manager-integration.html",
  types: [...NAMESPACES, ...WAREHOUSE_CLUSTERS],
  check(warehouse, report) {
    const isNamespace = NAMESPACES.some((type) => type === warehouse.type);
    checkPassword(warehouse, isNamespace ? OF_NAMESPACE : OF_CLUSTER, report);
  },
});
