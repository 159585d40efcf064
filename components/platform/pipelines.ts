import type * as pulumi from "@pulumi/pulumi";
import { type Dataset, secretsOf } from "../../runtime/dataset/index.ts";
import type { Alerts } from "../alerts.ts";
import type { Artifact, ArtifactStore } from "../artifacts.ts";
import type { Context } from "../context.ts";
import type { DataLake } from "../data-lake.ts";
import { cronOf } from "../dataset-order.ts";
import { DatasetPipeline } from "../dataset-pipeline.ts";
import type { EncryptionKey } from "../encryption-key.ts";
import { IngestionTask } from "../ingestion-task.ts";
import { PipelineGroup } from "../pipeline-group.ts";
import type { Settings } from "../settings.ts";
import { SourceSecret } from "../source-secret.ts";
import type { Compute } from "./compute.ts";
import type { Stores } from "./stores.ts";
import type { PlatformTransform } from "./transforms.ts";

interface PipelinesArgs extends Compute, Stores {
  readonly context: Context;
  readonly settings: Settings;
  readonly datasets: readonly Dataset[];
  readonly key: EncryptionKey;
  readonly lake: DataLake;
  readonly artifacts: ArtifactStore;
  readonly artifact: Artifact;
  readonly alerts: Alerts;
  readonly transform: PlatformTransform;
}

/** What brings the datasets in. */
export interface Pipelines {
  /** By the name in dataset definitions. */
  readonly secrets: Readonly<Record<string, SourceSecret>>;
  /** By dataset. */
  readonly tasks: Readonly<Record<string, IngestionTask>>;
  readonly pipelineGroup: PipelineGroup;
  /** By dataset. */
  readonly pipelines: Readonly<Record<string, DatasetPipeline>>;
}

/** Secrets, and for each dataset its task, its pipeline and its alarms. */
export function makePipelines(name: string, args: PipelinesArgs, child: pulumi.ComponentResourceOptions): Pipelines {
  const { context, settings, datasets, key, transform } = args;
  const secrets = byName([...new Set(datasets.flatMap(secretsOf))], (secret) => [
    secret,
    new SourceSecret(`${name}-${secret}`, { context, key, secret, transform: transform.secrets }, child),
  ]);
  const tasks = datasets.map(
    (dataset) =>
      new IngestionTask(
        `${name}-${dataset.name}`,
        {
          ...args,
          dataset,
          secrets,
          architecture: settings.architecture,
          sourceUrl: settings.sourceUrls[dataset.name],
          transform: transform.tasks,
        },
        child,
      ),
  );
  const group = new PipelineGroup(
    `${name}-pipelines`,
    { context, key, logRetentionDays: settings.logRetentionDays, transform: transform.pipelineGroup },
    child,
  );
  const pipelines = tasks.map((task) => pipelineOf(name, args, task, group, child));
  return {
    secrets,
    tasks: byName(tasks, (task) => [task.dataset.name, task]),
    pipelineGroup: group,
    pipelines: byName(pipelines, (pipeline) => [pipeline.task.dataset.name, pipeline]),
  };
}

function pipelineOf(
  name: string,
  args: PipelinesArgs,
  task: IngestionTask,
  group: PipelineGroup,
  child: pulumi.ComponentResourceOptions,
): DatasetPipeline {
  const { settings, alerts, transform } = args;
  const { dataset } = task;
  const enabled = settings.schedulesEnabled;
  const pipeline = new DatasetPipeline(
    `${name}-${dataset.name}-pipeline`,
    {
      ...args,
      task,
      group,
      enabled,
      logLevel: settings.pipelineLogLevel,
      transform: transform.pipelines,
    },
    child,
  );
  alerts.watchDataset({
    dataset: dataset.name,
    cron: enabled ? cronOf(dataset, args.datasets) : undefined,
    stateMachineArn: pipeline.stateMachineArn,
  });
  return pipeline;
}

const byName = <T, V>(values: readonly T[], entry: (value: T) => [string, V]): Record<string, V> =>
  Object.fromEntries(values.map(entry));
