import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { type Dataset, secretsOf, UserError } from "../runtime/dataset/index.ts";
import { arn } from "./arns.ts";
import type { Artifact, ArtifactStore } from "./artifacts.ts";
import { bundlePart } from "./bundle-part.ts";
import { containerDefinitions } from "./container-definition.ts";
import type { Context } from "./context.ts";
import type { DataLake } from "./data-lake.ts";
import type { Database } from "./database.ts";
import type { Grantee } from "./grantee.ts";
import { type Architecture, NODE_IMAGE } from "./image.ts";
import type { OwnImage } from "./own-image.ts";
import { ServiceRole, type ServiceRoleArgs } from "./service-role.ts";
import type { SourceSecret } from "./source-secret.ts";
import type { TaskRunner } from "./task-runner.ts";
import { type BundleFiles, taskVolumes } from "./task-volumes.ts";
import { type Transform, transformed } from "./transform.ts";
import type { Warehouse } from "./warehouse-base.ts";

export interface IngestionTaskArgs {
  readonly context: Context;
  /** What it brings in, asking the source that is chosen for it. */
  readonly dataset: Dataset;
  /** All of the platform, which definitions.json describes. @default the dataset alone */
  readonly datasets?: readonly Pick<Dataset, "name">[];
  readonly lake: DataLake;
  readonly artifacts: ArtifactStore;
  /** The program that the task runs, in `artifacts`. */
  readonly artifact: Artifact;
  readonly runner: TaskRunner;
  /** By the name in the dataset's definition; all that the dataset needs. */
  readonly secrets: Readonly<Record<string, SourceSecret>>;
  /** An image with Node, by digest: one that can be pulled without credentials, or one of this account. @default NODE_IMAGE */
  readonly image?: string | OwnImage;
  /** @default "arm64" */
  readonly architecture?: Architecture;
  /** Where the dataset's table of the warehouse is, if it has one. @default no warehouse: its records stay in the lake */
  readonly warehouse?: Pick<Warehouse, "url" | "grantLoad"> | undefined;
  /** Where its table of the database is, if it has one. @default no database */
  readonly database?: Pick<Database, "plannedAddressArn" | "grantAddress" | "grantConnect"> | undefined;
  /** Asked instead of the source's own base URL: a private mirror, or a replay server. */
  readonly sourceUrl?: string | undefined;
  /**
   * Bundles of the lake, the newest version of each, that the program finds as files.
   * @default none
   * @example { names: ["sharadar"], path: "/bundles", artifact: artifacts.add("pull-bundles", "runtime/tasks/pull-bundles.ts") }
   */
  readonly bundles?: BundleFiles | undefined;
  readonly transform?:
    | {
        readonly task?: Transform<aws.ecs.TaskDefinitionArgs>;
        readonly taskRole?: ServiceRoleArgs["transform"];
        readonly executionRole?: ServiceRoleArgs["transform"];
      }
    | undefined;
}

/**
 * The task of one dataset; which step of a run it does is said by who starts it.
 * @example
 * new IngestionTask("prices", { context, dataset, lake, artifacts, artifact, runner, secrets: { TIINGO_TOKEN: token } });
 *
 * **Cost**: see TaskRunner; nothing while it does not run.
 *
 * **Security**: an unprivileged user, a read-only root file system, no Linux capability; it writes only to a volume that goes away
 * with it, and files of bundles it cannot change. Its role reaches the dataset's own
 * folders of the lake, what budgets of sources have left, a refresh token that its source has renewed (sealed, see
 * runtime/store/seal.ts), definitions.json and its artifact; of another dataset it reads the
 * processed records, if its partitions come from there. The role that starts it reaches the secrets of the source that is asked,
 * and the dataset's own log streams. Tokens come from Secrets Manager and stand in no definition.
 */
export class IngestionTask extends pulumi.ComponentResource {
  readonly dataset: Dataset;
  readonly taskDefinitionArn: pulumi.Output<string>;
  /** Whether there is anything that it loads into. */
  readonly loads: boolean;
  readonly nodes: {
    readonly task: aws.ecs.TaskDefinition;
    /** What the program may do. */
    readonly taskRole: ServiceRole;
    /** What ECS may do to start it. */
    readonly executionRole: ServiceRole;
  };
  readonly #context: Context;
  readonly #runner: TaskRunner;
  readonly #family: string;

  constructor(name: string, args: IngestionTaskArgs, opts: pulumi.ComponentResourceOptions = {}) {
    super("tidegate:compute:IngestionTask", name, {}, opts);
    const { context, dataset, lake, artifacts, artifact, runner } = args;
    this.#context = context;
    this.#runner = runner;
    this.#family = context.name("taskFamily", dataset.name);
    this.dataset = dataset;
    const warehouse = dataset.load.warehouse && args.warehouse;
    const database = dataset.load.database && args.database;
    this.loads = warehouse !== undefined || database !== undefined;
    const secrets = secretsOf(dataset).map((variable) => ({ variable, secret: secretOf(args, variable) }));

    const role = { context, service: "ecs-tasks.amazonaws.com", sourceArn: arn(context, "ecs", "*") };
    const taskRole = new ServiceRole(
      `${name}-task`,
      {
        ...role,
        label: `${dataset.name}-task`,
        description: `What the task of ${dataset.name} may do`,
        transform: args.transform?.taskRole,
      },
      { parent: this },
    );
    const bundles = bundlePart(args.bundles?.names ?? []);
    lake.grantRead(taskRole, { ...bundles, folders: [...readFolders(dataset), ...bundles.folders] });
    lake.grantWrite(taskRole, {
      folders: [
        ...[
          ...["raw", "processed", "quarantine", "state", "runs"],
          ...(warehouse ? ["loads/warehouse"] : []),
          ...(database ? ["loads/database"] : []),
        ].map((folder) => `${folder}/${dataset.name}`),
        // Whoever asks the same source shares its budget.
        "state/.budgets",
        ...tokenFolders(dataset),
      ],
      objects: ["definitions.json", `state/${dataset.name}.index.json`],
    });
    artifacts.grantRead(taskRole, artifact, ...(args.bundles ? [args.bundles.artifact] : []));
    warehouse?.grantLoad(taskRole);
    database?.grantConnect(taskRole);

    const executionRole = new ServiceRole(
      `${name}-execution`,
      {
        ...role,
        label: `${dataset.name}-execution`,
        description: `What ECS may do to start the task of ${dataset.name}`,
        transform: args.transform?.executionRole,
      },
      { parent: this },
    );
    runner.grantLog(executionRole, dataset.name);
    for (const { secret } of secrets) secret.grantRead(executionRole);
    database?.grantAddress(executionRole);
    const image = args.image ?? NODE_IMAGE;
    if (typeof image !== "string") image.grantPull(executionRole);

    const shared = {
      image: typeof image === "string" ? image : image.uri,
      region: context.region,
      logGroup: runner.logGroupName,
      logPrefix: dataset.name,
    };
    const { volumes, before, mounts } = taskVolumes(shared, lake.url, args.bundles);

    const task = new aws.ecs.TaskDefinition(
      `${name}-definition`,
      transformed(
        {
          family: this.#family,
          requiresCompatibilities: [...runner.compatibilities],
          networkMode: "awsvpc",
          cpu: String(dataset.compute.vcpu * 1024),
          memory: String(dataset.compute.memory),
          runtimePlatform: {
            operatingSystemFamily: "LINUX",
            cpuArchitecture: (args.architecture ?? "arm64").toUpperCase(),
          },
          taskRoleArn: taskRole.arn,
          executionRoleArn: executionRole.arn,
          volumes: volumes.map((name) => ({ name })),
          containerDefinitions: containerDefinitions([
            {
              ...shared,
              name: dataset.name,
              mounts,
              after: before.map(({ name }) => name),
              environment: {
                TIDEGATE_ARTIFACT: artifact.url,
                TIDEGATE_ARTIFACT_SHA256: artifact.sha256,
                TIDEGATE_DATASET: dataset.name,
                TIDEGATE_DATASETS: (args.datasets ?? [dataset]).map(({ name }) => name).join(","),
                TIDEGATE_LAKE: lake.url,
                TIDEGATE_PLATFORM: `${context.project}-${context.stack}`,
                ...(warehouse ? { TIDEGATE_WAREHOUSE: warehouse.url } : {}),
                ...(dataset.sourceName === "default" ? {} : { TIDEGATE_SOURCE: dataset.sourceName }),
                ...(args.sourceUrl ? { TIDEGATE_SOURCE_URL: args.sourceUrl } : {}),
              },
              secrets: {
                ...Object.fromEntries(secrets.map(({ variable, secret }) => [variable, secret.plannedArn])),
                ...(database ? { TIDEGATE_DATABASE: database.plannedAddressArn } : {}),
              },
            },
            ...before,
          ]),
        },
        args.transform?.task,
      ),
      {
        parent: this,
        dependsOn: [
          runner.nodes.logGroup,
          artifact.object,
          ...(args.bundles ? [args.bundles.artifact.object] : []),
          ...taskRole.nodes.policies,
          ...executionRole.nodes.policies,
        ],
      },
    );
    this.taskDefinitionArn = task.arn;
    this.nodes = { task, taskRole, executionRole };
    this.registerOutputs({ taskDefinitionArn: this.taskDefinitionArn });
  }

  /** The name of all revisions of its definition, known at preview. */
  get family(): string {
    return this.#family;
  }

  /**
   * Lets the role of a state machine start this task on its cluster, wait for its end and stop it.
   * https://docs.aws.amazon.com/step-functions/latest/dg/connect-ecs.html
   */
  grantRun(role: Grantee): void {
    const context = this.#context;
    const { clusterName, plannedClusterArn } = this.#runner;
    role.allow("run-task", [
      {
        sid: "Run",
        actions: ["ecs:RunTask"],
        resources: arn(context, "ecs", `task-definition/${this.#family}:*`),
        conditions: { ArnEquals: { "ecs:cluster": plannedClusterArn } },
      },
      {
        sid: "TagWhatItStarts",
        actions: ["ecs:TagResource"],
        resources: arn(context, "ecs", `task/${clusterName}/*`),
        conditions: { StringEquals: { "ecs:CreateAction": "RunTask" } },
      },
      {
        sid: "Watch",
        actions: ["ecs:DescribeTasks", "ecs:StopTask"],
        resources: arn(context, "ecs", `task/${clusterName}/*`),
      },
      {
        sid: "HearOfItsEnd",
        actions: ["events:DescribeRule", "events:PutRule", "events:PutTargets"],
        resources: arn(context, "events", "rule/StepFunctionsGetEventsForECSTaskRule"),
      },
      {
        sid: "PassItsRoles",
        actions: ["iam:PassRole"],
        resources: [this.nodes.taskRole.plannedArn, this.nodes.executionRole.plannedArn],
        conditions: { StringEquals: { "iam:PassedToService": "ecs-tasks.amazonaws.com" } },
      },
    ]);
  }
}

/** What was asked for on demand, and the records that its partitions come from. */
const readFolders = ({ name, partitions: { origin } }: Dataset): string[] => [
  `requests/${name}`,
  ...(origin?.kind === "rows" ? [`processed/${origin.dataset}`] : []),
];

/** Where a refresh token is kept that the source gives in the place of the configured one. */
const tokenFolders = ({ source: { auth } }: Dataset): string[] =>
  auth.kind === "oauth2" && auth.refreshToken !== undefined ? [`state/.tokens/${auth.refreshToken}`] : [];

function secretOf({ dataset, secrets }: IngestionTaskArgs, name: string): SourceSecret {
  const secret = secrets[name];
  if (secret) return secret;
  throw new UserError(`the task of ${dataset.name} cannot be made:`, [
    { path: "secrets", problem: "has no secret of this name", value: name, fix: "create a SourceSecret and pass it" },
  ]);
}
