import * as pulumi from "@pulumi/pulumi";
import type { Alerts } from "../alerts.ts";
import type { ArtifactStore } from "../artifacts.ts";
import type { Context } from "../context.ts";
import type { DataLake } from "../data-lake.ts";
import { Database } from "../database.ts";
import { DatabaseSetup } from "../database-setup.ts";
import type { EncryptionKey } from "../encryption-key.ts";
import type { Network } from "../network.ts";
import type { Settings } from "../settings.ts";
import { makeWarehouse } from "../warehouse.ts";
import type { Warehouse } from "../warehouse-base.ts";
import type { Compute } from "./compute.ts";
import type { PlatformTransform } from "./transforms.ts";

interface StoresArgs extends Compute {
  readonly context: Context;
  readonly settings: Settings;
  readonly key: EncryptionKey;
  readonly lake: DataLake;
  readonly artifacts: ArtifactStore;
  readonly alerts: Alerts;
  readonly transform: PlatformTransform;
}

/** What processed records are loaded into, as far as the stack has it. */
export interface Stores {
  readonly warehouse: Warehouse | undefined;
  readonly database: Database | undefined;
  /** Makes the users of the database. */
  readonly databaseSetup: DatabaseSetup | undefined;
}

/** Warehouse and database with their alarms. */
export function makeStores(name: string, args: StoresArgs, child: pulumi.ComponentResourceOptions): Stores {
  const warehouse = warehouseOf(name, args, child);
  const database = databaseOf(name, args, child);
  if (warehouse) args.alerts.watchWarehouse(warehouse.metrics);
  if (database) args.alerts.watchDatabase(database.metrics, { storage: args.settings.databaseStorage });
  return { warehouse, database, databaseSetup: database && setupOf(name, args, database, child) };
}

function warehouseOf(
  name: string,
  { context, settings, key, lake, network, transform }: StoresArgs,
  child: pulumi.ComponentResourceOptions,
): Warehouse | undefined {
  const { s3PrefixListId } = network;
  if (settings.warehouse === "none" || s3PrefixListId === undefined) return undefined;
  const place = { vpcId: network.vpcId, subnetIds: dataSubnets(network), s3PrefixListId };
  const base = { context, key, lake, ...place, logRetentionDays: settings.logRetentionDays };
  const { warehouseMaxCapacity: maxCapacity, warehouseRpuHours: rpuHours } = settings;
  return makeWarehouse(
    `${name}-warehouse`,
    settings.warehouse === "serverless"
      ? {
          ...base,
          kind: "serverless",
          baseCapacity: settings.warehouseBaseCapacity,
          ...(maxCapacity === undefined ? {} : { maxCapacity }),
          usage: rpuHours > 0 ? { rpuHours } : "unlimited",
          transform: transform.serverlessWarehouse,
        }
      : {
          ...base,
          kind: "provisioned",
          nodeType: settings.warehouseNodeType,
          nodes: settings.warehouseNodes,
          multiZone: settings.warehouseMultiZone,
          transform: transform.provisionedWarehouse,
        },
    child,
  );
}

function databaseOf(
  name: string,
  { context, settings, key, network, transform }: StoresArgs,
  child: pulumi.ComponentResourceOptions,
): Database | undefined {
  if (settings.database === "none") return undefined;
  const database = new Database(
    `${name}-database`,
    {
      context,
      key,
      vpcId: network.vpcId,
      subnetIds: dataSubnets(network),
      clients: { tasks: network.taskSecurityGroupId },
      instanceClass: settings.databaseClass,
      storage: settings.databaseStorage,
      maxStorage: settings.databaseMaxStorage,
      multiZone: settings.databaseMultiZone,
      backupDays: settings.databaseBackupDays,
      proxy: settings.databaseProxy,
      logRetentionDays: settings.logRetentionDays,
      transform: transform.database,
    },
    child,
  );
  network.allowTasksTo("database", database.securityGroupId, database.port);
  return database;
}

function setupOf(
  name: string,
  { settings: { architecture }, artifacts, transform, ...args }: StoresArgs,
  database: Database,
  child: pulumi.ComponentResourceOptions,
): DatabaseSetup {
  const artifact = artifacts.add("administer", "runtime/tasks/administer.ts");
  return new DatabaseSetup(
    `${name}-database-setup`,
    { ...args, artifacts, artifact, database, architecture, transform: transform.databaseSetup },
    child,
  );
}

/** Where nothing comes in from the internet: isolated subnets, and private ones in a VPC that has none. */
const dataSubnets = ({ isolatedSubnetIds, privateSubnetIds }: Network): pulumi.Output<string[]> =>
  pulumi
    .all([isolatedSubnetIds, privateSubnetIds])
    .apply(([isolated, others]) => (isolated.length > 0 ? isolated : others));
