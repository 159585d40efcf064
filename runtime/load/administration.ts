import { UserError } from "../dataset/errors.ts";
import { RdsClient, type RdsOptions } from "./rds.ts";

/** What the administrator of a Postgres is to do. */
export interface Administration {
  readonly host: string;
  readonly port: number;
  readonly database: string;
  /** ARN of the secret with `username` and `password`, as RDS keeps it. */
  readonly secret: string;
  /** SQL that may be run again and again. */
  readonly statements: string;
}

export interface AdministrationOptions extends Pick<RdsOptions, "authorities" | "signal"> {
  readonly readSecret: (arn: string) => Promise<string | undefined>;
}

const TEXTS = ["host", "database", "secret", "statements"] as const;

/** @param text JSON of an Administration @throws UserError with everything that is missing */
export function parseAdministration(text: string | undefined): Administration {
  const given = object(text);
  const faults = TEXTS.filter((name) => typeof given[name] !== "string" || given[name] === "").map((name) => ({
    path: name,
    problem: "is no text",
    value: given[name],
  }));
  if (!Number.isInteger(given.port))
    throw new UserError("what the administrator is to do is not complete:", [
      ...faults,
      { path: "port", problem: "is no whole number", value: given.port },
    ]);
  if (faults.length > 0) throw new UserError("what the administrator is to do is not complete:", faults);
  return given as unknown as Administration;
}

function object(text: string | undefined): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(text ?? "");
    return value !== null && typeof value === "object" ? { ...value } : {};
  } catch {
    return {};
  }
}

/**
 * Runs the statements as the administrator, whose password is asked for now and kept nowhere. Postgres takes several statements
 * of one query as one transaction: it does all of them or none.
 * https://www.postgresql.org/docs/17/protocol-flow.html#PROTOCOL-FLOW-MULTI-STATEMENT
 */
export async function administer(task: Administration, options: AdministrationOptions): Promise<void> {
  const { host, port, database, secret, statements } = task;
  const { username, password } = object(await options.readSecret(secret));
  if (typeof username !== "string" || typeof password !== "string")
    throw new Error(`${secret} holds no username and password`);
  const client = new RdsClient({
    ...options,
    address: { host, port, database, user: username },
    token: async () => password,
  });
  try {
    await client.query(statements);
  } finally {
    await client.close();
  }
}
