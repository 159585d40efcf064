import { type Fault, show } from "../dataset/errors.ts";

/** Which Redshift, and the role it reads the lake with. */
export interface WarehouseAddress {
  readonly kind: "workgroup" | "cluster";
  /** Of the serverless workgroup or the provisioned cluster. */
  readonly name: string;
  readonly database: string;
  /** ARN of the role that COPY reads the lake with, or `default` for the namespace's own. */
  readonly copyRole: string;
}

/** Which Postgres, and the database user that its token is for. */
export interface DatabaseAddress {
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly database: string;
}

type Parsed<T> = { readonly address: T } | { readonly fault: Omit<Fault, "path"> };

const WAREHOUSE_FORM =
  "redshift-serverless://<workgroup>/<database>?copyRole=<role arn>, or redshift://<cluster>/<database>?copyRole=<role arn>";
const DATABASE_FORM = "postgres://<user>@<host>:<port>/<database>";

const WAREHOUSE_KINDS: Readonly<Record<string, WarehouseAddress["kind"]>> = {
  "redshift-serverless:": "workgroup",
  "redshift:": "cluster",
};

export function parseWarehouse(text: string): Parsed<WarehouseAddress> {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const kind = WAREHOUSE_KINDS[url?.protocol ?? ""];
  const database = decodeURIComponent(url?.pathname.slice(1) ?? "");
  if (!url?.host || !kind || !database || database.includes("/"))
    return { fault: { problem: "is no address of a Redshift", value: text, allowed: WAREHOUSE_FORM } };
  const copyRole = url.searchParams.get("copyRole") ?? "default";
  if (copyRole !== "default" && !/^arn:[\w-]+:iam::\d{12}:role\/[\w+=,.@/-]+$/.test(copyRole))
    return { fault: { problem: "its copyRole is no ARN of a role", value: copyRole, allowed: WAREHOUSE_FORM } };
  return { address: { kind, name: url.host, database, copyRole } };
}

/** No value is shown where it may hold a password. */
export function parseDatabase(text: string): Parsed<DatabaseAddress> {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url?.password)
    return {
      fault: {
        problem: "carries a password",
        fix: "leave it out: the task signs in with a token of its own role",
        allowed: DATABASE_FORM,
      },
    };
  const database = decodeURIComponent(url?.pathname.slice(1) ?? "");
  const isPostgres = url?.protocol === "postgres:" || url?.protocol === "postgresql:";
  if (!url?.hostname || !isPostgres || !url.username || !database || database.includes("/"))
    return { fault: { problem: `is no address of a Postgres: ${show(text)}`, allowed: DATABASE_FORM } };
  const user = decodeURIComponent(url.username);
  return { address: { host: url.hostname, port: Number(url.port || 5432), user, database } };
}
