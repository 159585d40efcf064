import type { RecordedResource } from "../record.ts";
import { amount, at, each, refersTo } from "./read.ts";
import { HOURS_PER_MONTH } from "./usage.ts";
import type { CostItem, NotPriced, World } from "./world.ts";

/** Providers that need no machine; a share of starts without any provider is Fargate on demand. */
const FARGATE = ["FARGATE", "FARGATE_SPOT"];

/** The runs of a task in a month: size and time on Fargate, Spot for the share that is asked for, and the address of each task. */
export function taskCost(task: RecordedResource, world: World): readonly CostItem[] {
  const starts = world.runs.startsOf(task);
  if (starts.length === 0) return [{ monthly: 0, how: "started on demand only" }];
  const hoursOf = (perMonth: number): number => (perMonth * minutes(world)) / 60;
  const sharesOf = (providers: ReadonlyMap<string, number>) => {
    const spot = providers.get("FARGATE_SPOT") ?? 0;
    const machines = [...providers].reduce((sum, [name, part]) => sum + (FARGATE.includes(name) ? 0 : part), 0);
    return { spot, machines, onDemand: 1 - spot - machines };
  };
  const hours = { spot: 0, onDemand: 0, machines: 0, address: 0 };
  for (const { perMonth, providers, hasPublicAddress } of starts) {
    const shares = sharesOf(providers);
    hours.spot += hoursOf(perMonth) * shares.spot;
    hours.onDemand += hoursOf(perMonth) * shares.onDemand;
    hours.machines += hoursOf(perMonth) * shares.machines;
    if (hasPublicAddress) hours.address += hoursOf(perMonth);
  }
  const { size, hourly } = sizeOf(task, world);
  const items: CostItem[] = [
    { what: "on Spot", hours: hours.spot, usd: hourly * world.table.shares.fargateSpot.ofOnDemand },
    { what: "on demand", hours: hours.onDemand, usd: hourly },
  ]
    .filter((part) => part.hours > 0)
    .map((part) => ({
      monthly: part.hours * part.usd,
      how: `${amount(part.hours)} h of ${size} ${part.what} × ${part.usd.toFixed(4)} USD`,
    }));
  if (hours.machines > 0) items.push({ monthly: 0, how: `${amount(hours.machines)} h on machines, which are priced` });
  if (hours.address > 0)
    items.push(world.item(hours.address, "publicIpv4Hour", `a public address for ${amount(hours.address)} h`));
  return items;
}

/** A task is billed for a minute at least. */
const minutes = ({ usage }: World): number => Math.max(1, usage.minutesPerTask);

function sizeOf(task: RecordedResource, world: World): { readonly size: string; readonly hourly: number } {
  const vcpu = Number(at(task, "cpu")) / 1024;
  const gb = Number(at(task, "memory")) / 1024;
  const isArm = String(at(task, "runtimePlatform", "cpuArchitecture")).toUpperCase() === "ARM64";
  const hourly =
    vcpu * world.usd(isArm ? "fargateArmVcpuHour" : "fargateX86VcpuHour") +
    gb * world.usd(isArm ? "fargateArmGbHour" : "fargateX86GbHour");
  return { size: `${vcpu} vCPU, ${gb} GB ${isArm ? "arm64" : "x86_64"}`, hourly };
}

const taskStarts = (world: World) =>
  world.ofType("aws:ecs/taskDefinition:TaskDefinition").flatMap((task) => world.runs.startsOf(task));

/** Container Insights, whose metrics count for the hours in which there was a task, and the metrics that runs report. */
export function clusterCost(cluster: RecordedResource, world: World): readonly CostItem[] {
  const own = (world.runs.perMonth * world.usage.metricsPerRun) / HOURS_PER_MONTH;
  const items = [
    world.item(
      own,
      "metricMonth",
      `${world.usage.metricsPerRun} metrics for an hour of each of ${amount(world.runs.perMonth)} runs`,
    ),
  ];
  const isOn = each(cluster, "settings").some(
    (path) => at(cluster, ...path, "name") === "containerInsights" && at(cluster, ...path, "value") !== "disabled",
  );
  if (!isOn) return items;
  const hours = taskStarts(world).reduce((sum, { perMonth }) => sum + (perMonth * minutes(world)) / 60, 0);
  const months = (world.usage.metricsPerTask * hours) / HOURS_PER_MONTH;
  const what = `${world.usage.metricsPerTask} Container Insights metrics for ${amount(hours)} h`;
  return [...items, world.item(months, "metricMonth", what)];
}

/** Machines for the tasks that run on a group's capacity provider, each task on one of its own; none while nothing runs. */
export function machineGroupCost(group: RecordedResource, world: World): readonly CostItem[] | NotPriced {
  const types = instanceTypes(group);
  const sizes = types.flatMap((type) => world.size("machine", type) ?? []);
  const unknown = types.filter((type) => !world.size("machine", type));
  if (sizes.length === 0)
    return { notPriced: `the price table has no ${unknown.join(", ") || "instance type for it"}` };
  const onDemand = Math.max(...sizes.map(({ usd }) => usd));
  const isSpot =
    Number(at(group, "mixedInstancesPolicy", "instancesDistribution", "onDemandPercentageAboveBaseCapacity") ?? 100) ===
    0;
  const usd = onDemand * (isSpot ? world.table.shares.ec2Spot.ofOnDemand : 1);
  const providers = world
    .ofType("aws:ecs/capacityProvider:CapacityProvider")
    .filter((provider) => refersTo(provider, "autoScalingGroupProvider", group))
    .map((provider) => String(at(provider, "name") ?? provider.name));
  const starts = taskStarts(world).reduce(
    (sum, start) => sum + start.perMonth * providers.reduce((part, name) => part + (start.providers.get(name) ?? 0), 0),
    0,
  );
  const standing = Number(at(group, "minSize") ?? 0) * HOURS_PER_MONTH;
  const hours = Math.max(standing, (starts * (minutes(world) + world.usage.idleMinutesPerTask)) / 60);
  return [
    {
      monthly: hours * usd,
      how: `${amount(hours)} h of machines ${isSpot ? "on Spot" : "on demand"}, the dearest of ${types.length} types × ${usd.toFixed(4)} USD`,
    },
    world.item((hours / HOURS_PER_MONTH) * DISK_GB, "ebsGbMonth", `${DISK_GB} GB of disk for ${amount(hours)} h`),
  ];
}

/** The disk of Amazon's images for ECS. https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs-optimized_AMI.html */
const DISK_GB = 30;

const instanceTypes = (group: RecordedResource): string[] =>
  each(group, "mixedInstancesPolicy", "launchTemplate", "overrides").flatMap((path) => {
    const type = at(group, ...path, "instanceType");
    return typeof type === "string" ? [type] : [];
  });
