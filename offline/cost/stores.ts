import type { RecordedResource } from "../record.ts";
import { amount, at, jsonAt, refersTo } from "./read.ts";
import { HOURS_PER_MONTH } from "./usage.ts";
import type { CostItem, NotPriced, World } from "./world.ts";

const TASK = "aws:ecs/taskDefinition:TaskDefinition";

/** Task definitions of datasets that are told where a store is. */
const loaders = (world: World, variable: "TIDEGATE_WAREHOUSE" | "TIDEGATE_DATABASE"): readonly RecordedResource[] =>
  world.runs
    .repeated(world.ofType(TASK))
    .filter((task) => JSON.stringify(jsonAt(task, "containerDefinitions") ?? "").includes(variable));

/** The administrator's password, which AWS keeps as a secret. */
const managedSecret = (world: World): CostItem => world.item(1, "secretMonth", "1 secret of the administrator");

/** What is stored in Redshift, and the administrator's secret. */
export function warehouseStorageCost(namespace: RecordedResource, world: World): readonly CostItem[] {
  const gb = loaders(world, "TIDEGATE_WAREHOUSE").length * world.usage.tableGb;
  const items = [world.item(gb, "redshiftGbMonth", `${amount(gb)} GB in the warehouse`)];
  const isManaged = at(namespace, "manageAdminPassword") === true || at(namespace, "manageMasterPassword") === true;
  return isManaged ? [...items, managedSecret(world)] : items;
}

/** Computing of Redshift Serverless: loads and questions by the minute, never more than its usage limit. */
export function workgroupCost(workgroup: RecordedResource, world: World): readonly CostItem[] {
  const rpus = Number(at(workgroup, "baseCapacity") ?? DEFAULT_RPUS);
  const loads = loaders(world, "TIDEGATE_WAREHOUSE")
    .flatMap((task) => world.runs.startsOf(task))
    .filter(({ step }) => step === "load" || step === "")
    .reduce((sum, { perMonth }) => sum + perMonth, 0);
  // Each activity is billed for a minute at least.
  const busy = loads * Math.max(1, world.usage.loadMinutesPerRun) + world.usage.queryMinutes;
  const wanted = (busy / 60) * rpus;
  const limit = usageLimit(workgroup, world);
  const hours = limit?.stops ? Math.min(wanted, limit.rpuHours) : wanted;
  const item = world.item(
    hours,
    "redshiftRpuHour",
    `${amount(loads)} loads × ${world.usage.loadMinutesPerRun} min and ${world.usage.queryMinutes} min of questions on ${rpus} RPUs: ${amount(hours)} RPU-hours`,
  );
  if (!limit) return [{ ...item, how: `${item.how}; no usage limit` }];
  const atMost = limit.rpuHours * world.usd("redshiftRpuHour");
  const ending = `its usage limit of ${amount(limit.rpuHours)} RPU-hours, ${atMost.toFixed(2)} USD, ${limit.stops ? "ends it" : "only warns"}`;
  return [{ ...item, how: `${item.how}; ${ending}`, ...(limit.stops ? { atMost } : {}) }];
}

/** What Redshift takes without being told. https://docs.aws.amazon.com/redshift/latest/mgmt/serverless-capacity.html */
const DEFAULT_RPUS = 128;

const PERIODS_PER_MONTH: Readonly<Record<string, number>> = { daily: 365 / 12, weekly: 365 / 84, monthly: 1 };

function usageLimit(workgroup: RecordedResource, world: World) {
  const limits = world
    .ofType("aws:redshiftserverless/usageLimit:UsageLimit")
    .filter((limit) => at(limit, "usageType") === "serverless-compute" && refersTo(limit, "resourceArn", workgroup))
    .map((limit) => ({
      rpuHours: Number(at(limit, "amount")) * (PERIODS_PER_MONTH[String(at(limit, "period") ?? "monthly")] ?? 1),
      stops: at(limit, "breachAction") === "deactivate",
    }));
  return limits.toSorted((a, b) => Number(b.stops) - Number(a.stops) || a.rpuHours - b.rpuHours)[0];
}

/** Nodes of a provisioned Redshift cluster, which cost whether or not anybody asks, and what they store. */
export function clusterNodesCost(cluster: RecordedResource, world: World): readonly CostItem[] | NotPriced {
  const type = String(at(cluster, "nodeType"));
  const size = world.size("warehouse", type);
  if (!size) return { notPriced: `the price table has no ${type}` };
  const nodes = Number(at(cluster, "numberOfNodes") ?? 1) * (at(cluster, "multiAz") === true ? 2 : 1);
  return [hourly(nodes, size.usd, `${nodes} × ${type}`), ...warehouseStorageCost(cluster, world)];
}

/** An RDS instance: its class, twice with a standby, its storage, and the administrator's secret. */
export function databaseCost(instance: RecordedResource, world: World): readonly CostItem[] | NotPriced {
  const type = String(at(instance, "instanceClass"));
  const size = world.size("database", type);
  if (!size) return { notPriced: `the price table has no ${type}` };
  if (Number(at(instance, "performanceInsightsRetentionPeriod") ?? 7) > 7)
    return { notPriced: "the price table has no Performance Insights for longer than the free 7 days" };
  const isMultiAz = at(instance, "multiAz") === true;
  const gb = Number(at(instance, "allocatedStorage") ?? 0);
  const items = [
    hourly(isMultiAz ? 2 : 1, size.usd, `${type}${isMultiAz ? " and its standby" : ""}`),
    world.item(gb, isMultiAz ? "rdsMultiAzGbMonth" : "rdsGbMonth", `${gb} GB of storage`),
    { monthly: 0, how: `backups of up to ${gb} GB and 7 days of Performance Insights are free` },
  ];
  const seconds = Number(at(instance, "monitoringInterval") ?? 0);
  if (seconds > 0) {
    const gb = (MONITORING_GB * 60) / seconds;
    items.push(world.item(gb, "logGb", `${amount(gb)} GB of measurements, one each ${seconds} s,`));
  }
  return at(instance, "manageMasterUserPassword") === true ? [...items, managedSecret(world)] : items;
}

/** What Enhanced Monitoring writes in a month with a measurement a minute. https://aws.amazon.com/rds/faqs/ */
const MONITORING_GB = 0.27;

/** A proxy costs by the processors of what stands behind it, two at least. */
export function proxyCost(_proxy: RecordedResource, world: World): readonly CostItem[] {
  const vcpus = world
    .ofType("aws:rds/instance:Instance")
    .map((instance) => world.size("database", String(at(instance, "instanceClass")))?.vcpus ?? 2);
  const most = Math.max(2, ...vcpus);
  return [world.item(most * HOURS_PER_MONTH, "rdsProxyVcpuHour", `a proxy for ${most} vCPUs × ${HOURS_PER_MONTH} h`)];
}

const hourly = (count: number, usd: number, what: string): CostItem => ({
  monthly: count * usd * HOURS_PER_MONTH,
  how: `${what} × ${HOURS_PER_MONTH} h × ${usd} USD`,
});
