import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { type Dataset, secretsOf, UserError } from "../runtime/dataset/index.ts";
import { Alerts, type AlertsArgs } from "./alerts.ts";
import { type Artifact, ArtifactStore, type ArtifactStoreArgs } from "./artifacts.ts";
import { deploymentContext } from "./context.ts";
import { DataLake, type DataLakeArgs } from "./data-lake.ts";
import { EncryptionKey, type EncryptionKeyArgs } from "./encryption-key.ts";
import { IngestionSchedule, type IngestionScheduleArgs } from "./ingestion-schedule.ts";
import { IngestionTask, type IngestionTaskArgs } from "./ingestion-task.ts";
import { Network, type NetworkArgs } from "./network.ts";
import type { Settings } from "./settings.ts";
import { SourceSecret, type SourceSecretArgs } from "./source-secret.ts";
import { tagged } from "./tags.ts";
import { TaskRunner, type TaskRunnerArgs } from "./task-runner.ts";

export interface PlatformArgs extends Settings {
  readonly datasets: readonly Dataset[];
  /** Changes to what components give to their children, by component. */
  readonly transform?:
    | {
        readonly key?: EncryptionKeyArgs["transform"];
        readonly lake?: DataLakeArgs["transform"];
        readonly artifacts?: ArtifactStoreArgs["transform"];
        readonly network?: NetworkArgs["transform"];
        readonly runner?: TaskRunnerArgs["transform"];
        readonly alerts?: AlertsArgs["transform"];
        readonly secrets?: SourceSecretArgs["transform"];
        readonly tasks?: IngestionTaskArgs["transform"];
        readonly schedules?: IngestionScheduleArgs["transform"];
      }
    | undefined;
}

/**
 * Everything that brings a team's datasets into its own account.
 * @example new Platform("market-data", { datasets, ...settings });
 *
 * **Cost**: what its components cost, see there; with `networkNat: "none"` about 2 USD a month before storage and running tasks.
 *
 * **Security**: one key for everything that is kept; no public access, no way in from outside; each dataset has roles of its own
 * that reach nothing of another dataset. Every resource carries the tags of the settings.
 */
export class Platform extends pulumi.ComponentResource {
  readonly key: EncryptionKey;
  readonly lake: DataLake;
  readonly artifacts: ArtifactStore;
  /** The program of ingestion tasks. */
  readonly artifact: Artifact;
  readonly network: Network;
  readonly runner: TaskRunner;
  readonly alerts: Alerts;
  /** By the name in dataset definitions. */
  readonly secrets: Readonly<Record<string, SourceSecret>>;
  /** By dataset. */
  readonly tasks: Readonly<Record<string, IngestionTask>>;
  /** By dataset. */
  readonly schedules: Readonly<Record<string, IngestionSchedule>>;

  constructor(name: string, args: PlatformArgs, opts: pulumi.ComponentResourceOptions = {}) {
    refuseSameNames(args.datasets);
    const tags = tagsOf(args);
    super(
      "tidegate:platform:Platform",
      name,
      {},
      { ...opts, transformations: [...(opts.transformations ?? []), tagged(tags)] },
    );
    const { datasets, transform = {} } = args;
    const child = { parent: this };
    const context = deploymentContext({ disposable: args.disposable, tags }, child);

    const key = new EncryptionKey(`${name}-key`, { context, label: "key", transform: transform.key }, child);
    const lake = new DataLake(
      `${name}-lake`,
      { context, key, label: "lake", prefix: args.lakePrefix, transform: transform.lake },
      child,
    );
    const artifacts = new ArtifactStore(
      `${name}-artifacts`,
      { context, key, label: "artifacts", transform: transform.artifacts },
      child,
    );
    const artifact = artifacts.add("ingest", "runtime/tasks/run.ts");
    const network = new Network(
      `${name}-network`,
      {
        context,
        label: "network",
        cidr: args.networkCidr,
        zones: args.networkZones,
        nat: args.networkNat,
        buckets: [lake.bucketName, artifacts.bucketName],
        transform: transform.network,
      },
      child,
    );
    const runner = new TaskRunner(
      `${name}-runner`,
      { context, key, label: "tasks", logRetentionDays: args.logRetentionDays, transform: transform.runner },
      child,
    );
    const alerts = new Alerts(
      `${name}-alerts`,
      { context, key, email: args.alertEmail, logGroup: runner.nodes.logGroup, transform: transform.alerts },
      child,
    );
    const secrets = byName([...new Set(datasets.flatMap(secretsOf))], (secret) => [
      secret,
      new SourceSecret(`${name}-${secret}`, { context, key, secret, transform: transform.secrets }, child),
    ]);
    const tasks = datasets.map(
      (dataset) =>
        new IngestionTask(
          `${name}-${dataset.name}`,
          {
            context,
            dataset,
            lake,
            artifacts,
            artifact,
            runner,
            secrets,
            image: args.image,
            architecture: args.architecture,
            sourceUrl: args.sourceUrls[dataset.name],
            transform: transform.tasks,
          },
          child,
        ),
    );
    const groupName = context.name("scheduleGroup", "datasets");
    const group = new aws.scheduler.ScheduleGroup(`${name}-schedules`, { name: groupName }, child);
    const starts = { context, runner, network, key, alerts, group, groupName, enabled: args.schedulesEnabled };
    const schedules = tasks.map(
      (task) =>
        new IngestionSchedule(
          `${name}-${task.dataset.name}-schedule`,
          { ...starts, task, transform: transform.schedules },
          child,
        ),
    );
    this.key = key;
    this.lake = lake;
    this.artifacts = artifacts;
    this.artifact = artifact;
    this.network = network;
    this.runner = runner;
    this.alerts = alerts;
    this.secrets = secrets;
    this.tasks = byName(tasks, (task) => [task.dataset.name, task]);
    this.schedules = byName(schedules, (schedule) => [schedule.task.dataset.name, schedule]);
    this.registerOutputs({ lake: lake.url });
  }
}

const byName = <T, V>(values: readonly T[], entry: (value: T) => [string, V]): Record<string, V> =>
  Object.fromEntries(values.map(entry));

/** https://docs.aws.amazon.com/tag-editor/latest/userguide/best-practices-and-strats.html */
const tagsOf = (settings: Settings): Record<string, string> => ({
  Project: pulumi.getProject(),
  Environment: pulumi.getStack(),
  Owner: settings.owner,
  CostCenter: settings.costCenter,
  DataClass: settings.dataClass,
});

function refuseSameNames(datasets: readonly Dataset[]): void {
  const names = datasets.map(({ name }) => name);
  const repeated = names.filter((name, index) => names.indexOf(name) !== index);
  if (repeated.length > 0)
    throw new UserError(
      "these datasets cannot be deployed together:",
      repeated.map((name) => ({ path: "datasets", problem: "two datasets have one name", value: name })),
    );
}
