import type { RecordedResource } from "../record.ts";
import { amount, at, type CostItem, type World } from "./world.ts";

const LAKE = "tidegate:storage:DataLake";

/** What is stored and asked of the lake's bucket; other buckets hold programs of a few MB. */
export function bucketCost(bucket: RecordedResource, world: World): readonly CostItem[] {
  if (!world.isWithin(bucket, LAKE)) return [world.item(0.1, "s3GbMonth", "0.1 GB")];
  const datasets = world.ofType("aws:ecs/taskDefinition:TaskDefinition").length;
  const gb = datasets * world.usage.storedGb;
  const runs = world.runsPerMonth();
  const puts = runs * world.usage.putsPerRun;
  const gets = runs * world.usage.getsPerRun;
  return [
    world.item(gb, "s3GbMonth", `${amount(gb)} GB`),
    world.item(puts, "s3Put", `${amount(puts)} puts`),
    world.item(gets, "s3Get", `${amount(gets)} gets`),
  ];
}

/** The key, and the requests of runs: bucket keys leave about one for each object. */
export function keyCost(_key: RecordedResource, world: World): readonly CostItem[] {
  const requests = world.runsPerMonth() * (world.usage.putsPerRun + world.usage.getsPerRun);
  return [
    world.item(1, "kmsKeyMonth", "1 key"),
    world.item(requests, "kmsRequest", `at most ${amount(requests)} requests`),
  ];
}

/** A secret, read once at each start. */
export function secretCost(_secret: RecordedResource, world: World): readonly CostItem[] {
  const runs = world.runsPerMonth();
  return [
    world.item(1, "secretMonth", "1 secret"),
    world.item(runs, "secretRequest", `at most ${amount(runs)} requests`),
  ];
}

/** What runs log, kept as long as the group says. */
export function logGroupCost(group: RecordedResource, world: World): readonly CostItem[] {
  const gb = (world.runsPerMonth() * world.usage.logMbPerRun) / 1024;
  const kept = gb * (Number(at(group, "retentionInDays") ?? 365) / (365 / 12));
  return [
    world.item(gb, "logGb", `${amount(gb)} GB of logs`),
    world.item(kept, "logGbMonth", `${amount(kept)} GB of logs kept`),
  ];
}
