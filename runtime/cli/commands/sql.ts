import { existsSync } from "node:fs";
import { messageOf, UserError } from "../../dataset/errors.ts";
import { DuckDb } from "../../load/duckdb.ts";
import { localPlaces } from "../local.ts";
import { rowsTable } from "../terminal/table.ts";

export interface SqlOptions {
  readonly data: string;
  readonly json?: true;
}

/** `tidegate sql`: one query over the local warehouse, which is opened read-only. */
export async function sql(query: string, options: SqlOptions): Promise<number> {
  const { warehouse } = localPlaces(options.data);
  if (!existsSync(warehouse))
    throw new UserError("there is no warehouse yet:", [
      {
        path: "--data",
        problem: "no data in this folder",
        value: options.data,
        fix: "run tidegate run (or npm start) first, or name the folder with --data",
      },
    ]);
  const duckdb = await DuckDb.open(warehouse, "read");
  try {
    const { columns, rows } = await duckdb.table(query);
    process.stdout.write(
      options.json
        ? `${JSON.stringify(
            rows.map((row) => Object.fromEntries(row.map((value, i) => [columns[i], value]))),
            null,
            2,
          )}\n`
        : `${rowsTable(columns, rows, { stream: process.stdout })}\n`,
    );
    return 0;
  } catch (error) {
    throw new UserError("the query failed:", [{ path: "", problem: messageOf(error) }]);
  } finally {
    duckdb.close();
  }
}
