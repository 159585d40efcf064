import type { RecordedResource } from "../record.ts";
import { HOURS_PER_MONTH } from "./usage.ts";
import { amount, at, type CostItem, startsOf, type World } from "./world.ts";

const STRATEGIES = ["target", "ecsParameters", "capacityProviderStrategies"];

/** The runs of a task in a month: size and time, Spot for the share that its schedules ask for, and the address of each task. */
export function taskCost(task: RecordedResource, world: World): readonly CostItem[] {
  const vcpu = Number(at(task, "cpu")) / 1024;
  const gb = Number(at(task, "memory")) / 1024;
  const isArm = String(at(task, "runtimePlatform", "cpuArchitecture")).toUpperCase() === "ARM64";
  const hourly =
    vcpu * world.usd(isArm ? "fargateArmVcpuHour" : "fargateX86VcpuHour") +
    gb * world.usd(isArm ? "fargateArmGbHour" : "fargateX86GbHour");
  return world.schedulesOf(task).flatMap((schedule) => {
    const runs = startsOf(schedule) * Number(at(schedule, "target", "ecsParameters", "taskCount") ?? 1);
    const hours = (runs * Math.max(1, world.usage.minutesPerRun)) / 60;
    const spot = spotShare(schedule);
    const factor = 1 - spot * (1 - world.table.shares.fargateSpot.ofOnDemand);
    const size = `${vcpu} vCPU, ${gb} GB ${isArm ? "arm64" : "x86_64"}`;
    const runsText = `${amount(runs)} runs × ${world.usage.minutesPerRun} min`;
    const items: CostItem[] = [
      {
        monthly: hours * hourly * factor,
        how: `${runsText} of ${size} × ${(hourly * factor).toFixed(4)} USD/h (${Math.round(spot * 100)} % on Spot)`,
      },
    ];
    if (at(schedule, "target", "ecsParameters", "networkConfiguration", "assignPublicIp") === true) {
      items.push(world.item(hours, "publicIpv4Hour", `a public address for ${amount(hours)} h`));
    }
    return items;
  });
}

function spotShare(schedule: RecordedResource): number {
  const strategies = at(schedule, ...STRATEGIES);
  if (!Array.isArray(strategies)) return 0;
  const weights = strategies.map((_strategy, index) => ({
    isSpot: at(schedule, ...STRATEGIES, index, "capacityProvider") === "FARGATE_SPOT",
    weight: Number(at(schedule, ...STRATEGIES, index, "weight") ?? 0),
  }));
  const all = weights.reduce((sum, { weight }) => sum + weight, 0);
  const spot = weights.filter(({ isSpot }) => isSpot).reduce((sum, { weight }) => sum + weight, 0);
  return all > 0 ? spot / all : 0;
}

/** Container Insights, whose metrics count for the hours in which there was a task. */
export function clusterCost(cluster: RecordedResource, world: World): readonly CostItem[] {
  const settings = at(cluster, "settings");
  const isOn = (_setting: unknown, index: number): boolean =>
    at(cluster, "settings", index, "name") === "containerInsights" &&
    at(cluster, "settings", index, "value") !== "disabled";
  if (!Array.isArray(settings) || !settings.some(isOn)) return [];
  const hours = (world.runsPerMonth() * world.usage.minutesPerRun) / 60;
  const months = (world.usage.metricsPerTask * hours) / HOURS_PER_MONTH;
  return [
    world.item(
      months,
      "metricMonth",
      `${world.usage.metricsPerTask} Container Insights metrics for ${amount(hours)} h`,
    ),
  ];
}
