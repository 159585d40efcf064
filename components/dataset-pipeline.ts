import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { milliseconds } from "../runtime/dataset/duration.ts";
import type { Alerts } from "./alerts.ts";
import { arn } from "./arns.ts";
import type { Context } from "./context.ts";
import type { DataLake } from "./data-lake.ts";
import type { EncryptionKey } from "./encryption-key.ts";
import type { Grantee } from "./grantee.ts";
import type { IngestionTask } from "./ingestion-task.ts";
import type { Network } from "./network.ts";
import { PipelineDependency, type PipelineDependencyArgs } from "./pipeline-dependency.ts";
import type { PipelineGroup } from "./pipeline-group.ts";
import { pipelineRights } from "./pipeline-rights.ts";
import { PipelineSchedule, type PipelineScheduleArgs } from "./pipeline-schedule.ts";
import { ServiceRole, type ServiceRoleArgs } from "./service-role.ts";
import { pipelineDefinition } from "./state-machine/pipeline.ts";
import type { TaskRunner } from "./task-runner.ts";
import { type Transform, transformed } from "./transform.ts";

export interface DatasetPipelineArgs {
  readonly context: Context;
  /** What does the steps; its dataset is the pipeline's. */
  readonly task: IngestionTask;
  readonly runner: TaskRunner;
  readonly network: Network;
  readonly lake: DataLake;
  readonly key: EncryptionKey;
  /** Takes starts that failed. */
  readonly alerts: Alerts;
  /** What it shares with other pipelines. */
  readonly group: PipelineGroup;
  /** Whether schedule and dependencies start anything; it can be started by hand in any case. @default true */
  readonly enabled?: boolean;
  /** What of an execution is written to the log. @default "ERROR" */
  readonly logLevel?: "ERROR" | "ALL";
  readonly transform?:
    | {
        readonly machine?: Transform<aws.sfn.StateMachineArgs>;
        readonly role?: ServiceRoleArgs["transform"];
        readonly schedule?: PipelineScheduleArgs["transform"];
        readonly dependency?: PipelineDependencyArgs["transform"];
      }
    | undefined;
}

/**
 * Brings a dataset in: plans what to ask for, extracts it batch by batch, processes, loads and publishes it, each step as a task of
 * its own. It runs in the dataset's rhythm if it has one, after the datasets in its `after`, and whenever somebody starts it.
 *
 * A task that Spot took away is run again, the third time on demand. One that stopped early for its deadline is run again a quarter
 * of an hour later, one that met the end of a quota when the quota begins anew, however long that takes. A batch that fails takes no other with it: what was fetched is processed, loaded and published,
 * and the execution fails at its end. How it ended is an event on the default bus, `dataset published` or `dataset failed`.
 *
 * The input of an execution says what is wanted, all of it optional:
 * - `from`, `to`: first and last day, `YYYY-MM-DD`; by default everything since `backfillFrom` that is missing
 * - `partitions`: some of the dataset's partitions; by default all
 * - `again`: `true` asks also for what is there already
 * @example
 * new DatasetPipeline("prices", { context, task, runner, network, lake, key, alerts, group });
 * @example a backfill
 * aws stepfunctions start-execution --state-machine-arn ... --input '{"from": "2020-01-01", "partitions": ["AAPL"]}'
 *
 * **Cost**: about 20 state transitions a run, 0.025 USD per 1,000 of which 4,000 a month are free; a trace of X-Ray, of which
 * 100,000 a month are free; and its tasks, see TaskRunner: four or five of at least a minute each.
 *
 * **Security**: its role, which only this state machine can take, runs this one task on this one cluster with the task's own roles,
 * reads plans of this dataset and what its batches left, and puts events of this platform. Executions and their log are encrypted with the platform's key.
 */
export class DatasetPipeline extends pulumi.ComponentResource {
  readonly task: IngestionTask;
  readonly stateMachineName: string;
  readonly stateMachineArn: pulumi.Output<string>;
  /** The ARN as text that is known at preview, for policies. */
  readonly plannedStateMachineArn: pulumi.Output<string>;
  /** Undefined for a dataset that runs on demand, or after others only. */
  readonly scheduleName: string | undefined;
  readonly nodes: {
    readonly machine: aws.sfn.StateMachine;
    readonly role: ServiceRole;
    /** Undefined for a dataset without a schedule. */
    readonly schedule: PipelineSchedule | undefined;
    /** Undefined for a dataset that comes after none. */
    readonly dependency: PipelineDependency | undefined;
  };

  constructor(name: string, args: DatasetPipelineArgs, opts: pulumi.ComponentResourceOptions = {}) {
    super("tidegate:pipeline:DatasetPipeline", name, {}, opts);
    const { context, task, key, alerts, group, enabled = true, transform } = args;
    const { dataset } = task;
    const child = { parent: this };
    this.task = task;
    this.stateMachineName = context.name("stateMachine", dataset.name);
    this.plannedStateMachineArn = arn(context, "states", `stateMachine:${this.stateMachineName}`);

    const role = new ServiceRole(
      `${name}-execution`,
      {
        context,
        label: `${dataset.name}-pipeline`,
        description: `What the pipeline of ${dataset.name} may do`,
        service: "states.amazonaws.com",
        // Executions of a distributed Map belong to a machine of their own, named below this one.
        sourceArn: [this.plannedStateMachineArn, pulumi.interpolate`${this.plannedStateMachineArn}/*`],
        transform: transform?.role,
      },
      child,
    );
    task.grantRun(role);
    args.lake.grantRead(role, {
      folders: [],
      objects: [`runs/${dataset.name}/*/plan.json`, `runs/${dataset.name}/*/extract-*.json`],
    });
    key.grantStateMachine(role, this.plannedStateMachineArn);
    role.allow("run-itself", pipelineRights(context, this.stateMachineName, group.eventSource));

    const machine = new aws.sfn.StateMachine(
      `${name}-machine`,
      transformed(
        {
          name: this.stateMachineName,
          roleArn: role.arn,
          type: "STANDARD",
          definition: definitionOf(args),
          loggingConfiguration: {
            level: args.logLevel ?? "ERROR",
            includeExecutionData: true,
            logDestination: pulumi.interpolate`${group.nodes.logGroup.arn}:*`,
          },
          tracingConfiguration: { enabled: true },
          encryptionConfiguration: {
            type: "CUSTOMER_MANAGED_KMS_KEY",
            kmsKeyId: key.arn,
            kmsDataKeyReusePeriodSeconds: 300,
          },
        },
        transform?.machine,
      ),
      { ...child, dependsOn: [...role.nodes.policies, task.nodes.task, args.runner.nodes.capacityProviders] },
    );
    const starts = {
      context,
      dataset,
      machineArn: machine.arn,
      grantStart: (starter: Grantee) => this.grantStart(starter),
      group,
      alerts,
      enabled,
    };
    const schedule =
      dataset.schedule &&
      new PipelineSchedule(
        `${name}-schedule`,
        { ...starts, dataset: dataset.name, schedule: dataset.schedule, key, transform: transform?.schedule },
        child,
      );
    const dependency =
      dataset.after.length > 0
        ? new PipelineDependency(`${name}-after`, { ...starts, transform: transform?.dependency }, child)
        : undefined;
    this.stateMachineArn = machine.arn;
    this.scheduleName = schedule?.scheduleName;
    this.nodes = { machine, role, schedule, dependency };
    this.registerOutputs({ stateMachineArn: this.stateMachineArn, scheduleName: this.scheduleName });
  }

  /** Lets somebody start an execution, and nothing else. */
  grantStart(role: Grantee): void {
    role.allow("start-pipeline", [
      { sid: "Start", actions: ["states:StartExecution"], resources: this.plannedStateMachineArn },
    ]);
  }
}

/** Seconds between a program's own deadline and the moment at which its task is taken for dead. */
const GRACE = 15 * 60;

/** Unknown at preview in a new VPC: it names subnets. */
function definitionOf({ context, task, runner, network, lake, group }: DatasetPipelineArgs) {
  return pulumi
    .all([
      context.partition,
      lake.bucketName,
      runner.plannedClusterArn,
      network.taskSubnetIds,
      network.taskSecurityGroupId,
    ])
    .apply(([partition, bucket, cluster, subnets, securityGroup]) =>
      JSON.stringify(
        pipelineDefinition({
          partition,
          dataset: task.dataset.name,
          eventSource: group.eventSource,
          bucket,
          prefix: lake.prefix,
          cluster,
          taskFamily: task.family,
          subnets,
          securityGroups: [securityGroup],
          assignPublicIp: network.assignPublicIp,
          capacity: runner.capacity,
          fallback: runner.fallback,
          timeout: milliseconds(task.dataset.deadline) / 1000 + GRACE,
          loads: task.loads,
        }),
      ),
    );
}
