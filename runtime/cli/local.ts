import { join, resolve } from "node:path";
import type { PGlite } from "@electric-sql/pglite";
import { DuckDb } from "../load/duckdb.ts";
import { openPglite } from "../load/pglite.ts";
import { Postgres } from "../load/postgres.ts";
import { SqlTarget } from "../load/sql-target.ts";
import type { Target } from "../load/target.ts";
import { clearLeftovers, FolderStore } from "../store/folder.ts";

/** Where everything lies in the local folder. */
export const localPlaces = (folder: string) => {
  const root = resolve(folder);
  return {
    lake: join(root, "lake"),
    warehouse: join(root, "warehouse.duckdb"),
    database: join(root, "database"),
    report: join(root, "report.html"),
  };
};

/** A folder that stands for the whole platform: the lake, DuckDB as the warehouse, PGlite as the database. */
export class LocalPlatform {
  readonly store: FolderStore;
  readonly targets: readonly Target[];
  readonly warehouse: DuckDb;
  readonly #database: PGlite;

  private constructor(store: FolderStore, warehouse: DuckDb, database: PGlite) {
    this.store = store;
    this.warehouse = warehouse;
    this.#database = database;
    this.targets = [new SqlTarget("warehouse", warehouse), new SqlTarget("database", new Postgres(database))];
  }

  /**
   * Opens the folder for a run, and makes it when it is new. DuckDB's lock on its file, which the system releases however
   * a process ends, keeps a second run away from all of the folder.
   * @throws UserError when another run is using it
   */
  static async open(folder: string): Promise<LocalPlatform> {
    const places = localPlaces(folder);
    const warehouse = await DuckDb.open(places.warehouse, "write");
    try {
      await clearLeftovers(places.lake);
      return new LocalPlatform(new FolderStore(places.lake), warehouse, await openPglite(places.database));
    } catch (error) {
      warehouse.close();
      throw error;
    }
  }

  async close(): Promise<void> {
    await this.#database.close();
    this.warehouse.close();
  }
}
