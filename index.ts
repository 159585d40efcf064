import * as pulumi from "@pulumi/pulumi";
import { Platform } from "./components/platform.ts";
import { readSettings } from "./components/settings.ts";
import { datasets } from "./datasets/index.ts";

const settings = readSettings(
  pulumi.runtime.allConfig(),
  pulumi.getProject(),
  datasets.map((dataset) => dataset.name),
);
const platform = new Platform("market-data", { datasets, ...settings });

const each = <T, V>(parts: Readonly<Record<string, T>>, value: (part: T) => V): Record<string, V> =>
  Object.fromEntries(Object.entries(parts).map(([name, part]) => [name, value(part)]));

/** Name of the bucket that holds the data lake. */
export const lakeBucket = platform.lake.bucketName;

/** Where the lake begins in its bucket; all its keys begin with this and a slash. */
export const lakePrefix = platform.lake.prefix;

/** ARN of the key that encrypts everything that the platform keeps. */
export const keyArn = platform.key.arn;

/** Name of the bucket that holds the programs of tasks. */
export const artifactBucket = platform.artifacts.bucketName;

/** Key of the program that ingestion tasks run. */
export const artifactKey = platform.artifact.key;

/** SHA-256 of that program, in lower case hexadecimal digits. */
export const artifactSha256 = platform.artifact.sha256;

/** ARN of the ECS cluster that tasks run on. */
export const clusterArn = platform.runner.clusterArn;

/** ARN of the current revision of each dataset's task definition, by dataset. */
export const taskDefinitionArns = each(platform.tasks, (task) => task.taskDefinitionArn);

/** Name of each dataset's schedule in EventBridge Scheduler, by dataset. */
export const scheduleNames = each(platform.schedules, (schedule) => schedule.scheduleName);

/** Name in Secrets Manager of each secret whose value a person has to set, by its name in the datasets. */
export const secretNames = each(platform.secrets, (secret) => secret.secretName);

/** Name of the log group that tasks write to. */
export const logGroup = platform.runner.logGroupName;

/** URL of the queue with the starts that failed. */
export const deadLetterQueueUrl = platform.alerts.deadLetterQueueUrl;

/** ARN of the topic that alarms are published to. */
export const alertTopicArn = platform.alerts.topicArn;

/** Id of the VPC. */
export const vpcId = platform.network.vpcId;

/** Ids of the subnets that tasks run in. */
export const taskSubnetIds = platform.network.taskSubnetIds;

/** Id of the security group of tasks. */
export const taskSecurityGroupId = platform.network.taskSecurityGroupId;
