import { formatDecimal } from "../dataset/decimal.ts";
import type { Dataset } from "../dataset/definition.ts";
import { DAY } from "../dataset/duration.ts";
import type { Column } from "../dataset/schema.ts";
import { type RecordColumns, type StoredValue, sliceOf, withProvenance } from "../store/records.ts";
import type { Store } from "../store/store.ts";
import { sound, withStored } from "../store/stored-records.ts";
import { columnNames, type SqlTypes, sqlType } from "./columns.ts";
import type { SqlSession } from "./sql-target.ts";
import type { LoadFile } from "./target.ts";

const TYPES: SqlTypes = {
  text: "text",
  date: "date",
  timestamp: "timestamptz",
  decimal: "numeric",
  integer: "bigint",
  float: "double precision",
  boolean: "boolean",
  json: "jsonb",
};

/** What Postgres clients have in common: PGlite on a laptop, `pg` with a server. */
export interface PostgresClient {
  query(sql: string, parameters?: unknown[]): Promise<{ rows: Record<string, unknown>[] }>;
  /** Where there is a connection, it may be lost between two queries; only this tells why. */
  on?(event: "error", listener: (error: Error) => void): unknown;
}

/** Rows of one INSERT: enough to make its cost small, few enough to keep memory flat. */
const BATCH = 5_000;

/** Any number that no other program of the database locks. */
const LOCK = 7_469_646_567_617_465;

export class Postgres implements SqlSession {
  readonly types = TYPES;
  readonly primaryKey = true;
  readonly #client: PostgresClient;
  #lost: Error | undefined;

  constructor(client: PostgresClient) {
    this.#client = client;
    client.on?.("error", (error) => {
      this.#lost ??= error;
    });
  }

  async query(sql: string, parameters: readonly unknown[] = []): Promise<Record<string, unknown>[]> {
    return (await this.#client.query(sql, [...parameters])).rows;
  }

  async transaction(work: () => Promise<void>): Promise<void> {
    await this.query("begin");
    try {
      // Two at once would both find that a table is missing, or that a load is not applied yet.
      await this.query("select pg_advisory_xact_lock($1)", [LOCK]);
      await work();
      await this.query("commit");
    } catch (error) {
      // Where the connection is gone, the server rolls back by itself; what matters is why.
      await this.query("rollback").catch(() => undefined);
      throw this.#lost ?? error;
    }
  }

  insertFile(table: string, dataset: Dataset, { key }: LoadFile, store: Store): Promise<void> {
    return withStored(store, key, async (stored) => {
      if (!stored) throw new Error(`${store.location}/${key} is missing`);
      for await (const group of sound(stored).groups(dataset.schema))
        for (let from = 0; from < group.raw.length; from += BATCH)
          await this.#insert(table, dataset, sliceOf(group, from, from + BATCH));
    });
  }

  /** One array per column: a single statement however many rows. */
  async #insert(table: string, dataset: Dataset, { values, raw, fetchedAt }: RecordColumns): Promise<void> {
    const columns = Object.values(withProvenance(dataset.schema));
    const data = [...values, raw, fetchedAt];
    const arrays = columns.map((column, i) => (data[i] ?? []).map((value) => toText(value, column)));
    const parameters = columns.map((column, i) => `$${i + 1}::${sqlType(column, TYPES)}[]`).join(", ");
    await this.query(`insert into ${table} (${columnNames(dataset)}) select * from unnest(${parameters})`, arrays);
  }
}

function toText(value: StoredValue, column: Column): string | null {
  if (value === null) return null;
  if (column.kind === "decimal") return formatDecimal(value as bigint, column.scale);
  if (column.kind === "date") return new Date((value as number) * DAY).toISOString().slice(0, 10);
  if (column.kind === "timestamp") return new Date(value as number).toISOString();
  return String(value);
}
