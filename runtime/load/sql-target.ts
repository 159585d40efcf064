import type { Dataset } from "../dataset/definition.ts";
import type { Store } from "../store/store.ts";
import { columnList, columnNames, quote, type SqlTypes } from "./columns.ts";
import type { Load, LoadFile, Target, TargetName, TargetState } from "./target.ts";

/** A connection to a database that knows transactions. Parameters are `$1`, `$2`, … */
export interface SqlSession {
  readonly types: SqlTypes;
  /** Whether tables get a primary key: it costs a columnar warehouse much and buys it nothing. */
  readonly primaryKey: boolean;
  query(sql: string, parameters?: readonly unknown[]): Promise<Record<string, unknown>[]>;
  /** Transactions of Tidegate wait for each other wherever several processes may be connected. */
  transaction(work: () => Promise<void>): Promise<void>;
  /** Adds all records of a Parquet file to a table that has the dataset's columns. */
  insertFile(table: string, dataset: Dataset, file: LoadFile, store: Store): Promise<void>;
}

const LEDGER = [
  "create table if not exists _loads (load_id varchar(64) primary key, dataset varchar(64) not null, row_count bigint not null, loaded_at timestamptz not null)",
  "create table if not exists _tables (dataset varchar(64) primary key, columns varchar(64) not null, last_load varchar(64) not null)",
  "create table if not exists _partitions (dataset varchar(64), partition_name varchar(512), digest varchar(64) not null, load_id varchar(64) not null, primary key (dataset, partition_name))",
];

const STAGING = quote("_staging");

/** Loads over a SQL connection; DuckDB and Postgres differ only in their sessions. */
export class SqlTarget implements Target {
  readonly name: TargetName;
  readonly #session: SqlSession;
  #last: Promise<unknown> = Promise.resolve();

  constructor(name: TargetName, session: SqlSession) {
    this.name = name;
    this.#session = session;
  }

  state(dataset: string): Promise<TargetState> {
    return this.#inTurn(() => this.#readState(dataset));
  }

  apply(load: Load, store: Store): Promise<void> {
    return this.#inTurn(() => this.#session.transaction(() => this.#carryOut(load, store)));
  }

  /** One connection has one transaction at a time, however many datasets load. */
  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const mine = this.#last.then(work);
    this.#last = mine.catch(() => undefined);
    return mine;
  }

  async #readState(dataset: string): Promise<TargetState> {
    await this.#session.transaction(async () => {
      for (const statement of LEDGER) await this.#session.query(statement);
    });
    const [table] = await this.#session.query("select columns, last_load from _tables where dataset = $1", [dataset]);
    const partitions = await this.#session.query("select partition_name, digest from _partitions where dataset = $1", [
      dataset,
    ]);
    return {
      columns: table?.columns as string | undefined,
      lastLoad: table?.last_load as string | undefined,
      partitions: new Map(partitions.map((row) => [row.partition_name as string, row.digest as string])),
    };
  }

  async #carryOut(load: Load, store: Store): Promise<void> {
    const [applied] = await this.#session.query("select load_id from _loads where load_id = $1", [load.id]);
    if (applied) return;
    if (load.recreate) await this.#forget(load);
    await this.#createTable(load);
    await this.#stage(load, store);
    await this.#replace(load);
    await this.#record(load);
  }

  async #forget({ table, dataset }: Load): Promise<void> {
    await this.#session.query(`drop table if exists ${quote(table)}`);
    await this.#session.query("delete from _partitions where dataset = $1", [dataset.name]);
  }

  async #createTable({ table, dataset }: Load): Promise<void> {
    const { types, primaryKey } = this.#session;
    const key = primaryKey ? `, primary key (${dataset.key.map(quote).join(", ")})` : "";
    await this.#session.query(`create table if not exists ${quote(table)} (${columnList(dataset, types)}${key})`);
  }

  async #stage({ dataset, files }: Load, store: Store): Promise<void> {
    await this.#session.query(`create temporary table ${STAGING} (${columnList(dataset, this.#session.types)})`);
    for (const file of files) await this.#session.insertFile(STAGING, dataset, file, store);
    const [staged] = await this.#session.query(`select count(*) as count from ${STAGING}`);
    const expected = total(files);
    if (Number(staged?.count) !== expected)
      throw new Error(`${dataset.name}: staged ${staged?.count} rows of ${expected}; nothing was loaded`);
  }

  async #replace({ table, dataset, files }: Load): Promise<void> {
    const partitions = files.map((_, i) => `$${i + 1}`).join(", ");
    await this.#session.query(
      `delete from ${quote(table)} where ${quote(dataset.partitions.field)} in (${partitions})`,
      files.map(({ partition }) => partition),
    );
    const columns = columnNames(dataset);
    await this.#session.query(`insert into ${quote(table)} (${columns}) select ${columns} from ${STAGING}`);
    await this.#session.query(`drop table ${STAGING}`);
  }

  async #record({ id, dataset, columns, files }: Load): Promise<void> {
    const { name } = dataset;
    for (const { partition, digest } of files)
      await this.#session.query(
        "insert into _partitions values ($1, $2, $3, $4) on conflict (dataset, partition_name) do update set digest = excluded.digest, load_id = excluded.load_id",
        [name, partition, digest, id],
      );
    await this.#session.query(
      "insert into _tables values ($1, $2, $3) on conflict (dataset) do update set columns = excluded.columns, last_load = excluded.last_load",
      [name, columns, id],
    );
    await this.#session.query("insert into _loads values ($1, $2, $3, now())", [id, name, total(files)]);
  }
}

const total = (files: readonly LoadFile[]): number => files.reduce((sum, { rows }) => sum + rows, 0);
