import * as pulumi from "@pulumi/pulumi";
import type { Platform } from "./platform.ts";

/** The version of `PlatformOutputs`: another number when an output goes away or means something else. */
export const OUTPUTS_VERSION = 1;

type ByName = Readonly<Record<string, pulumi.Input<string>>>;

/** What a stack says about itself to people, commands and other stacks. */
export interface PlatformOutputs {
  /** Version of this interface: another number when an output goes away or means something else. */
  readonly outputsVersion: number;
  /** The region that everything is in. */
  readonly region: pulumi.Output<string>;

  /** Name of the bucket that holds the data lake. */
  readonly lakeBucket: pulumi.Output<string>;
  /** Where the lake begins in its bucket; all its keys begin with this and a slash. */
  readonly lakePrefix: string;
  /** The lake's address, `s3://bucket/prefix`. */
  readonly lakeUrl: pulumi.Output<string>;
  /** Where the report of each run is, as `{dataset}/{run}.json` below this address. */
  readonly runsUrl: pulumi.Output<string>;
  /** Address of the list of all datasets with their columns, after the first run. */
  readonly definitionsUrl: pulumi.Output<string>;
  /** ARN of the key that encrypts everything that the platform keeps. */
  readonly keyArn: pulumi.Output<string>;

  /** Name of the bucket that holds the programs of tasks. */
  readonly artifactBucket: pulumi.Output<string>;
  /** Key of the program that tasks run. */
  readonly artifactKey: string;
  /** SHA-256 of that program, in lower case hexadecimal digits. */
  readonly artifactSha256: string;

  /** ARN of each dataset's state machine, by dataset: start it for a run or a backfill. */
  readonly stateMachineArns: ByName;
  /** Name in EventBridge Scheduler of the schedule of each dataset that has one, by dataset. */
  readonly scheduleNames: ByName;
  /** Source of the events `dataset published` and `dataset failed` on the default bus. */
  readonly eventSource: string;
  /** ARN of the ECS cluster that tasks run on. */
  readonly clusterArn: pulumi.Output<string>;
  /** ARN of the current revision of each dataset's task definition, by dataset. */
  readonly taskDefinitionArns: ByName;
  /** Name in Secrets Manager of each secret whose value a person has to set, by its name in the datasets. */
  readonly secretNames: ByName;
  /** Name of the log group that tasks write to. */
  readonly logGroup: string;
  /** Name of the log group that state machines write to. */
  readonly pipelineLogGroup: string;

  /** Where the warehouse is, as tasks are told; empty without one. */
  readonly warehouseUrl: pulumi.Output<string>;
  /** Name of the warehouse's database; empty without one. */
  readonly warehouseDatabase: string;
  /** ARN of the secret with the password of the warehouse's administrator; empty without one. */
  readonly warehouseAdministratorSecretArn: pulumi.Output<string>;
  /** Host that the database is reached at, from within the network; empty without one. */
  readonly databaseHost: pulumi.Output<string>;
  /** Port of the database; 0 without one. */
  readonly databasePort: number;
  /** Name of the database in Postgres; empty without one. */
  readonly databaseName: string;
  /** The user that tasks sign in as, with IAM; empty without one. */
  readonly databaseUser: string;
  /** ARN of the secret with the password of the database's administrator; empty without one. */
  readonly databaseAdministratorSecretArn: pulumi.Output<string>;
  /** What a task runs as the database's administrator after the first deployment, so that others can sign in; empty without one. */
  readonly databaseSetup: string;

  /** ARN of the topic that alarms are published to. */
  readonly alertTopicArn: pulumi.Output<string>;
  /** URL of the queue with the starts that failed. */
  readonly deadLetterQueueUrl: pulumi.Output<string>;
  /** Address of the dashboard; empty without one. */
  readonly dashboardUrl: pulumi.Output<string>;

  /** ARN of each role that reads, by its name in the settings. */
  readonly readerRoleArns: ByName;
  /** ARN of each role for workflows, `preview` and `deploy`. */
  readonly ciRoleArns: ByName;
  /** Name of the group of IAM users; empty without one. */
  readonly teamGroup: string;

  /** Id of the VPC. */
  readonly vpcId: pulumi.Output<string>;
  /** Ids of the subnets that tasks run in. */
  readonly taskSubnetIds: pulumi.Output<string[]>;
  /** Id of the security group of tasks. */
  readonly taskSecurityGroupId: pulumi.Output<string>;
}

/** Everything that a stack puts out. */
export function platformOutputs(platform: Platform): PlatformOutputs {
  const { lake, artifact, warehouse, database, access, network, pipelineGroup } = platform;
  return {
    outputsVersion: OUTPUTS_VERSION,
    region: platform.region,
    lakeBucket: lake.bucketName,
    lakePrefix: lake.prefix,
    lakeUrl: lake.url,
    runsUrl: pulumi.interpolate`${lake.url}/runs`,
    definitionsUrl: pulumi.interpolate`${lake.url}/definitions.json`,
    keyArn: platform.key.arn,
    artifactBucket: platform.artifacts.bucketName,
    artifactKey: artifact.key,
    artifactSha256: artifact.sha256,
    stateMachineArns: each(platform.pipelines, (pipeline) => pipeline.stateMachineArn),
    scheduleNames: schedulesOf(platform.pipelines),
    eventSource: pipelineGroup.eventSource,
    clusterArn: platform.runner.clusterArn,
    taskDefinitionArns: each(platform.tasks, (task) => task.taskDefinitionArn),
    secretNames: each(platform.secrets, (secret) => secret.secretName),
    logGroup: platform.runner.logGroupName,
    pipelineLogGroup: pipelineGroup.logGroupName,
    warehouseUrl: warehouse?.url ?? NOTHING,
    warehouseDatabase: warehouse?.database ?? "",
    warehouseAdministratorSecretArn: warehouse?.administratorSecretArn ?? NOTHING,
    databaseHost: database?.host ?? NOTHING,
    databasePort: database?.port ?? 0,
    databaseName: database?.database ?? "",
    databaseUser: database?.user ?? "",
    databaseAdministratorSecretArn: database?.administratorSecretArn ?? NOTHING,
    databaseSetup: database?.setupSql() ?? "",
    alertTopicArn: platform.alerts.topicArn,
    deadLetterQueueUrl: platform.alerts.deadLetterQueueUrl,
    dashboardUrl: platform.dashboard?.url ?? NOTHING,
    readerRoleArns: each(access.readers, (role) => role.arn),
    ciRoleArns: each(access.ci, (role) => role.arn),
    teamGroup: access.team?.groupName ?? "",
    vpcId: network.vpcId,
    taskSubnetIds: network.taskSubnetIds,
    taskSecurityGroupId: network.taskSecurityGroupId,
  };
}

const NOTHING = pulumi.output("");

const each = <T, V>(parts: Readonly<Record<string, T>>, value: (part: T) => V): Record<string, V> =>
  Object.fromEntries(Object.entries(parts).map(([name, part]) => [name, value(part)]));

const schedulesOf = (pipelines: Platform["pipelines"]): Record<string, string> =>
  Object.fromEntries(
    Object.entries(pipelines).flatMap(([dataset, { scheduleName }]) => (scheduleName ? [[dataset, scheduleName]] : [])),
  );
