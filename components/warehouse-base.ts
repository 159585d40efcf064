import type * as pulumi from "@pulumi/pulumi";
import type { Context } from "./context.ts";
import type { DataLake } from "./data-lake.ts";
import type { EncryptionKey } from "./encryption-key.ts";
import type { Grantee } from "./grantee.ts";
import type { StorePlace } from "./store-network.ts";

/** What every kind of warehouse is told. */
export interface WarehouseBase extends StorePlace {
  readonly context: Context;
  /** What the warehouse is called within the stack. @default "warehouse" */
  readonly label?: string;
  readonly key: EncryptionKey;
  /** Loads come from here: its folders processed and loads/warehouse. */
  readonly lake: DataLake;
  /** Id of the prefix list of S3, the only thing that the warehouse can reach. @example network.s3PrefixListId */
  readonly s3PrefixListId: pulumi.Input<string>;
  /** Name of the database. @default "market" */
  readonly database?: string;
  /** Name of the administrator; the password is made and kept by AWS. @default "warehouse_admin" */
  readonly administrator?: string;
  /** @default 5439 */
  readonly port?: number;
  /** Days that audit logs are kept, one of the numbers that CloudWatch takes. @default 90 */
  readonly logRetentionDays?: number;
}

/** What dashboards and alarms need to know of a warehouse. */
export type WarehouseMetrics =
  | {
      readonly kind: "serverless";
      readonly workgroup: string;
      readonly namespace: string;
      /** Of a month; undefined without a limit. */
      readonly rpuHours: number | undefined;
    }
  | { readonly kind: "provisioned"; readonly cluster: string };

/** What every kind of warehouse can do for others. */
export interface Warehouse {
  /** What a task's TIDEGATE_WAREHOUSE is, known at preview. */
  readonly url: pulumi.Output<string>;
  readonly database: string;
  readonly port: number;
  readonly securityGroupId: pulumi.Output<string>;
  /** ARN of the secret with the administrator's password, which AWS rotates. */
  readonly administratorSecretArn: pulumi.Output<string>;
  readonly metrics: WarehouseMetrics;
  /**
   * Lets somebody run statements as a database user of their own. Redshift makes that user at the first connection, `IAMR:<role>`;
   * it owns the tables that it makes in the schema `public`, and reaches nobody else's unless they are granted to it.
   */
  grantLoad(role: Grantee): void;
}
