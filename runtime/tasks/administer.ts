import { GetSecretValueCommand, SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { messageOf, UserError } from "../dataset/errors.ts";
import { secretFromEnvironment } from "../environment.ts";
import { administer, parseAdministration } from "../load/administration.ts";
import { createLog } from "./log.ts";

/**
 * The cloud task that prepares a database for those who sign in with tokens. TIDEGATE_ADMINISTRATION says what there is to do, see
 * `Administration`; exit code 1 when it could not be done.
 */
async function main(): Promise<number> {
  const log = createLog(process.stdout);
  const client = new SecretsManagerClient();
  try {
    const task = parseAdministration(secretFromEnvironment("TIDEGATE_ADMINISTRATION"));
    log("info", "started", { host: task.host, database: task.database });
    await administer(task, {
      readSecret: async (arn) => (await client.send(new GetSecretValueCommand({ SecretId: arn }))).SecretString,
      authorities: secretFromEnvironment("TIDEGATE_DATABASE_CA"),
      signal: AbortSignal.timeout(120_000),
    });
    log("info", "done", { host: task.host, database: task.database });
    return 0;
  } catch (error) {
    log("error", messageOf(error), error instanceof UserError ? {} : { stack: (error as Error).stack });
    return 1;
  }
}

main().then((code) => {
  process.exitCode = code;
});
