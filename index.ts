import * as pulumi from "@pulumi/pulumi";
import { platformOutputs } from "./components/outputs.ts";
import { Platform } from "./components/platform.ts";
import { readSettings } from "./components/settings.ts";
import { datasets } from "./datasets/index.ts";

const settings = readSettings(pulumi.runtime.allConfig(), pulumi.getProject(), datasets);
const platform = new Platform("market-data", settings);

/** Each is described in docs/outputs.md. */
export const {
  outputsVersion,
  region,
  lakeBucket,
  lakePrefix,
  lakeUrl,
  runsUrl,
  definitionsUrl,
  keyArn,
  artifactBucket,
  artifactKey,
  artifactSha256,
  stateMachineArns,
  scheduleNames,
  eventSource,
  clusterArn,
  taskDefinitionArns,
  secretNames,
  logGroup,
  pipelineLogGroup,
  warehouseUrl,
  warehouseDatabase,
  warehouseAdministratorSecretArn,
  databaseHost,
  databasePort,
  databaseName,
  databaseUser,
  databaseAdministratorSecretArn,
  databaseSetup,
  alertTopicArn,
  deadLetterQueueUrl,
  dashboardUrl,
  readerRoleArns,
  ciRoleArns,
  teamGroup,
  vpcId,
  taskSubnetIds,
  taskSecurityGroupId,
} = platformOutputs(platform);
