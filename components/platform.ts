import * as pulumi from "@pulumi/pulumi";
import { UserError } from "../runtime/dataset/index.ts";
import { Alerts } from "./alerts.ts";
import type { Artifact, ArtifactStore } from "./artifacts.ts";
import { deploymentContext } from "./context.ts";
import { Dashboard } from "./dashboard.ts";
import type { DataLake } from "./data-lake.ts";
import type { EncryptionKey } from "./encryption-key.ts";
import type { LogBucket } from "./log-bucket.ts";
import { type Access, makeAccess } from "./platform/access.ts";
import { type Compute, makeCompute } from "./platform/compute.ts";
import { makePipelines, type Pipelines } from "./platform/pipelines.ts";
import { makeStorage } from "./platform/storage.ts";
import { makeStores, type Stores } from "./platform/stores.ts";
import { platformTag, tagsOf } from "./platform/tags.ts";
import type { PlatformTransform } from "./platform/transforms.ts";
import { togetherFaults } from "./settings/dataset-faults.ts";
import type { Settings } from "./settings.ts";
import { Spending } from "./spending.ts";
import { tagged } from "./tags.ts";

export interface PlatformArgs extends Settings {
  /** Changes to what components give to their children, by component. */
  readonly transform?: PlatformTransform | undefined;
}

/**
 * Everything that brings a team's datasets into its own account.
 * @example new Platform("market-data", readSettings(pulumi.runtime.allConfig(), pulumi.getProject(), datasets));
 *
 * **Cost**: what its components cost, see there, and what `node offline/main.ts plan` says.
 *
 * **Security**: one key for everything that is kept; no public access, no way in from outside; each dataset has roles of its own
 * that reach nothing of another dataset. Every resource carries the tags of the settings.
 */
export class Platform extends pulumi.ComponentResource {
  readonly region: pulumi.Output<string>;
  readonly key: EncryptionKey;
  readonly accessLogs: LogBucket | undefined;
  readonly lake: DataLake;
  readonly artifacts: ArtifactStore;
  /** The program of ingestion tasks. */
  readonly artifact: Artifact;
  readonly network: Compute["network"];
  readonly runner: Compute["runner"];
  readonly alerts: Alerts;
  readonly warehouse: Stores["warehouse"];
  readonly database: Stores["database"];
  readonly databaseSetup: Stores["databaseSetup"];
  readonly secrets: Pipelines["secrets"];
  readonly tasks: Pipelines["tasks"];
  readonly pipelineGroup: Pipelines["pipelineGroup"];
  readonly pipelines: Pipelines["pipelines"];
  readonly access: Access;
  readonly dashboard: Dashboard | undefined;
  readonly spending: Spending | undefined;

  /** @throws UserError when the datasets cannot be deployed together */
  constructor(name: string, args: PlatformArgs, opts: pulumi.ComponentResourceOptions = {}) {
    const faults = togetherFaults(args.datasets);
    if (faults.length > 0) throw new UserError("these datasets cannot be deployed together:", faults);
    const tags = tagsOf(args);
    super(
      "tidegate:platform:Platform",
      name,
      {},
      { ...opts, transformations: [...(opts.transformations ?? []), tagged(tags)] },
    );
    const child = { parent: this };
    const context = deploymentContext({ disposable: args.disposable, tags }, child);
    const shared = { context, settings: args, datasets: args.datasets, transform: args.transform ?? {} };

    const storage = makeStorage(name, shared, child);
    const artifact = storage.artifacts.add("ingest", "runtime/tasks/run.ts");
    const compute = makeCompute(name, { ...shared, ...storage }, child);
    const { key } = storage;
    const { runner } = compute;
    const alerts = new Alerts(
      `${name}-alerts`,
      { context, key, emails: args.alertEmails, logGroup: runner.nodes.logGroup, transform: args.transform?.alerts },
      child,
    );
    const stores = makeStores(name, { ...shared, ...storage, ...compute, alerts }, child);
    const pipelines = makePipelines(name, { ...shared, ...storage, ...compute, ...stores, artifact, alerts }, child);
    this.region = context.region;
    this.key = key;
    this.accessLogs = storage.accessLogs;
    this.lake = storage.lake;
    this.artifacts = storage.artifacts;
    this.artifact = artifact;
    this.network = compute.network;
    this.runner = runner;
    this.alerts = alerts;
    this.warehouse = stores.warehouse;
    this.database = stores.database;
    this.databaseSetup = stores.databaseSetup;
    this.secrets = pipelines.secrets;
    this.tasks = pipelines.tasks;
    this.pipelineGroup = pipelines.pipelineGroup;
    this.pipelines = pipelines.pipelines;
    this.access = makeAccess(name, { ...shared, lake: this.lake }, child);
    this.dashboard = args.dashboard
      ? new Dashboard(
          `${name}-dashboard`,
          {
            context,
            datasets: Object.entries(this.pipelines).map(([dataset, { plannedStateMachineArn }]) => ({
              name: dataset,
              stateMachineArn: plannedStateMachineArn,
            })),
            cluster: runner.clusterName,
            deadLetterQueue: alerts.deadLetterQueueName,
            database: this.database?.metrics,
            warehouse: this.warehouse?.metrics,
            transform: args.transform?.dashboard,
          },
          child,
        )
      : undefined;
    this.spending =
      args.budgetUsd > 0
        ? new Spending(
            `${name}-spending`,
            {
              context,
              alerts,
              monthlyUsd: args.budgetUsd,
              emails: args.alertEmails,
              tag: platformTag(),
              transform: args.transform?.spending,
            },
            child,
          )
        : undefined;
    this.registerOutputs({ lake: this.lake.url });
  }
}
