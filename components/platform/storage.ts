import type * as pulumi from "@pulumi/pulumi";
import { ArtifactStore } from "../artifacts.ts";
import type { Context } from "../context.ts";
import { DataLake, type DataLakeArgs } from "../data-lake.ts";
import { EncryptionKey } from "../encryption-key.ts";
import { LogBucket } from "../log-bucket.ts";
import type { Settings } from "../settings.ts";
import { admitDisks } from "../spot-capacity.ts";
import { admitStoreLogs } from "../store-logs.ts";
import type { PlatformTransform } from "./transforms.ts";

interface StorageArgs {
  readonly context: Context;
  readonly settings: Settings;
  readonly transform: PlatformTransform;
}

/** What everything else is kept in, and encrypted with. */
export interface Storage {
  readonly key: EncryptionKey;
  /** Undefined when requests are not logged. */
  readonly accessLogs: LogBucket | undefined;
  readonly lake: DataLake;
  readonly artifacts: ArtifactStore;
}

/** The key and the buckets. */
export function makeStorage(name: string, args: StorageArgs, child: pulumi.ComponentResourceOptions): Storage {
  const { context, settings, transform } = args;
  const hasStores = settings.warehouse !== "none" || settings.database !== "none";
  const statements = [
    ...(hasStores ? [admitStoreLogs(context)] : []),
    ...(settings.computeKind === "ec2-spot" ? [admitDisks(context)] : []),
  ];
  const key = new EncryptionKey(`${name}-key`, { context, label: "key", statements, transform: transform.key }, child);
  const accessLogs = settings.accessLogs
    ? new LogBucket(
        `${name}-access-logs`,
        { context, label: "access-logs", sources: ["lake", "artifacts"], transform: transform.accessLogs },
        child,
      )
    : undefined;
  const shared = { context, key, logs: accessLogs };
  const lake = new DataLake(
    `${name}-lake`,
    { ...shared, ...lakeArgs(settings), label: "lake", transform: transform.lake },
    child,
  );
  const artifacts = new ArtifactStore(
    `${name}-artifacts`,
    { ...shared, label: "artifacts", transform: transform.artifacts },
    child,
  );
  return { key, accessLogs, lake, artifacts };
}

function lakeArgs(
  settings: Settings,
): Pick<DataLakeArgs, "prefix" | "keepVersionsDays" | "objectLock" | "onlyFrom" | "replica"> {
  const { lakeLockMode: mode, lakeReplicaRegion: region, lakeOnlyFrom } = settings;
  return {
    prefix: settings.lakePrefix,
    keepVersionsDays: settings.lakeKeepVersionsDays,
    objectLock: mode === "none" ? undefined : { mode, days: settings.lakeLockDays },
    onlyFrom: lakeOnlyFrom && { network: settings.networkExisting?.cidr ?? settings.networkCidr, ...lakeOnlyFrom },
    replica: region ? { region } : undefined,
  };
}
