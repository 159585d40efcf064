import assert from "node:assert/strict";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { DuckDBInstance } from "@duckdb/node-api";
import { parquetMetadata } from "hyparquet";
import { inMemory, type RecordsNote, RecordsReader, RecordsWriter } from "../../runtime/store/records.ts";
import { alike, edges, everyKind, shownBy } from "../support/every-kind.ts";
import { temporaryFolder } from "../support/folder.ts";
import { readNote, readRecords, writeRecords } from "../support/records.ts";

const { schema } = everyKind();
const records = edges.map(({ record }) => record);
const note: RecordsNote = { version: 1, definition: "d", exchanges: ["a", "b"], rows: records.length, quarantined: 7 };
const file = writeRecords(schema, records, note);

describe("records as Parquet", () => {
  it("come back as they were", async () => {
    assert.deepEqual(await readRecords(schema, file), records);
    assert.deepEqual(await readNote(file), note);
  });

  it("come back from any place in memory", async () => {
    const shifted = new Uint8Array(file.length + 13).subarray(13);
    shifted.set(file);
    assert.deepEqual(await readRecords(schema, shifted), records);
    assert.deepEqual(await readNote(shifted), note);
  });

  it("let one column be read alone", async () => {
    const values = records.map((record) => record.values[1]);
    const reader = await RecordsReader.open(inMemory(file));
    const parts = reader.column("at", schema.at as NonNullable<typeof schema.at>);
    const found: unknown[] = [];
    for await (const part of parts) found.push(...part);
    assert.deepEqual(found, values);
  });

  it("are the same bytes every time", () => {
    assert.deepEqual(writeRecords(schema, records, note), file);
    assert.notDeepEqual(writeRecords(schema, records.slice(1), note), file);
  });

  it("may be none", async () => {
    const empty = writeRecords(schema, [], { ...note, rows: 0 });
    assert.deepEqual(await readRecords(schema, empty), []);
    assert.equal((await readNote(empty)).rows, 0);
  });

  it("may be many, with nulls among them", async () => {
    const many = Array.from({ length: 20_000 }, (_, i) => ({
      ...(records[i % 3] as (typeof records)[0]),
      fetchedAt: i,
    }));
    assert.deepEqual(await readRecords(schema, writeRecords(schema, many, note)), many);
  });

  it("keep the least and the greatest value of what readers filter by, and of nothing else", () => {
    const writer = new RecordsWriter(schema, ["ticker", "at", "amount"]);
    writer.group({
      values: Object.keys(schema).map((_, i) => records.map(({ values }) => values[i] ?? null)),
      raw: records.map(({ raw }) => raw),
      fetchedAt: records.map(({ fetchedAt }) => fetchedAt),
    });
    writer.end(note);
    const [group] = parquetMetadata(writer.take()).row_groups;
    const known = group?.columns.filter(({ meta_data }) => meta_data?.statistics?.min_value !== undefined);
    // Of long decimals the bounds would be wrong.
    assert.deepEqual(
      known?.map(({ meta_data }) => meta_data?.path_in_schema[0]),
      ["ticker", "at"],
    );
  });

  it("lie in one page a column, but for long texts, which no reader must hold all at once", async () => {
    const long = edges.map(({ record }, i) => ({ ...record, raw: String(i).repeat(600_000) }));
    const written = writeRecords(schema, long, note);
    const columns = parquetMetadata(written.buffer as ArrayBuffer).row_groups[0]?.columns ?? [];
    const cut = columns.filter((column) => column.offset_index_offset !== undefined);
    assert.deepEqual(
      cut.map(({ meta_data }) => meta_data?.path_in_schema[0]),
      ["_raw"],
    );
    assert.deepEqual(await readRecords(schema, written), long);
  });

  it("mean the same to DuckDB", async () => {
    await using folder = await temporaryFolder();
    const path = join(folder.path, "records.parquet");
    await writeFile(path, file);
    const instance = await DuckDBInstance.create(":memory:");
    const connection = await instance.connect();
    try {
      await connection.run("set TimeZone = 'UTC'");
      const reader = await connection.runAndReadAll(shownBy(everyKind(), `read_parquet('${path}')`));
      assert.deepEqual(
        reader.getRowObjectsJson().map(alike),
        edges.map(({ shown }) => shown),
      );
      const types = await connection.runAndReadAll(`describe select * from read_parquet('${path}')`);
      assert.deepEqual(
        types.getRowObjectsJson().map(({ column_type }) => column_type),
        [
          ...["VARCHAR", "TIMESTAMP WITH TIME ZONE", "DATE", "DECIMAL(38,18)", "DECIMAL(5,0)", "BIGINT", "DOUBLE"],
          ...["BOOLEAN", "VARCHAR", "VARCHAR", "TIMESTAMP WITH TIME ZONE", "DATE", "DECIMAL(38,38)", "BIGINT"],
          ...["DOUBLE", "BOOLEAN", "VARCHAR", "VARCHAR", "TIMESTAMP WITH TIME ZONE"],
        ],
      );
    } finally {
      connection.closeSync();
      instance.closeSync();
    }
  });

  it("are not read from what is no file of Tidegate's", async () => {
    await assert.rejects(readNote(file.subarray(0, file.length - 5)));
    await assert.rejects(readNote(new Uint8Array()));
  });
});
