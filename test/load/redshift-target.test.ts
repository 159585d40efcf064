import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import type { Dataset } from "../../runtime/dataset/definition.ts";
import { DAY } from "../../runtime/dataset/duration.ts";
import { integer } from "../../runtime/dataset/index.ts";
import { type Loadable, load } from "../../runtime/load/load.ts";
import { RedshiftTarget } from "../../runtime/load/redshift.ts";
import { RedshiftStatements } from "../../runtime/load/redshift-statements.ts";
import { FolderStore } from "../../runtime/store/folder.ts";
import { recordsKey } from "../../runtime/store/layout.ts";
import type { StoredRecord } from "../../runtime/store/records.ts";
import { JumpingClock } from "../support/clock.ts";
import { temporaryFolder } from "../support/folder.ts";
import { writeRecords } from "../support/records.ts";
import { type ApiRequest, type RedshiftApi, startRedshift } from "../support/redshift-api.ts";
import { tiny } from "../support/tiny.ts";

const WORKGROUP = { kind: "workgroup", name: "market-data", database: "dev" } as const;
const ROLE = "arn:aws:iam::123456789012:role/copy";
const never = new AbortController().signal;

const records = (ticker: string, ...prices: readonly (bigint | null)[]): StoredRecord[] =>
  prices.map((price, i) => ({
    values: [ticker, 19_723 + i, price],
    raw: `raw/tiny/${ticker}/1.json`,
    fetchedAt: Date.parse("2024-01-11T08:00:00.123Z") + i * DAY,
  }));

const batches = (api: RedshiftApi): readonly ApiRequest[] =>
  api.requests.filter(({ action }) => action === "BatchExecuteStatement");

/** Those that load, without those that make the ledger. */
const loads = (api: RedshiftApi): readonly ApiRequest[] =>
  batches(api).filter(({ body }) => (body.Sqls as string[]).some((sql) => sql.startsWith("copy ")));

describe("Redshift as the warehouse", () => {
  let folder: Awaited<ReturnType<typeof temporaryFolder>>;
  let store: FolderStore;
  let api: RedshiftApi;
  const dataset = tiny("https://example.org");
  const other: Dataset = { ...tiny("https://example.org", { definition: { name: "other" } }) };
  before(async function () {
    this.timeout(20_000);
    api = await startRedshift((url) => readFile(url));
  });
  after(() => api[Symbol.asyncDispose]());
  beforeEach(async () => {
    folder = await temporaryFolder();
    store = new FolderStore(folder.path);
    await api.reset();
    api.datasets = [dataset, other];
  });
  afterEach(() => folder[Symbol.asyncDispose]());

  const target = (signal = never): RedshiftTarget =>
    new RedshiftTarget({
      statements: new RedshiftStatements(api.client, WORKGROUP, new JumpingClock(0), signal),
      copyRole: ROLE,
    });

  async function file(partition: string, rows: readonly StoredRecord[], of: Dataset = dataset): Promise<Loadable> {
    const body = writeRecords(of.schema, rows, {
      ...{ version: 1, definition: "", exchanges: [] },
      ...{ rows: rows.length, quarantined: 0 },
    });
    await store.put(recordsKey(of.name, partition), body);
    const digest = createHash("sha256").update(body).digest("hex");
    return { partition, rows: rows.length, digest, bytes: body.byteLength };
  }

  const rows = async (table = "tiny"): Promise<string[]> =>
    (
      await api.database.query<{ line: string }>(
        `select concat_ws(' ', ticker, date, coalesce(price::text, 'null'), _fetched_at) as line from "${table}" order by ticker, date`,
      )
    ).rows.map(({ line }) => line);

  const count = async (table: string): Promise<number> =>
    (await api.database.query<{ n: number }>(`select count(*)::int as n from "${table}"`)).rows[0]?.n ?? -1;

  it("loads the rows exactly, and knows afterwards which files it holds", async () => {
    const files = [await file("A", records("A", 12_345n, null)), await file("B", records("B", -1n))];
    assert.equal(await load(dataset, files, target(), store), 3);
    assert.deepEqual(await rows(), [
      "A 2024-01-01 1.2345 2024-01-11 08:00:00.123",
      "A 2024-01-02 null 2024-01-12 08:00:00.123",
      "B 2024-01-01 -0.0001 2024-01-11 08:00:00.123",
    ]);
    const state = await target().state("tiny");
    assert.deepEqual(state.partitions, new Map(files.map(({ partition, digest }) => [partition, digest])));
    assert.match(state.lastLoad ?? "", /^[0-9a-f]{32}$/);
    assert.equal(await count("_loads_tiny"), 1);
  });

  it("reads all pages of a result", async () => {
    const files = await Promise.all(["A", "B", "C", "D", "E"].map((name) => file(name, records(name, 1n))));
    await load(dataset, files, target(), store);
    assert.equal((await target().state("tiny")).partitions.size, 5);
    assert(api.requests.some(({ action, body }) => action === "GetStatementResult" && body.NextToken === "4"));
  });

  it("loads again only what has changed, and replaces it", async () => {
    const [a, b] = [await file("A", records("A", 1n, 2n)), await file("B", records("B", 3n))];
    await load(dataset, [a, b], target(), store);
    assert.equal(await load(dataset, [a, b], target(), store), 0);
    assert.equal(loads(api).length, 1);
    const changed = await file("A", records("A", 5n));
    assert.equal(await load(dataset, [changed, b], target(), store), 1);
    assert.deepEqual(
      (await rows()).map((line) => line.slice(0, 19)),
      ["A 2024-01-01 0.0005", "B 2024-01-01 0.0003"],
    );
    assert.equal(await count("_partitions_tiny"), 2);
    assert.equal((await target().state("tiny")).partitions.get("A"), changed.digest);
  });

  it("makes a table anew when its columns are others, and leaves other datasets alone", async () => {
    await load(dataset, [await file("A", records("A", 1n, 2n))], target(), store);
    await load(other, [await file("A", records("A", 9n), other)], target(), store);
    const wider: Dataset = { ...dataset, schema: { ...dataset.schema, volume: integer({ nullable: true }) } };
    const withVolume = records("A", 1n).map((record) => ({ ...record, values: [...record.values, 7n] }));
    api.datasets = [wider, other];
    assert.equal(await load(wider, [await file("A", withVolume, wider)], target(), store), 1);
    const { rows: found } = await api.database.query(`select ticker, volume::int as volume from "tiny"`);
    assert.deepEqual(found, [{ ticker: "A", volume: 7 }]);
    assert.equal(await count("other"), 1);
    assert.equal((await target().state("other")).partitions.size, 1);
  });

  it("changes nothing when fewer or more rows came than the file should have", async () => {
    await load(dataset, [await file("A", records("A", 1n))], target(), store);
    const wrong = { ...(await file("A", records("A", 5n, 6n))), rows: 3 };
    await assert.rejects(load(dataset, [wrong], target(), store), /Redshift: division by zero/);
    assert.deepEqual(
      (await rows()).map((line) => line.slice(0, 19)),
      ["A 2024-01-01 0.0001"],
    );
    assert.equal(await count("_loads_tiny"), 1);
  });

  it("leaves no table behind when its first load fails", async () => {
    const wrong = { ...(await file("A", records("A", 1n))), rows: 2 };
    await assert.rejects(load(dataset, [wrong], target(), store), /division by zero/);
    await assert.rejects(count("tiny"), /does not exist/);
  });

  it("refuses a file that was written again meanwhile", async () => {
    const planned = await file("A", records("A", 1n));
    await file("A", records("A", 1n, 2n));
    await assert.rejects(load(dataset, [planned], target(), store), /has \d+ bytes/);
  });

  it("applies one load once, though two try at the same time", async () => {
    const files = [await file("A", records("A", 1n, 2n))];
    await target().state("tiny");
    await Promise.allSettled([1, 2].map(() => load(dataset, files, target(), store)));
    assert.equal(await count("tiny"), 2);
    assert.equal(await count("_loads_tiny"), 1);
  });

  it("sends a batch whose answer was lost again with its token, so that it is still one", async () => {
    const files = [await file("A", records("A", 1n, 2n))];
    let lost = 0;
    api.mishap = ({ body }) => {
      const isLoad = (body.Sqls as string[] | undefined)?.some((sql) => sql.startsWith("copy "));
      if (!isLoad || lost > 0) return undefined;
      lost += 1;
      return "answer lost";
    };
    assert.equal(await load(dataset, files, target(), store), 2);
    const [first, again] = loads(api);
    assert.equal(loads(api).length, 2);
    assert.equal(first?.body.ClientToken, again?.body.ClientToken);
    assert.equal(await count("tiny"), 2);
  });

  it("tries a load that failed again as another batch, not as the one that Redshift remembers", async () => {
    const planned = await file("A", records("A", 1n));
    await store.put(recordsKey("tiny", "A"), new Uint8Array(planned.bytes));
    await assert.rejects(load(dataset, [planned], target(), store), /^Error: Redshift: /);
    await file("A", records("A", 1n));
    assert.equal(await load(dataset, [planned], target(), store), 1);
    const [failed, applied] = loads(api);
    assert.notEqual(failed?.body.ClientToken, applied?.body.ClientToken);
  });

  it("asks the ledger when it does not learn how a load ended", async () => {
    const files = [await file("A", records("A", 1n))];
    let [unknown, refused] = [false, 0];
    api.mishap = ({ action, body }) => {
      if (action === "ExecuteStatement") unknown = false;
      if (unknown && action === "DescribeStatement") {
        refused += 1;
        return { refused: "gone" };
      }
      if ((body.Sqls as string[] | undefined)?.some((sql) => sql.startsWith("copy "))) unknown = true;
      return undefined;
    };
    assert.equal(await load(dataset, files, target(), store), 1);
    assert.equal(refused, 1);
    assert.equal(await count("tiny"), 1);
  });

  it("says how a load ended that is not in the ledger", async () => {
    const files = [await file("A", records("A", 1n))];
    await target().state("tiny");
    api.mishap = ({ body }) => {
      if ((body.Sqls as string[] | undefined)?.some((sql) => sql.startsWith("copy "))) return { refused: "no right" };
      return undefined;
    };
    await assert.rejects(load(dataset, files, target(), store), /no right/);
  });

  it("says that a statement was aborted", async () => {
    api.stuck = "ABORTED";
    await assert.rejects(target().state("tiny"), { message: "Redshift: aborted" });
  });

  it("stops waiting at the signal", async () => {
    api.stuck = "SUBMITTED";
    const controller = new AbortController();
    const waiting = target(controller.signal).state("tiny");
    controller.abort(new Error("stopped by SIGTERM"));
    await assert.rejects(waiting, /stopped by SIGTERM/);
  });

  it("asks a workgroup or a cluster, as the role that it is", async () => {
    await target().state("tiny");
    const cluster = { kind: "cluster", name: "old", database: "dev" } as const;
    const statements = new RedshiftStatements(api.client, cluster, new JumpingClock(0), never);
    await statements.query("select 1 as one");
    const [first] = api.requests;
    const last = api.requests.findLast(({ action }) => action === "ExecuteStatement");
    assert.deepEqual([first?.body.WorkgroupName, first?.body.Database], ["market-data", "dev"]);
    assert.deepEqual(last?.body, {
      ...{ ClusterIdentifier: "old", Database: "dev", Sql: "select 1 as one" },
      ...(last?.body.ClientToken ? { ClientToken: last.body.ClientToken } : {}),
    });
  });

  it("takes names with quotes and backslashes as they are", async () => {
    const names = ["it's", "back\\slash", "both\\'"];
    const files = await Promise.all(names.map((name) => file(name, records(name, 1n))));
    await load(dataset, files, target(), store);
    assert.deepEqual([...(await target().state("tiny")).partitions.keys()].sort(), [...names].sort());
    const changed = await Promise.all(names.map((name) => file(name, records(name, 2n, 3n))));
    assert.equal(await load(dataset, changed, target(), store), 6);
    assert.equal(await count("tiny"), 6);
  });
});
