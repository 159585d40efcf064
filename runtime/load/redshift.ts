import type { Dataset } from "../dataset/definition.ts";
import { jsonBytes } from "../store/documents.ts";
import type { Store } from "../store/store.ts";
import { columnList, columnNames, quote, type SqlTypes } from "./columns.ts";
import type { RedshiftStatements } from "./redshift-statements.ts";
import type { Load, LoadFile, Target, TargetState } from "./target.ts";

/** COPY of columnar files knows no timestamp with a zone; all instants are UTC. */
const TYPES: SqlTypes = {
  text: "varchar(65535)",
  date: "date",
  timestamp: "timestamp",
  decimal: "decimal",
  integer: "bigint",
  float: "double precision",
  boolean: "boolean",
  json: "varchar(65535)",
};

const LEDGER = [
  "create table if not exists _loads (load_id varchar(64) not null, dataset varchar(64) not null, row_count bigint not null, loaded_at timestamp not null)",
  "create table if not exists _tables (dataset varchar(64) not null, columns varchar(64) not null, last_load varchar(64) not null)",
  "create table if not exists _partitions (dataset varchar(64) not null, partition_name varchar(512) not null, digest varchar(64) not null, load_id varchar(64) not null)",
];

const STAGING = quote("_staging");

export interface RedshiftOptions {
  readonly statements: RedshiftStatements;
  /** ARN of the role that COPY reads the lake with, or `default` for the namespace's own. */
  readonly copyRole: string;
}

/**
 * Redshift as the warehouse, through its Data API. A load is one batch, which Redshift runs as one transaction:
 * https://docs.aws.amazon.com/redshift/latest/mgmt/data-api.html. A batch has no conditions, so what must be true is
 * asserted by dividing by zero otherwise.
 */
export class RedshiftTarget implements Target {
  readonly name = "warehouse";
  readonly #statements: RedshiftStatements;
  readonly #copyRole: string;

  constructor({ statements, copyRole }: RedshiftOptions) {
    this.#statements = statements;
    this.#copyRole = copyRole;
  }

  async state(dataset: string): Promise<TargetState> {
    await this.#statements.batch(LEDGER);
    const name = literal(dataset);
    const [table] = await this.#statements.query(`select columns, last_load from _tables where dataset = ${name}`);
    const partitions = await this.#statements.query(
      `select partition_name, digest from _partitions where dataset = ${name}`,
    );
    return {
      columns: table?.columns,
      lastLoad: table?.last_load,
      partitions: new Map(partitions.map((row) => [row.partition_name ?? "", row.digest ?? ""])),
    };
  }

  async apply(load: Load, store: Store): Promise<void> {
    if (await this.#applied(load.id)) return;
    const manifest = `loads/warehouse/${load.id}.manifest`;
    await store.put(manifest, jsonBytes(copyManifest(load.files, store.location)), { contentType: "application/json" });
    try {
      await this.#statements.batch(loadStatements(load, `${store.location}/${manifest}`, this.#copyRole), load.id);
    } catch (error) {
      // Another worker may have applied the same load meanwhile, or the answer to ours was lost.
      if (!(await this.#applied(load.id))) throw error;
    }
  }

  async #applied(id: string): Promise<boolean> {
    return (await this.#statements.query(`select load_id from _loads where load_id = ${literal(id)}`)).length > 0;
  }
}

/** https://docs.aws.amazon.com/redshift/latest/dg/loading-data-files-using-manifest.html; a missing file fails the load. */
export const copyManifest = (files: readonly LoadFile[], lake: string): object => ({
  entries: files.map(({ key, bytes }) => ({ url: `${lake}/${key}`, mandatory: true, meta: { content_length: bytes } })),
});

/** The statements of one load, in their order. */
export function loadStatements(load: Load, manifest: string, copyRole: string): string[] {
  const { id, dataset, columns, recreate, files } = load;
  const table = quote(load.table);
  const name = literal(dataset.name);
  const partitions = files.map(({ partition }) => literal(partition)).join(", ");
  const rows = files.reduce((sum, file) => sum + file.rows, 0);
  const list = columnNames(dataset);
  return [
    // Taken first and by every load, so that two at once wait for each other instead of failing at their end.
    "lock table _loads",
    assertion(`not exists (select 1 from _loads where load_id = ${literal(id)})`),
    ...(recreate ? [`drop table if exists ${table}`, `delete from _partitions where dataset = ${name}`] : []),
    createTable(load.table, dataset),
    `create temporary table ${STAGING} (${columnList(dataset, TYPES)})`,
    `copy ${STAGING} from ${literal(manifest)} iam_role ${copyRole === "default" ? "default" : literal(copyRole)} format as parquet manifest`,
    assertion(`(select count(*) from ${STAGING}) = ${rows}`),
    `delete from ${table} where ${quote(dataset.partitions.field)} in (${partitions})`,
    `insert into ${table} (${list}) select ${list} from ${STAGING}`,
    `drop table ${STAGING}`,
    `delete from _partitions where dataset = ${name} and partition_name in (${partitions})`,
    `insert into _partitions values ${files.map(({ partition, digest }) => `(${[dataset.name, partition, digest, id].map(literal).join(", ")})`).join(", ")}`,
    `delete from _tables where dataset = ${name}`,
    `insert into _tables values (${name}, ${literal(columns)}, ${literal(id)})`,
    `insert into _loads values (${literal(id)}, ${name}, ${rows}, getdate())`,
  ];
}

function createTable(table: string, dataset: Dataset): string {
  const { sortBy = [], distributeBy } = dataset.load.warehouse ?? {};
  const distribution = distributeBy ? ` distkey (${quote(distributeBy)})` : "";
  const order = sortBy.length ? ` sortkey (${sortBy.map(quote).join(", ")})` : "";
  return `create table if not exists ${quote(table)} (${columnList(dataset, TYPES)})${distribution}${order}`;
}

const assertion = (condition: string): string => `select 1 / (case when ${condition} then 1 else 0 end)`;

const literal = (text: string): string => `'${text.replaceAll("\\", "\\\\").replaceAll("'", "''")}'`;
