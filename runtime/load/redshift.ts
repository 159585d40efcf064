import type { Dataset } from "../dataset/definition.ts";
import { jsonBytes } from "../store/documents.ts";
import { copyManifestKey } from "../store/layout.ts";
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

/**
 * The ledger of one dataset. Each dataset's task is a database user of its own, to whom the tables belong that it makes, and
 * has no right to those of another.
 */
const ledgerOf = (dataset: string) => ({
  loads: quote(`_loads_${dataset}`),
  tables: quote(`_tables_${dataset}`),
  partitions: quote(`_partitions_${dataset}`),
});

function ledgerStatements(dataset: string): string[] {
  const { loads, tables, partitions } = ledgerOf(dataset);
  return [
    `create table if not exists ${loads} (load_id varchar(64) not null, row_count bigint not null, loaded_at timestamp not null)`,
    `create table if not exists ${tables} (columns varchar(64) not null, last_load varchar(64) not null)`,
    `create table if not exists ${partitions} (partition_name varchar(512) not null, digest varchar(64) not null, load_id varchar(64) not null)`,
  ];
}

/**
 * Characters of one statement's rows. Redshift takes 100 kB a statement, a letter outside of ASCII takes up to four of them.
 * https://docs.aws.amazon.com/redshift/latest/mgmt/data-api.html
 */
const LONGEST_ROWS = 24_000;

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
    await this.#statements.batch(ledgerStatements(dataset));
    const ledger = ledgerOf(dataset);
    const [table] = await this.#statements.query(`select columns, last_load from ${ledger.tables}`);
    const partitions = await this.#statements.query(`select partition_name, digest from ${ledger.partitions}`);
    return {
      columns: table?.columns,
      lastLoad: table?.last_load,
      partitions: new Map(partitions.map((row) => [row.partition_name ?? "", row.digest ?? ""])),
    };
  }

  async apply(load: Load, store: Store): Promise<void> {
    if (await this.#applied(load)) return;
    const manifest = copyManifestKey(load.dataset.name, load.id);
    await store.put(manifest, jsonBytes(copyManifest(load.files, store.location)), { contentType: "application/json" });
    try {
      await this.#statements.batch(loadStatements(load, `${store.location}/${manifest}`, this.#copyRole));
    } catch (error) {
      // Another worker may have applied the same load meanwhile, or the answer to ours was lost. A load that is still under
      // way holds the ledger's lock, so the question is answered when that one has ended.
      if (!(await this.#applied(load))) throw error;
    }
  }

  async #applied({ id, dataset }: Load): Promise<boolean> {
    const { loads } = ledgerOf(dataset.name);
    return (await this.#statements.query(`select load_id from ${loads} where load_id = ${literal(id)}`)).length > 0;
  }
}

/** https://docs.aws.amazon.com/redshift/latest/dg/loading-data-files-using-manifest.html; a missing file fails the load. */
export const copyManifest = (files: readonly LoadFile[], lake: string): object => ({
  entries: files.map(({ key, bytes }) => ({ url: `${lake}/${key}`, mandatory: true, meta: { content_length: bytes } })),
});

/** The statements of one load, in their order. */
export function loadStatements(load: Load, manifest: string, copyRole: string): string[] {
  const { id, dataset, columns, recreate, files } = load;
  const { loads, tables, partitions } = ledgerOf(dataset.name);
  const table = quote(load.table);
  const field = quote(dataset.partitions.field);
  const rows = files.reduce((sum, file) => sum + file.rows, 0);
  const list = columnNames(dataset);
  const loaded = `select partition_name from ${partitions} where load_id = ${literal(id)}`;
  return [
    // Taken first and by every load, so that two at once wait for each other instead of failing at their end.
    `lock table ${loads}`,
    assertion(`not exists (select 1 from ${loads} where load_id = ${literal(id)})`),
    ...(recreate ? [`drop table if exists ${table}`, `delete from ${partitions}`] : []),
    createTable(load.table, dataset),
    `create temporary table ${STAGING} (${columnList(dataset, TYPES)})`,
    `copy ${STAGING} from ${literal(manifest)} iam_role ${copyRole === "default" ? "default" : literal(copyRole)} format as parquet manifest`,
    assertion(`(select count(*) from ${STAGING}) = ${rows}`),
    ...rowLists(files, id).map((ledgerRows) => `insert into ${partitions} values ${ledgerRows}`),
    `delete from ${partitions} where load_id <> ${literal(id)} and partition_name in (${loaded})`,
    `delete from ${table} where ${field} in (${loaded})`,
    `insert into ${table} (${list}) select ${list} from ${STAGING}`,
    `drop table ${STAGING}`,
    `delete from ${tables}`,
    `insert into ${tables} values (${literal(columns)}, ${literal(id)})`,
    `insert into ${loads} values (${literal(id)}, ${rows}, getdate())`,
  ];
}

/** The ledger's rows for the files, in as few lists as statements may hold. */
function rowLists(files: readonly LoadFile[], id: string): string[] {
  const lists: string[] = [];
  for (const { partition, digest } of files) {
    const row = `(${[partition, digest, id].map(literal).join(", ")})`;
    const last = lists.at(-1);
    if (last !== undefined && last.length + row.length < LONGEST_ROWS) lists[lists.length - 1] = `${last}, ${row}`;
    else lists.push(row);
  }
  return lists;
}

function createTable(table: string, dataset: Dataset): string {
  const { sortBy = [], distributeBy } = dataset.load.warehouse ?? {};
  const distribution = distributeBy ? ` distkey (${quote(distributeBy)})` : "";
  const order = sortBy.length ? ` sortkey (${sortBy.map(quote).join(", ")})` : "";
  return `create table if not exists ${quote(table)} (${columnList(dataset, TYPES)})${distribution}${order}`;
}

const assertion = (condition: string): string => `select 1 / (case when ${condition} then 1 else 0 end)`;

const literal = (text: string): string => `'${text.replaceAll("\\", "\\\\").replaceAll("'", "''")}'`;
