import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import type { Dataset } from "../../runtime/dataset/definition.ts";
import { boolean, decimal, float, integer, json, text, timestamp } from "../../runtime/dataset/index.ts";
import type { DatabaseAddress } from "../../runtime/load/address.ts";
import { type Loadable, load } from "../../runtime/load/load.ts";
import { Postgres } from "../../runtime/load/postgres.ts";
import { iamToken, RdsClient, type RdsOptions } from "../../runtime/load/rds.ts";
import { SqlTarget } from "../../runtime/load/sql-target.ts";
import { FolderStore } from "../../runtime/store/folder.ts";
import { recordsKey } from "../../runtime/store/layout.ts";
import type { StoredRecord } from "../../runtime/store/records.ts";
import { temporaryFolder } from "../support/folder.ts";
import { writeRecords } from "../support/records.ts";
import { tiny } from "../support/tiny.ts";
import { noTlsPostgres, startTlsPostgres, type TlsPostgres } from "../support/tls-postgres.ts";

const never = new AbortController().signal;

describe("Postgres on RDS", () => {
  let server: TlsPostgres;
  let folder: Awaited<ReturnType<typeof temporaryFolder>>;
  let store: FolderStore;
  const clients: RdsClient[] = [];
  before(async function () {
    const missing = noTlsPostgres();
    if (missing) {
      process.stdout.write(`  skipped: ${missing}\n`);
      this.skip();
    }
    this.timeout(30_000);
    server = await startTlsPostgres();
    await server.query("create role guarded login password 'token'");
  });
  after(() => server?.[Symbol.asyncDispose]());
  beforeEach(async () => {
    folder = await temporaryFolder();
    store = new FolderStore(folder.path);
  });
  afterEach(async () => {
    for (const client of clients.splice(0)) await client.close();
    await folder[Symbol.asyncDispose]();
  });

  const address = (changes: Partial<DatabaseAddress> = {}): DatabaseAddress => ({
    ...{ host: "localhost", port: server.port, user: "tidegate", database: "postgres" },
    ...changes,
  });

  function client(changes: Partial<RdsOptions> = {}): RdsClient {
    const made = new RdsClient({
      ...{ address: address(), authorities: server.authority, signal: never, token: async () => "token" },
      ...changes,
    });
    clients.push(made);
    return made;
  }

  const target = (): SqlTarget => new SqlTarget("database", new Postgres(client()));

  async function file(dataset: Dataset, partition: string, rows: readonly StoredRecord[]): Promise<Loadable> {
    const body = writeRecords(dataset.schema, rows, {
      ...{ version: 1, definition: "", exchanges: [] },
      ...{ rows: rows.length, quarantined: 0 },
    });
    await store.put(recordsKey(dataset.name, partition), body);
    const digest = createHash("sha256").update(body).digest("hex");
    return { partition, rows: rows.length, digest, bytes: body.byteLength };
  }

  const prices = (ticker: string, ...all: readonly bigint[]): StoredRecord[] =>
    all.map((price, i) => ({ values: [ticker, 19_723 + i, price], raw: "raw/x", fetchedAt: 0 }));

  it("is reached over TLS, and by nobody whose authority is unknown", async () => {
    const { rows } = await client().query("select ssl, version from pg_stat_ssl where pid = pg_backend_pid()");
    assert.equal(rows[0]?.ssl, true);
    await assert.rejects(client({ authorities: undefined }).query("select 1"), /self-signed certificate/);
  });

  it("is not taken for another host with a certificate of the same authority", async () => {
    const elsewhere = client({ address: address({ host: "127.0.0.1" }) });
    await assert.rejects(elsewhere.query("select 1"), /does not match certificate's altnames|Hostname\/IP/);
  });

  it("is given a token where a password would stand", async () => {
    const asked: DatabaseAddress[] = [];
    const guarded = address({ user: "guarded" });
    const token = (text: string) => async (of: DatabaseAddress) => {
      asked.push(of);
      return text;
    };
    const { rows } = await client({ address: guarded, token: token("token") }).query("select current_user as name");
    assert.equal(rows[0]?.name, "guarded");
    assert.deepEqual(asked, [guarded]);
    await assert.rejects(client({ address: guarded, token: token("other") }).query("select 1"), /password auth/);
  });

  it("holds every kind of value exactly", async () => {
    const dataset = tiny("https://example.org", {
      definition: {
        name: "kinds",
        schema: {
          ...tiny("https://example.org").schema,
          at: timestamp("iso", { nullable: true }),
          count: integer({ nullable: true }),
          ratio: float({ nullable: true }),
          open: boolean({ nullable: true }),
          more: json({ nullable: true }),
          note: text({ nullable: true }),
          wide: decimal({ nullable: true }),
        },
      },
    });
    const awkward = `{"a,b",NULL} \\ 'quoted' "ü🚀"\n`;
    const values = [
      "A",
      19_723,
      -5n,
      1_704_067_200_123,
      2n ** 63n - 1n,
      0.1,
      false,
      '{"a":"\\"{}"}',
      awkward,
      10n ** 37n,
    ];
    const nothing = ["B", -1, null, null, null, null, null, null, null, null];
    const rows = [values, nothing].map((one): StoredRecord => ({ values: one, raw: "raw/x", fetchedAt: 0 }));
    assert.equal(await load(dataset, [await file(dataset, "A", rows)], target(), store), 2);
    const stored = await server.query(
      `select ticker, date::text, price::text, (at at time zone 'UTC')::text as at, count::text, ratio, open, more->>'a' as more, note, wide::text from kinds order by ticker`,
    );
    assert.deepEqual(stored.map(Object.values), [
      [
        "A",
        "2024-01-01",
        "-0.0005",
        "2024-01-01 00:00:00.123",
        "9223372036854775807",
        0.1,
        false,
        '"{}',
        awkward,
        "10000000000000000000.000000000000000000",
      ],
      ["B", "1969-12-31", null, null, null, null, null, null, null, null],
    ]);
  });

  it("has a load once, though several tasks bring it at the same time into an empty database", async () => {
    const dataset = tiny("https://example.org", { definition: { name: "crowded" } });
    const files = [await file(dataset, "A", prices("A", 1n, 2n)), await file(dataset, "B", prices("B", 3n))];
    const rows = await Promise.all([1, 2, 3, 4].map(() => load(dataset, files, target(), store)));
    assert.equal(Math.max(...rows), 3);
    assert.deepEqual(await server.query("select count(*)::int as n from crowded"), [{ n: 3 }]);
    assert.deepEqual(await server.query("select count(*)::int as n from _loads where dataset = 'crowded'"), [{ n: 1 }]);
  });

  it("loads several datasets at the same time", async () => {
    const datasets = ["one", "two", "three"].map((name) => tiny("https://example.org", { definition: { name } }));
    await Promise.all(
      datasets.map(async (dataset) => load(dataset, [await file(dataset, "A", prices("A", 1n))], target(), store)),
    );
    for (const { name } of datasets)
      assert.deepEqual(await server.query(`select count(*)::int as n from ${name}`), [{ n: 1 }]);
  });

  it("gives up a transaction at the signal, without a trace", async () => {
    const controller = new AbortController();
    const stopped = client({ signal: controller.signal });
    await stopped.query("begin");
    await stopped.query("create table half (x int)");
    const waiting = stopped.query("select pg_sleep(30)");
    const begun = Date.now();
    controller.abort(new Error("stopped by SIGTERM"));
    await assert.rejects(waiting);
    assert(Date.now() - begun < 5_000);
    assert.deepEqual(await server.query("select to_regclass('half') as half"), [{ half: null }]);
    await assert.rejects(client({ signal: controller.signal }).query("select 1"), /stopped by SIGTERM/);
  });

  it("says what is wrong when nobody listens", async () => {
    await assert.rejects(client({ address: address({ port: 1 }) }).query("select 1"), /ECONNREFUSED/);
  });
});

describe("a token for a database", () => {
  const CREDENTIALS = { AWS_ACCESS_KEY_ID: "AKIDEXAMPLE", AWS_SECRET_ACCESS_KEY: "secret", AWS_REGION: "eu-west-1" };
  const original = { ...process.env };
  before(() => Object.assign(process.env, CREDENTIALS));
  after(() => {
    for (const name of Object.keys(CREDENTIALS)) delete process.env[name];
    Object.assign(process.env, original);
  });

  it("is signed for one user of one host by the role that asks, without its secret", async () => {
    const token = await iamToken({ host: "db.example.org", port: 5433, user: "tidegate", database: "market" });
    const url = new URL(`https://${token}`);
    assert.equal(url.host, "db.example.org:5433");
    assert.deepEqual(
      ["Action", "DBUser", "X-Amz-Expires"].map((name) => url.searchParams.get(name)),
      ["connect", "tidegate", "900"],
    );
    assert.match(
      url.searchParams.get("X-Amz-Credential") ?? "",
      /^AKIDEXAMPLE\/\d{8}\/eu-west-1\/rds-db\/aws4_request$/,
    );
    assert(!token.includes("secret"));
  });
});
