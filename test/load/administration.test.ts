import assert from "node:assert/strict";
import { databaseUserSql } from "../../components/database-user.ts";
import { UserError } from "../../runtime/dataset/errors.ts";
import { type Administration, administer, parseAdministration } from "../../runtime/load/administration.ts";
import { noTlsPostgres, startTlsPostgres, type TlsPostgres } from "../support/tls-postgres.ts";

const SECRET = "arn:aws:secretsmanager:eu-west-1:123456789012:secret:rds!db-1";
const task = (port: number, statements: string): Administration => ({
  ...{ host: "localhost", port, database: "postgres", secret: SECRET, statements },
});

describe("what the administrator of a database is to do", () => {
  it("is read from its JSON", () => {
    const wanted = task(6432, "select 1;");
    assert.deepEqual(parseAdministration(JSON.stringify(wanted)), wanted);
  });

  it("is refused with everything that is missing", () => {
    const faults = (text: string | undefined): string[] => {
      try {
        parseAdministration(text);
      } catch (error) {
        assert(error instanceof UserError);
        return error.faults.map(({ path }) => path);
      }
      return [];
    };
    const all = ["host", "database", "secret", "statements", "port"];
    for (const text of [undefined, "no JSON", "null", "[]"]) assert.deepEqual(faults(text), all, text);
    assert.deepEqual(faults(JSON.stringify({ ...task(1, "x"), statements: "" })), ["statements"]);
    assert.deepEqual(faults(JSON.stringify({ ...task(1.5, "x") })), ["port"]);
  });
});

describe("the administrator of a database", () => {
  let server: TlsPostgres;
  before(async function () {
    const missing = noTlsPostgres();
    if (missing) {
      process.stdout.write(`  skipped: ${missing}\n`);
      this.skip();
    }
    this.timeout(30_000);
    server = await startTlsPostgres();
    await server.query("create role guarded login superuser password 'token'");
    await server.query("create role rds_iam");
  });
  after(() => server?.[Symbol.asyncDispose]());

  const run = (statements: string, password = "token"): Promise<void> =>
    administer(task(server.port, statements), {
      readSecret: async (arn) => (arn === SECRET ? JSON.stringify({ username: "guarded", password }) : undefined),
      authorities: server.authority,
      signal: new AbortController().signal,
    });
  const roles = async (name: string): Promise<Record<string, unknown>[]> =>
    server.query(`select rolcanlogin, rolsuper from pg_roles where rolname = '${name}'`);

  it("makes a user who signs in with tokens, owns what it makes and administers nothing, however often", async () => {
    for (let time = 0; time < 2; time++) await run(databaseUserSql("loader", "postgres"));
    assert.deepEqual(await roles("loader"), [{ rolcanlogin: true, rolsuper: false }]);
    const [member] = await server.query("select pg_has_role('loader', 'rds_iam', 'member') as yes");
    assert.equal(member?.yes, true);
    const [rights] = await server.query(
      "select has_schema_privilege('loader', 'public', 'create') as make, has_database_privilege('loader', 'postgres', 'temporary') as stage, has_database_privilege('loader', 'postgres', 'create') as schemas",
    );
    assert.deepEqual(rights, { make: true, stage: true, schemas: false });
  });

  it("does everything or nothing", async () => {
    await assert.rejects(run("create role half login;\nselect nonsense;"), /nonsense/);
    assert.deepEqual(await roles("half"), []);
  });

  it("is nobody without the password", async () => {
    await assert.rejects(run("select 1;", "wrong"), /password authentication failed/);
    const options = { readSecret: async () => undefined, signal: new AbortController().signal };
    await assert.rejects(
      administer(task(server.port, "select 1;"), options),
      /rds!db-1 holds no username and password/,
    );
  });
});
