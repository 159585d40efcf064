import { mkdir } from "node:fs/promises";
import { dirname } from "node:path";
import { type DuckDBConnection, DuckDBInstance, DuckDBTypeId, type DuckDBValue, type Json } from "@duckdb/node-api";
import type { Dataset } from "../dataset/definition.ts";
import { messageOf, UserError } from "../dataset/errors.ts";
import type { Store } from "../store/store.ts";
import { columnNames, type SqlTypes } from "./columns.ts";
import type { SqlSession } from "./sql-target.ts";
import type { LoadFile } from "./target.ts";

const TYPES: SqlTypes = {
  text: "varchar",
  date: "date",
  timestamp: "timestamptz",
  decimal: "decimal",
  integer: "bigint",
  float: "double",
  boolean: "boolean",
  json: "json",
};

/** What a laptop can spare; DuckDB spills to disk beyond it. */
const MEMORY = "192MB";

/** A DuckDB file: the warehouse of a laptop. One process at a time may write to it. */
export class DuckDb implements SqlSession {
  readonly types = TYPES;
  readonly primaryKey = false;
  readonly #instance: DuckDBInstance;
  readonly #connection: DuckDBConnection;

  private constructor(instance: DuckDBInstance, connection: DuckDBConnection) {
    this.#instance = instance;
    this.#connection = connection;
  }

  /** @throws UserError when another process has the file open for writing */
  static async open(path: string, access: "read" | "write"): Promise<DuckDb> {
    await mkdir(dirname(path), { recursive: true });
    try {
      const instance = await DuckDBInstance.create(path, {
        access_mode: access === "read" ? "READ_ONLY" : "READ_WRITE",
        memory_limit: MEMORY,
        threads: "2",
      });
      const connection = await instance.connect();
      await connection.run("set TimeZone = 'UTC'");
      return new DuckDb(instance, connection);
    } catch (error) {
      if (!/\block\b/i.test(messageOf(error))) throw error;
      throw new UserError(`${path} is in use by another process`, [
        {
          path: "",
          problem: messageOf(error).split("\n")[0] ?? "",
          fix: "wait until the other run has ended, or choose another folder with --data",
        },
      ]);
    }
  }

  async query(sql: string, parameters: readonly unknown[] = []): Promise<Record<string, unknown>[]> {
    const reader = await this.#connection.runAndReadAll(sql, [...parameters] as DuckDBValue[]);
    return reader.getRowObjectsJson();
  }

  /** A result as it is shown: decimals without trailing zeros, integers as numbers where these hold them exactly. */
  async table(sql: string): Promise<{ columns: string[]; rows: Json[][] }> {
    const reader = await this.#connection.runAndReadAll(sql);
    const types = reader.columnTypes();
    const shown = (value: Json, i: number): Json => {
      if (typeof value !== "string") return value;
      const type = types[i]?.typeId;
      if (type === DuckDBTypeId.DECIMAL)
        return value.includes(".") ? value.replace(/^(-?)\./, "$10.").replace(/\.?0+$/, "") : value;
      if (type === DuckDBTypeId.BIGINT || type === DuckDBTypeId.HUGEINT || type === DuckDBTypeId.UBIGINT)
        return Number.isSafeInteger(Number(value)) ? Number(value) : value;
      return value;
    };
    return { columns: reader.deduplicatedColumnNames(), rows: reader.getRowsJson().map((row) => row.map(shown)) };
  }

  async transaction(work: () => Promise<void>): Promise<void> {
    await this.#connection.run("begin");
    try {
      await work();
      await this.#connection.run("commit");
    } catch (error) {
      // A commit that fails has rolled back already; what matters is why.
      await this.#connection.run("rollback").catch(() => undefined);
      throw error;
    }
  }

  async insertFile(table: string, dataset: Dataset, { key }: LoadFile, store: Store): Promise<void> {
    const columns = columnNames(dataset);
    await store.withFile(key, async (path) => {
      await this.#connection.run(`insert into ${table} (${columns}) select ${columns} from read_parquet($1)`, [path]);
    });
  }

  close(): void {
    this.#connection.closeSync();
    this.#instance.closeSync();
  }
}
