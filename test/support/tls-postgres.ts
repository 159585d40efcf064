import { execFileSync } from "node:child_process";
import { chmod, chown, readFile, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { noPostgres, startPostgres } from "./postgres.ts";
import { freePort, onPath } from "./programs.ts";

/** A Postgres that is reached over TLS alone, as `localhost`, as RDS is. */
export interface TlsPostgres extends AsyncDisposable {
  readonly port: number;
  /** PEM text of the authority that its certificate is from. */
  readonly authority: string;
  query(sql: string): Promise<Record<string, unknown>[]>;
}

/** Why there can be none here, or undefined. */
export const noTlsPostgres = (): string | undefined =>
  noPostgres() ?? (onPath("openssl") ? undefined : "openssl is not on the PATH");

/** Anybody comes in as anybody, except as `guarded`, who needs a password. */
const HBA = [
  "local all all trust",
  ...["127.0.0.1/32", "::1/128"].flatMap((range) => [
    `hostssl all guarded ${range} password`,
    `hostssl all all ${range} trust`,
  ]),
];

const CERTIFICATE = [
  ...["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2"],
  ...["-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost"],
];

export async function startTlsPostgres(): Promise<TlsPostgres> {
  const port = await freePort();
  let authority = "";
  const server = await startPostgres(async (data) => {
    const [key, certificate] = [join(data, "server.key"), join(data, "server.crt")];
    execFileSync("openssl", [...CERTIFICATE, "-keyout", key, "-out", certificate], { stdio: "ignore" });
    const { uid, gid } = await stat(data);
    await chmod(key, 0o600);
    for (const path of [key, certificate]) await chown(path, uid, gid);
    await writeFile(join(data, "pg_hba.conf"), HBA.map((line) => `${line}\n`).join(""));
    authority = await readFile(certificate, "utf8");
    return { listen_addresses: "localhost", port: String(port), ssl: "on" };
  });
  const socket = await server.connect();
  await socket.query("create role tidegate login superuser");
  return {
    port,
    authority,
    query: async (sql) => (await socket.query(sql)).rows,
    async [Symbol.asyncDispose]() {
      await socket.end();
      await server.close();
    },
  };
}
