import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import { text as readText } from "node:stream/consumers";
import { RedshiftDataClient } from "@aws-sdk/client-redshift-data";
import { PGlite } from "@electric-sql/pglite";
import { parquetMetadata } from "hyparquet";
import { formatDecimal } from "../../runtime/dataset/decimal.ts";
import type { Dataset } from "../../runtime/dataset/definition.ts";
import { DAY } from "../../runtime/dataset/duration.ts";
import { type StoredValue, withProvenance } from "../../runtime/store/records.ts";
import { readRecords } from "./records.ts";

/** What was asked of the Data API. */
export interface ApiRequest {
  readonly action: string;
  readonly body: Readonly<Record<string, unknown>>;
}

/** How one request is answered instead: carried out with the answer lost, or refused. */
export type Mishap = "answer lost" | { readonly refused: string };

export interface RedshiftApi extends AsyncDisposable {
  readonly url: string;
  readonly requests: readonly ApiRequest[];
  /** Whose files can be copied. */
  datasets: readonly Dataset[];
  /** What Postgres can do of Redshift. */
  readonly database: PGlite;
  readonly client: RedshiftDataClient;
  /** Says what goes wrong with a request; undefined for nothing. */
  mishap: (request: ApiRequest) => Mishap | undefined;
  /** The state in which statements stay instead of being carried out. */
  stuck: "SUBMITTED" | "ABORTED" | undefined;
  /** An empty database, nothing asked, nothing wrong. */
  reset(): Promise<void>;
}

interface Statement {
  readonly states: string[];
  error?: string;
  rows: Record<string, unknown>[];
}

/** Rows of one page of a result. */
const PAGE = 2;

/**
 * Redshift's Data API over HTTP, on Postgres: what only Redshift has (distribution, sorting, COPY, getdate) is put into words
 * that Postgres knows. Statements of a batch are one transaction. Like the real one it asks to be asked again until a
 * statement has ended, pages results, and remembers tokens, also those of batches that failed.
 * @param read an object by its URL in a manifest
 */
export async function startRedshift(read: (url: string) => Promise<Uint8Array>): Promise<RedshiftApi> {
  const database = await PGlite.create();
  // As in Redshift, a backslash in a literal begins an escape.
  await database.exec("set standard_conforming_strings = off; set escape_string_warning = off; set timezone = 'UTC'");
  const statements = new Map<string, Statement>();
  const tokens = new Map<string, string>();
  const requests: ApiRequest[] = [];

  async function carryOut(sql: string): Promise<Record<string, unknown>[]> {
    const copy = /^copy "_staging" from '([^']+)' iam_role (?:default|'[^']+') format as parquet manifest$/.exec(sql);
    if (copy) {
      await copyFiles(database, api.datasets, copy[1] ?? "", read);
      return [];
    }
    const known = sql.replace(/ distkey \([^)]*\)| sortkey \([^)]*\)/g, "").replaceAll("getdate()", "now()");
    return (await database.query<Record<string, unknown>>(known)).rows;
  }

  /** One at a time: every load begins with the same lock. */
  let last: Promise<unknown> = Promise.resolve();

  function submit(sqls: readonly string[], batch: boolean): string {
    const id = `statement-${statements.size}`;
    const statement: Statement = { states: ["SUBMITTED", "PICKED", "STARTED"], rows: [] };
    statements.set(id, statement);
    if (api.stuck) statement.states.splice(0, 3, api.stuck);
    else last = last.then(() => end(statement, sqls, batch));
    return id;
  }

  async function end(statement: Statement, sqls: readonly string[], batch: boolean): Promise<void> {
    try {
      if (batch) await database.exec("begin");
      for (const sql of sqls) statement.rows = await carryOut(sql);
      if (batch) await database.exec("commit");
      statement.states.push("FINISHED");
    } catch (error) {
      if (batch) await database.exec("rollback");
      statement.states.push("FAILED");
      statement.error = (error as Error).message;
    }
  }

  function answer({ action, body }: ApiRequest): object {
    const statement = statements.get(String(body.Id));
    switch (action) {
      case "BatchExecuteStatement": {
        const token = String(body.ClientToken);
        const id = tokens.get(token) ?? submit(body.Sqls as string[], true);
        tokens.set(token, id);
        return { Id: id };
      }
      case "ExecuteStatement":
        return { Id: submit([String(body.Sql)], false) };
      case "DescribeStatement": {
        const { states = [], error } = statement ?? {};
        const status = states.length > 1 ? states.shift() : states[0];
        return { Id: body.Id, Status: status, ...(status === "FAILED" ? { Error: error } : {}) };
      }
      case "GetStatementResult": {
        const rows = statement?.rows ?? [];
        const from = Number(body.NextToken ?? 0);
        const names = Object.keys(rows[0] ?? {});
        return {
          ColumnMetadata: names.map((name) => ({ name })),
          Records: rows.slice(from, from + PAGE).map((row) => names.map((name) => field(row[name]))),
          ...(from + PAGE < rows.length ? { NextToken: String(from + PAGE) } : {}),
        };
      }
      default:
        throw new Error(`no ${action} here`);
    }
  }

  const server = createServer(async (incoming, response) => {
    const request = await requestOf(incoming);
    requests.push(request);
    const mishap = api.mishap(request);
    const refused = typeof mishap === "object" ? mishap.refused : undefined;
    const said = refused ? { __type: "ValidationException", message: refused } : answer(request);
    if (mishap === "answer lost") return void response.socket?.resetAndDestroy();
    response.writeHead(refused ? 400 : 200, { "content-type": "application/x-amz-json-1.1" });
    response.end(JSON.stringify(said));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const client = new RedshiftDataClient({
    endpoint: url,
    region: "us-east-1",
    credentials: { accessKeyId: "test", secretAccessKey: "test" },
  });
  const api: RedshiftApi = {
    url,
    requests,
    database,
    client,
    datasets: [],
    mishap: () => undefined,
    stuck: undefined,
    async reset() {
      await last;
      await database.exec("drop schema public cascade; create schema public");
      requests.length = 0;
      api.mishap = () => undefined;
      api.stuck = undefined;
    },
    async [Symbol.asyncDispose]() {
      client.destroy();
      server.closeAllConnections();
      await last;
      await new Promise((resolve) => server.close(resolve));
      await database.close();
    },
  };
  return api;
}

async function requestOf(incoming: IncomingMessage): Promise<ApiRequest> {
  const action = String(incoming.headers["x-amz-target"]).replace("RedshiftData.", "");
  return { action, body: JSON.parse(await readText(incoming)) };
}

const field = (value: unknown): object =>
  value === null
    ? { isNull: true }
    : typeof value === "number" || typeof value === "bigint"
      ? { longValue: Number(value) }
      : { stringValue: String(value) };

interface Manifest {
  readonly entries: readonly {
    readonly url: string;
    readonly mandatory: boolean;
    readonly meta: { readonly content_length: number };
  }[];
}

/** As COPY does with columnar files: the columns go by their position in the file, whatever they are called. */
async function copyFiles(
  database: PGlite,
  datasets: readonly Dataset[],
  manifest: string,
  read: (url: string) => Promise<Uint8Array>,
): Promise<void> {
  const { entries } = JSON.parse(new TextDecoder().decode(await read(manifest))) as Manifest;
  for (const { url, meta } of entries) {
    const file = await read(url);
    if (file.byteLength !== meta.content_length) throw new Error(`${url} has ${file.byteLength} bytes`);
    const dataset = datasets.find(({ name }) => url.includes(`/processed/${name}/`));
    if (!dataset) throw new Error(`${url} belongs to no dataset`);
    const columns = withProvenance(dataset.schema);
    const names = parquetMetadata(file.slice().buffer)
      .schema.slice(1)
      .map(({ name }) => name);
    for (const { values, raw, fetchedAt } of await readRecords(dataset.schema, file)) {
      const byName = Object.fromEntries(Object.keys(columns).map((name, i) => [name, [...values, raw, fetchedAt][i]]));
      const row = names.map((name) => sqlText(byName[name] ?? null, columns[name]));
      await database.query(`insert into "_staging" values (${row.map((_, i) => `$${i + 1}`).join(", ")})`, row);
    }
  }
}

function sqlText(value: StoredValue, column: Dataset["schema"][string] | undefined): string | null {
  if (value === null) return null;
  if (column?.kind === "decimal") return formatDecimal(value as bigint, column.scale);
  if (column?.kind === "date") return new Date((value as number) * DAY).toISOString().slice(0, 10);
  if (column?.kind === "timestamp") return new Date(value as number).toISOString();
  return String(value);
}
