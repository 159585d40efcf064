import type { RecordedResource } from "../record.ts";
import { clusterCost, machineGroupCost, taskCost } from "./compute.ts";
import { endpointCost, vpcComponentCost } from "./network.ts";
import { machineCost, queueCost, scheduleCost, topicCost } from "./orchestration.ts";
import { bucketCost, keyCost, notificationCost, replicationCost, repositoryCost, secretCost } from "./storage.ts";
import { clusterNodesCost, databaseCost, proxyCost, warehouseStorageCost, workgroupCost } from "./stores.ts";
import { alarmCost, dashboardCost, logGroupCost } from "./watching.ts";
import type { CostItem, NotPriced, World } from "./world.ts";

/** What a resource costs in an average month, or why nobody can say. */
export type Pricer = (resource: RecordedResource, world: World) => readonly CostItem[] | NotPriced;

/** How each type of resource is priced. */
export const PRICERS: Readonly<Record<string, Pricer>> = {
  "aws:ecs/taskDefinition:TaskDefinition": taskCost,
  "aws:ecs/cluster:Cluster": clusterCost,
  "aws:autoscaling/group:Group": machineGroupCost,
  "awsx:ec2:Vpc": vpcComponentCost,
  "aws:ec2/vpcEndpoint:VpcEndpoint": endpointCost,
  "aws:s3/bucket:Bucket": bucketCost,
  "aws:s3/bucketNotification:BucketNotification": notificationCost,
  "aws:s3/bucketReplicationConfig:BucketReplicationConfig": replicationCost,
  "aws:kms/key:Key": keyCost,
  "aws:secretsmanager/secret:Secret": secretCost,
  "aws:ecr/repository:Repository": repositoryCost,
  "awsx:ecr:Repository": repositoryCost,
  "aws:cloudwatch/logGroup:LogGroup": logGroupCost,
  "aws:cloudwatch/metricAlarm:MetricAlarm": alarmCost,
  "aws:cloudwatch/compositeAlarm:CompositeAlarm": (_alarm, world) => [
    world.item(1, "compositeAlarmMonth", "1 composite alarm"),
  ],
  "aws:cloudwatch/dashboard:Dashboard": dashboardCost,
  "aws:cloudwatch/logMetricFilter:LogMetricFilter": (_filter, world) => [world.item(1, "metricMonth", "1 metric")],
  "aws:scheduler/schedule:Schedule": scheduleCost,
  "aws:sfn/stateMachine:StateMachine": machineCost,
  "aws:sqs/queue:Queue": queueCost,
  "aws:sns/topic:Topic": topicCost,
  "aws:redshiftserverless/namespace:Namespace": warehouseStorageCost,
  "aws:redshiftserverless/workgroup:Workgroup": workgroupCost,
  "aws:redshift/cluster:Cluster": clusterNodesCost,
  "aws:rds/instance:Instance": databaseCost,
  "aws:rds/proxy:Proxy": proxyCost,
};
