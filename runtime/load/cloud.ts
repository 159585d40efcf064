import { RedshiftDataClient } from "@aws-sdk/client-redshift-data";
import type { Clock } from "../dataset/clock.ts";
import type { DatabaseAddress, WarehouseAddress } from "./address.ts";
import { Postgres } from "./postgres.ts";
import { RdsClient } from "./rds.ts";
import { RedshiftTarget } from "./redshift.ts";
import { RedshiftStatements } from "./redshift-statements.ts";
import { SqlTarget } from "./sql-target.ts";
import type { Target } from "./target.ts";

export interface CloudTargetsOptions {
  readonly warehouse: WarehouseAddress | undefined;
  readonly database: DatabaseAddress | undefined;
  /** Further certificate authorities for the database, PEM. */
  readonly authorities: string | undefined;
  readonly clock: Clock;
  readonly signal: AbortSignal;
}

export interface CloudTargets {
  readonly targets: readonly Target[];
  close(): Promise<void>;
}

/** The targets of a platform in the cloud. Nothing is connected to before it is asked. */
export function cloudTargets({ warehouse, database, authorities, clock, signal }: CloudTargetsOptions): CloudTargets {
  const targets: Target[] = [];
  if (warehouse) {
    const statements = new RedshiftStatements(new RedshiftDataClient(), warehouse, clock, signal);
    targets.push(new RedshiftTarget({ statements, copyRole: warehouse.copyRole }));
  }
  const client = database && new RdsClient({ address: database, authorities, signal });
  if (client) targets.push(new SqlTarget("database", new Postgres(client)));
  return {
    targets,
    async close() {
      await client?.close();
    },
  };
}
