import { GetSecretValueCommand, SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { secretFromEnvironment } from "../environment.ts";
import { administer, parseAdministration } from "../load/administration.ts";
import { errand } from "./errand.ts";

/**
 * Prepares a database for those who sign in with tokens. TIDEGATE_ADMINISTRATION says what there is to do, see
 * `Administration`.
 */
errand(async (log) => {
  const client = new SecretsManagerClient();
  const task = parseAdministration(secretFromEnvironment("TIDEGATE_ADMINISTRATION"));
  log("info", "started", { host: task.host, database: task.database });
  await administer(task, {
    readSecret: async (arn) => (await client.send(new GetSecretValueCommand({ SecretId: arn }))).SecretString,
    authorities: secretFromEnvironment("TIDEGATE_DATABASE_CA"),
    signal: AbortSignal.timeout(120_000),
  });
  log("info", "done", { host: task.host, database: task.database });
});
