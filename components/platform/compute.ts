import type * as pulumi from "@pulumi/pulumi";
import type { Dataset } from "../../runtime/dataset/index.ts";
import type { ArtifactStore } from "../artifacts.ts";
import type { Context } from "../context.ts";
import type { DataLake } from "../data-lake.ts";
import type { EncryptionKey } from "../encryption-key.ts";
import { Network, type NetworkArgs } from "../network.ts";
import { OwnImage } from "../own-image.ts";
import { networkChoice } from "../settings/network-choice.ts";
import type { Settings } from "../settings.ts";
import { type Capacity, TaskRunner } from "../task-runner.ts";
import type { PlatformTransform } from "./transforms.ts";

interface ComputeArgs {
  readonly context: Context;
  readonly settings: Settings;
  readonly datasets: readonly Dataset[];
  readonly key: EncryptionKey;
  readonly lake: DataLake;
  readonly artifacts: ArtifactStore;
  readonly transform: PlatformTransform;
}

/** Where tasks run, and what in. */
export interface Compute {
  readonly network: Network;
  readonly runner: TaskRunner;
  readonly image: string | OwnImage;
}

/** The network, the cluster and the image. */
export function makeCompute(name: string, args: ComputeArgs, child: pulumi.ComponentResourceOptions): Compute {
  const { context, settings, key, lake, artifacts, transform } = args;
  const { logRetentionDays, architecture, imageFolder: folder } = settings;
  const network = new Network(
    `${name}-network`,
    {
      context,
      label: "network",
      key,
      ...networkChoice(settings, args.datasets),
      flowLog: flowLogOf(settings),
      buckets: [lake.bucketName, artifacts.bucketName],
      transform: transform.network,
    },
    child,
  );
  const runner = new TaskRunner(
    `${name}-runner`,
    {
      context,
      key,
      label: "tasks",
      capacity: capacityOf(settings, network),
      logRetentionDays,
      transform: transform.runner,
    },
    child,
  );
  const image = folder
    ? new OwnImage(
        `${name}-image`,
        { context, label: "image", key, folder, architecture, transform: transform.image },
        child,
      )
    : settings.image;
  return { network, runner, image };
}

const flowLogOf = ({
  networkFlowLogs,
  logRetentionDays: retentionDays,
}: Settings): NonNullable<NetworkArgs["flowLog"]> =>
  networkFlowLogs === "none" ? false : { traffic: networkFlowLogs === "all" ? "ALL" : "REJECT", retentionDays };

function capacityOf(settings: Settings, network: Network): Capacity {
  const { computeKind: kind, computeInstanceTypes: instanceTypes, computeMaxInstances: maxInstances } = settings;
  if (kind !== "ec2-spot") return { kind };
  const types = instanceTypes.length > 0 ? { instanceTypes } : {};
  return { kind, network, maxInstances, architecture: settings.architecture, ...types };
}
