import assert from "node:assert/strict";
import { RedshiftDataClient } from "@aws-sdk/client-redshift-data";
import { parquetMetadata } from "hyparquet";
import { text } from "../../runtime/dataset/index.ts";
import { copyManifest, loadStatements } from "../../runtime/load/redshift.ts";
import { RedshiftStatements } from "../../runtime/load/redshift-statements.ts";
import type { Load } from "../../runtime/load/target.ts";
import { recordsKey } from "../../runtime/store/layout.ts";
import { JumpingClock } from "../support/clock.ts";
import { writeRecords } from "../support/records.ts";
import { tiny } from "../support/tiny.ts";

const WORKGROUP = { kind: "workgroup", name: "market-data", database: "dev" } as const;
const ROLE = "arn:aws:iam::123456789012:role/copy";
const never = new AbortController().signal;

describe("a load into Redshift", () => {
  const dataset = tiny("https://example.org", {
    definition: { load: { warehouse: { table: "prices", sortBy: ["date"], distributeBy: "ticker" } } },
  });
  const planned = (partitions: readonly string[]): Load => ({
    id: "0".repeat(32),
    dataset,
    table: "prices",
    columns: "c".repeat(16),
    recreate: false,
    files: partitions.map((partition) => ({
      ...{ partition, key: recordsKey("tiny", partition), digest: "d".repeat(64), bytes: 10, rows: 2 },
    })),
  });
  const statements = (partitions: readonly string[], changes: Partial<Load> = {}): string[] =>
    loadStatements({ ...planned(partitions), ...changes }, "s3://lake/m", ROLE);

  it("is these statements in this order", () => {
    assert.deepEqual(
      statements(["A"]).map((sql) => sql.split(" ").slice(0, 3).join(" ")),
      [
        'lock table "_loads_tiny"',
        "select 1 /",
        "create table if",
        "create temporary table",
        'copy "_staging" from',
        "select 1 /",
        'insert into "_partitions_tiny"',
        'delete from "_partitions_tiny"',
        'delete from "prices"',
        'insert into "prices"',
        'drop table "_staging"',
        'delete from "_tables_tiny"',
        'insert into "_tables_tiny"',
        'insert into "_loads_tiny"',
      ],
    );
    assert(statements(["A"], { recreate: true }).includes('drop table if exists "prices"'));
  });

  it("distributes and sorts the table as the dataset says", () => {
    const create = statements(["A"]).find((sql) => sql.startsWith("create table"));
    assert.match(create ?? "", /\) distkey \("ticker"\) sortkey \("date"\)$/);
  });

  it("copies with the role it is given", () => {
    const copy = (role: string) =>
      loadStatements(planned(["A"]), "s3://lake/m", role).find((sql) => sql.startsWith("copy"));
    assert.equal(copy(ROLE), `copy "_staging" from 's3://lake/m' iam_role '${ROLE}' format as parquet manifest`);
    assert.equal(copy("default"), `copy "_staging" from 's3://lake/m' iam_role default format as parquet manifest`);
  });

  it("names each file in its manifest, as one that must be there in its size", () => {
    const { files } = planned(["BRK/B"]);
    assert.deepEqual(copyManifest(files, "s3://lake/x"), {
      entries: [
        {
          url: "s3://lake/x/processed/tiny/BRK%2FB/records.parquet",
          mandatory: true,
          meta: { content_length: 10 },
        },
      ],
    });
  });

  it("stays within what Redshift takes, also for thousands of partitions", () => {
    const many = Array.from({ length: 4_000 }, (_, i) => `PRODUCT-${i}`);
    const made = statements(many);
    assert(made.length <= 40, `${made.length} statements`);
    assert(Math.max(...made.map((sql) => Buffer.byteLength(sql))) < 100_000);
    const named = made
      .filter((sql) => sql.startsWith('insert into "_partitions'))
      .flatMap((sql) => sql.match(/PRODUCT-\d+/g));
    assert.deepEqual(named, many);
  });

  it("is refused before it is sent when it is too large", async () => {
    const client = new RedshiftDataClient({ region: "us-east-1", endpoint: "http://127.0.0.1:1" });
    const sent = new RedshiftStatements(client, WORKGROUP, new JumpingClock(0), never);
    await assert.rejects(sent.batch(Array(41).fill("select 1")), /takes 40 statements in a batch, these are 41/);
  });

  it("finds the columns of a file in the order of its table: COPY goes by position", () => {
    const schema = { ...dataset.schema, b: text({ nullable: true }), a: text({ nullable: true }) };
    const file = writeRecords(schema, [], { version: 1, definition: "", exchanges: [], rows: 0, quarantined: 0 });
    const inFile = parquetMetadata(file.slice().buffer)
      .schema.slice(1)
      .map(({ name }) => name);
    const staging = statements(["A"], { dataset: { ...dataset, schema } }).find((sql) => sql.includes("temporary"));
    const inTable = [...(staging ?? "").slice(staging?.indexOf("(")).matchAll(/"([^"]+)"/g)].map(([, name]) => name);
    assert.deepEqual(inTable, inFile);
    assert.deepEqual(inFile.slice(-4), ["b", "a", "_raw", "_fetched_at"]);
  });
});
