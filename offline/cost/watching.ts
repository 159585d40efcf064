import type { RecordedResource } from "../record.ts";
import { amount, at, each } from "./read.ts";
import type { CostItem, World } from "./world.ts";

/** An alarm costs by the metrics that it looks at. */
export function alarmCost(alarm: RecordedResource, world: World): readonly CostItem[] {
  const looked = each(alarm, "metricQueries").filter((path) => at(alarm, ...path, "metric") !== undefined).length;
  const metrics = Math.max(1, looked);
  return [world.item(metrics, "alarmMonth", metrics === 1 ? "1 alarm" : `1 alarm on ${metrics} metrics`)];
}

/** The dashboards that are not free, shared by all of the program. */
export function dashboardCost(_dashboard: RecordedResource, world: World): readonly CostItem[] {
  const all = world.ofType("aws:cloudwatch/dashboard:Dashboard").length;
  const free = Math.min(1, world.usage.freeDashboards / all);
  if (free === 1) return [{ monthly: 0, how: "one of the dashboards that are free" }];
  return [world.item(1 - free, "dashboardMonth", "1 dashboard, its share of the free ones taken off,")];
}

/** What writes to a log group decides how much comes in. */
export function logGroupCost(group: RecordedResource, world: World): readonly CostItem[] {
  const { gb, isVended, what } = volumeOf(group, world);
  const kept = gb * (Number(at(group, "retentionInDays") ?? 365) / (365 / 12));
  return [
    world.item(gb, isVended ? "vendedLogGb" : "logGb", `${amount(gb)} GB of ${what}`),
    world.item(kept, "logGbMonth", `${amount(kept)} GB of logs kept`),
  ];
}

interface Volume {
  readonly gb: number;
  readonly isVended: boolean;
  readonly what: string;
}

function volumeOf(group: RecordedResource, world: World): Volume {
  const { flowLogGb, storeLogGb, logMbPerRun } = world.usage;
  const name = String(at(group, "name") ?? "");
  const isOf = (type: string) => world.ofType(type).some(({ dependencies }) => dependencies.includes(group.urn));
  if (isOf("aws:ec2/flowLog:FlowLog")) return { gb: flowLogGb, isVended: true, what: "flow logs" };
  const store = /^\/aws\/(rds|redshift)\/[^/]+(?:\/[^/]+)?/.exec(name)?.[1];
  if (store) {
    const siblings = world
      .ofType("aws:cloudwatch/logGroup:LogGroup")
      .filter((other) => folderOf(String(at(other, "name"))) === folderOf(name)).length;
    return {
      gb: storeLogGb / siblings,
      isVended: true,
      what: `logs of ${store === "rds" ? "the database" : "the warehouse"}`,
    };
  }
  const gb = (world.runs.perMonth * logMbPerRun) / 1024;
  return { gb, isVended: false, what: "logs" };
}

const folderOf = (path: string): string => path.slice(0, path.lastIndexOf("/"));
