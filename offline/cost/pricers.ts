import type { RecordedResource } from "../record.ts";
import { clusterCost, taskCost } from "./compute.ts";
import { endpointCost, vpcComponentCost } from "./network.ts";
import { bucketCost, keyCost, logGroupCost, secretCost } from "./storage.ts";
import { amount, type CostItem, startsOf, type World } from "./world.ts";

/** What a resource costs in an average month. */
export type Pricer = (resource: RecordedResource, world: World) => readonly CostItem[];

/** How each type of resource is priced. */
export const PRICERS: Readonly<Record<string, Pricer>> = {
  "aws:ecs/taskDefinition:TaskDefinition": taskCost,
  "aws:ecs/cluster:Cluster": clusterCost,
  "awsx:ec2:Vpc": vpcComponentCost,
  "aws:ec2/vpcEndpoint:VpcEndpoint": endpointCost,
  "aws:s3/bucket:Bucket": bucketCost,
  "aws:kms/key:Key": keyCost,
  "aws:secretsmanager/secret:Secret": secretCost,
  "aws:cloudwatch/logGroup:LogGroup": logGroupCost,
  "aws:cloudwatch/metricAlarm:MetricAlarm": (_alarm, world) => [world.item(1, "alarmMonth", "1 alarm")],
  "aws:cloudwatch/logMetricFilter:LogMetricFilter": (_filter, world) => [world.item(1, "metricMonth", "1 metric")],
  "aws:scheduler/schedule:Schedule": (schedule, world) => {
    const starts = startsOf(schedule);
    return [world.item(starts, "scheduleStart", `${amount(starts)} starts`)];
  },
  "aws:sqs/queue:Queue": (_queue, world) => {
    // A message is sent, received and deleted; the alarm's metric costs nothing.
    const requests = world.usage.failuresPerMonth * 3;
    return [world.item(requests, "sqsRequest", `${amount(requests)} requests`)];
  },
  "aws:sns/topic:Topic": (_topic, world) => [
    world.item(world.usage.failuresPerMonth, "snsPublish", `${amount(world.usage.failuresPerMonth)} messages`),
  ],
};
