import { fsbp } from "../../lib/frameworks.ts";
import { checkPassword } from "../../lib/passwords.ts";
import { isOther, read } from "../../lib/read.ts";
import { resourceRule } from "../../lib/rule.ts";
import { DATABASES } from "../../lib/types.ts";

const NAMES = {
  managed: "manageMasterUserPassword",
  key: "masterUserSecretKmsKeyId",
  own: ["password", "passwordWo"],
};

export const databasePasswordManaged = resourceRule({
  name: "rds-password-managed",
  title: "Nobody chooses the password of a database",
  description:
    "AWS makes and rotates the administrator's password of every database, and everybody else can sign in with IAM instead of one.",
  rationale:
    "A password that a program sets is in its configuration and its state; tokens of IAM end after 15 minutes.",
  severity: "high",
  frameworks: [fsbp("RDS.10")],
  remediation: "Set manageMasterUserPassword, masterUserSecretKmsKeyId and iamDatabaseAuthenticationEnabled.",
  url: "https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/rds-secrets-manager.html",
  types: DATABASES,
  check(database, report) {
    checkPassword(database, NAMES, report);
    const signIn = read(database.props, "iamDatabaseAuthenticationEnabled");
    if (isOther(signIn, true)) {
      report(database, {
        problem: "has passwords for everybody",
        value: signIn,
        allowed: "true",
        fix: "set iamDatabaseAuthenticationEnabled",
      });
    }
  },
});
