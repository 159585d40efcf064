import assert from "node:assert/strict";
import { once } from "node:events";
import { access, mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { PGlite } from "@electric-sql/pglite";
import type pg from "pg";
import { openPglite } from "../../runtime/load/pglite.ts";
import { Postgres } from "../../runtime/load/postgres.ts";
import { temporaryFolder } from "../support/folder.ts";
import { noPostgres, type PostgresServer, startPostgres } from "../support/postgres.ts";
import { loadsRowsOnce } from "./target-suite.ts";

describe("loading into PGlite", () => {
  let folder: Awaited<ReturnType<typeof temporaryFolder>>;
  let database: PGlite;
  before(async () => {
    folder = await temporaryFolder();
    // What a start that was killed leaves.
    await mkdir(join(folder.path, "database.new", "base"), { recursive: true });
    await writeFile(join(folder.path, "database.new", "PG_VERSION"), "1");
    await writeFile(join(folder.path, "database.new", "half"), "x");
    database = await openPglite(join(folder.path, "database"));
    await assert.rejects(access(join(folder.path, "database", "half")), { code: "ENOENT" });
  });
  after(async () => {
    await database.close();
    await folder[Symbol.asyncDispose]();
  });

  loadsRowsOnce(() => new Postgres(database));

  it("has the same rows when it is opened again", async () => {
    const before = await database.query("select load_id, dataset, row_count from _loads order by load_id");
    assert(before.rows.length > 10);
    await database.close();
    database = await openPglite(join(folder.path, "database"));
    const after = await database.query("select load_id, dataset, row_count from _loads order by load_id");
    assert.deepEqual(after.rows, before.rows);
  });
});

const reason = noPostgres();
describe("loading into a PostgreSQL server", () => {
  if (reason) {
    it.skip(`not tested: ${reason}`);
    return;
  }
  let server: PostgresServer;
  let client: pg.Client;
  before(async () => {
    server = await startPostgres();
    client = await server.connect();
  });
  after(async () => {
    await client?.end();
    await server?.close();
  });

  loadsRowsOnce(() => new Postgres(client));

  it("says why a transaction failed when the connection is gone", async () => {
    const doomed = await server.connect();
    const session = new Postgres(doomed);
    const lost = once(doomed, "error");
    await assert.rejects(
      session.transaction(async () => {
        await client.query("select pg_terminate_backend($1)", [
          (await session.query("select pg_backend_pid() as pid"))[0]?.pid,
        ]);
        await lost;
        await session.query("select 1");
      }),
      /terminat/,
    );
  });
});
