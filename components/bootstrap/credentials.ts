import { readFileSync } from "node:fs";
import type { Credentials } from "./sign.ts";

type Environment = Readonly<Record<string, string | undefined>>;

/** Where a task on ECS asks for the credentials of its role. */
const TASK_ENDPOINT = "http://169.254.170.2";

/**
 * The credentials of this process: from the environment, or from the endpoint that the container was given.
 * https://docs.aws.amazon.com/sdkref/latest/guide/feature-container-credentials.html
 */
export async function findCredentials(env: Environment, ask: typeof fetch): Promise<Credentials> {
  if (env.AWS_ACCESS_KEY_ID && env.AWS_SECRET_ACCESS_KEY)
    return {
      accessKeyId: env.AWS_ACCESS_KEY_ID,
      secretAccessKey: env.AWS_SECRET_ACCESS_KEY,
      sessionToken: env.AWS_SESSION_TOKEN,
    };
  const relative = env.AWS_CONTAINER_CREDENTIALS_RELATIVE_URI;
  const url = relative ? TASK_ENDPOINT + relative : env.AWS_CONTAINER_CREDENTIALS_FULL_URI;
  if (!url) throw new Error("no credentials: set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or run with a task role");
  const file = env.AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE;
  const authorization = file ? readFileSync(file, "utf8").trim() : env.AWS_CONTAINER_AUTHORIZATION_TOKEN;
  const answer = await ask(url, {
    headers: authorization ? { authorization } : {},
    signal: AbortSignal.timeout(10_000),
  });
  if (!answer.ok) throw new Error(`the credentials endpoint ${url} answered ${answer.status}`);
  const { AccessKeyId, SecretAccessKey, Token } = (await answer.json()) as Record<string, string>;
  if (!AccessKeyId || !SecretAccessKey) throw new Error(`the credentials endpoint ${url} gave no keys`);
  return { accessKeyId: AccessKeyId, secretAccessKey: SecretAccessKey, sessionToken: Token };
}
