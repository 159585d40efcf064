import type * as aws from "@pulumi/aws";
import type { Context } from "./context.ts";
import type { DatabaseProxyTransform } from "./database-proxy.ts";
import type { EncryptionKey } from "./encryption-key.ts";
import type { ServiceRoleArgs } from "./service-role.ts";
import type { StoreNetworkTransform, StorePlace } from "./store-network.ts";
import type { Transform } from "./transform.ts";

export interface DatabaseArgs extends StorePlace {
  readonly context: Context;
  /** What the database is called within the stack. @default "database" */
  readonly label?: string;
  readonly key: EncryptionKey;
  /** @default "db.t4g.micro" */
  readonly instanceClass?: string;
  /** Major version of Postgres. @default "17" */
  readonly version?: string;
  /** GB to begin with, 20 or more. @default 20 */
  readonly storage?: number;
  /** GB that it may grow to by itself. @default 100 */
  readonly maxStorage?: number;
  /** A standby in another zone. @default false */
  readonly multiZone?: boolean;
  /** Days that backups are kept, 7 to 35. @default 7 in a disposable context, else 35 */
  readonly backupDays?: number;
  /** Connections through a proxy that keeps them open, for many tasks at once. @default false */
  readonly proxy?: boolean;
  /** Name of the database. @default "market" */
  readonly database?: string;
  /** Name of the administrator; the password is made and rotated by AWS. @default "database_admin" */
  readonly administrator?: string;
  /** @default 6432 */
  readonly port?: number;
  /** Days that logs are kept, one of the numbers that CloudWatch takes. @default 90 */
  readonly logRetentionDays?: number;
  readonly transform?:
    | (StoreNetworkTransform &
        DatabaseProxyTransform & {
          readonly parameterGroup?: Transform<aws.rds.ParameterGroupArgs>;
          readonly subnetGroup?: Transform<aws.rds.SubnetGroupArgs>;
          readonly monitoringRole?: ServiceRoleArgs["transform"];
          readonly logGroup?: Transform<aws.cloudwatch.LogGroupArgs>;
          readonly instance?: Transform<aws.rds.InstanceArgs>;
          readonly address?: Transform<aws.ssm.ParameterArgs>;
        })
    | undefined;
}
