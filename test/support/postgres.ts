import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { realpathSync } from "node:fs";
import { chmod, chown, mkdir } from "node:fs/promises";
import { dirname, join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import pg from "pg";
import { temporaryFolder } from "./folder.ts";
import { onPath } from "./programs.ts";

export interface PostgresServer {
  /** A new connection, in UTC. */
  connect(): Promise<pg.Client>;
  close(): Promise<void>;
}

/** Whose programs they are when root runs the tests: PostgreSQL refuses to work for root. */
const ACCOUNT = "postgres";

const isRoot = process.getuid?.() === 0;

/** Why there can be no server here, or undefined. */
export function noPostgres(): string | undefined {
  if (!onPath("initdb")) return "initdb is not on the PATH";
  if (!isRoot) return undefined;
  if (!onPath("setpriv")) return "root cannot run PostgreSQL, and setpriv is not on the PATH";
  try {
    execFileSync("id", ["-u", ACCOUNT], { stdio: "pipe" });
    return undefined;
  } catch {
    return `root cannot run PostgreSQL, and there is no account ${ACCOUNT}`;
  }
}

/**
 * A new cluster of PostgreSQL's own, on a socket in a folder of its own, without durability: it is gone after the test.
 * @param prepare changes files of the cluster's folder before it starts, and says which settings it starts with beside the usual
 */
export async function startPostgres(
  prepare: (data: string) => Promise<Readonly<Record<string, string>>> = async () => ({}),
): Promise<PostgresServer> {
  const folder = await temporaryFolder();
  const bin = dirname(realpathSync(onPath("initdb") as string));
  const sockets = join(folder.path, "s");
  await mkdir(sockets);
  const [uid, gid] = isRoot ? ["-u", "-g"].map((part) => Number(execFileSync("id", [part, ACCOUNT]))) : [];
  if (uid !== undefined && gid !== undefined) {
    await chmod(folder.path, 0o755);
    for (const path of [folder.path, sockets]) await chown(path, uid, gid);
  }
  const asAccount = (program: string, args: readonly string[]): [string, string[]] =>
    isRoot
      ? ["setpriv", [`--reuid=${uid}`, `--regid=${gid}`, "--clear-groups", program, ...args]]
      : [program, [...args]];
  const data = join(folder.path, "data");
  const make = ["-D", data, "-U", ACCOUNT, "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync"];
  execFileSync(...asAccount(join(bin, "initdb"), make), { stdio: "pipe", cwd: folder.path });
  const usual = { listen_addresses: "", fsync: "off", unix_socket_directories: sockets, port: "5432" };
  const chosen = { ...usual, ...(await prepare(data)) };
  const settings = Object.entries(chosen).flatMap(([name, value]) => ["-c", `${name}=${value}`]);
  const server: ChildProcess = spawn(...asAccount(join(bin, "postgres"), ["-D", data, ...settings]), {
    stdio: "ignore",
    cwd: folder.path,
  });
  const connect = async (): Promise<pg.Client> => {
    const client = new pg.Client({ host: sockets, port: Number(chosen.port), user: ACCOUNT, database: "postgres" });
    await client.connect();
    await client.query("set timezone = 'UTC'");
    return client;
  };
  for (;;) {
    const client = await connect().catch(() => undefined);
    if (client) {
      await client.end();
      break;
    }
    if (server.exitCode !== null) throw new Error(`postgres ended with ${server.exitCode}`);
    await wait(50);
  }
  const close = async (): Promise<void> => {
    server.kill("SIGINT");
    if (server.exitCode === null && server.signalCode === null) await once(server, "exit");
    await folder[Symbol.asyncDispose]();
  };
  return { connect, close };
}
