import type { RecordedResource } from "../record.ts";
import { amount, at } from "./read.ts";
import type { CostItem, World } from "./world.ts";

const LAKE = "tidegate:storage:DataLake";

/** What is stored and asked of the lake's bucket, or copied to its replica; other buckets hold programs and logs of a few MB. */
export function bucketCost(bucket: RecordedResource, world: World): readonly CostItem[] {
  if (!world.isWithin(bucket, LAKE)) return [world.item(0.1, "s3GbMonth", "0.1 GB")];
  const gb = storedGb(world);
  const stored = world.item(gb, "s3GbMonth", `${amount(gb)} GB`);
  const puts = world.runs.perMonth * world.usage.putsPerRun;
  const written = world.item(puts, "s3Put", `${amount(puts)} puts`);
  if (isReplica(bucket)) return [stored, written];
  const gets = world.runs.perMonth * world.usage.getsPerRun;
  return [stored, written, world.item(gets, "s3Get", `${amount(gets)} gets`)];
}

const storedGb = (world: World): number =>
  world.runs.repeated(world.ofType("aws:ecs/taskDefinition:TaskDefinition")).length * world.usage.storedGb;

/** Only what lives in another region than the stack names one. */
const isReplica = (bucket: RecordedResource): boolean => at(bucket, "region") !== undefined;

/** What runs write, carried to another region. */
export function replicationCost(_configuration: RecordedResource, world: World): readonly CostItem[] {
  const gb = world.runs.perMonth * world.usage.internetGbPerRun;
  return [world.item(gb, "s3ReplicationGb", `${amount(gb)} GB to another region`)];
}

/** An event for each object, where a bucket tells EventBridge. */
export function notificationCost(notification: RecordedResource, world: World): readonly CostItem[] {
  if (at(notification, "eventbridge") !== true) return [];
  const events = world.runs.perMonth * world.usage.putsPerRun;
  return [world.item(events, "s3Event", `${amount(events)} events of objects`)];
}

/** The key, and the requests of runs: bucket keys leave about one for each object. */
export function keyCost(_key: RecordedResource, world: World): readonly CostItem[] {
  const requests = world.runs.perMonth * (world.usage.putsPerRun + world.usage.getsPerRun);
  return [
    world.item(1, "kmsKeyMonth", "1 key"),
    world.item(requests, "kmsRequest", `at most ${amount(requests)} requests`),
  ];
}

/** A secret, read once at each start. */
export function secretCost(_secret: RecordedResource, world: World): readonly CostItem[] {
  const runs = world.runs.perMonth;
  return [
    world.item(1, "secretMonth", "1 secret"),
    world.item(runs, "secretRequest", `at most ${amount(runs)} requests`),
  ];
}

/** Images that an own repository keeps. */
export function repositoryCost(_repository: RecordedResource, world: World): readonly CostItem[] {
  return [world.item(world.usage.imageGb, "ecrGbMonth", `${world.usage.imageGb} GB of images`)];
}
