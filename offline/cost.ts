import { FREE } from "./cost/free.ts";
import { PRICERS } from "./cost/pricers.ts";
import { PRICES, type PriceTable } from "./cost/prices.ts";
import { DEFAULT_USAGE, type Usage } from "./cost/usage.ts";
import { type CostItem, World } from "./cost/world.ts";
import type { RecordedResource, Recording } from "./record.ts";

/** The bill of one component. */
export interface ComponentCost {
  /** Type and name, such as `DataLake market-data-lake`. */
  readonly component: string;
  /** USD in an average month. */
  readonly monthly: number;
  /** Dearest first; equal ones of several resources are one, with their number. */
  readonly items: readonly (CostItem & { readonly count: number })[];
}

/** What a stack costs in an average month, in USD. */
export interface CostEstimate {
  readonly stack: string;
  /** The region of the prices. */
  readonly region: string;
  /** YYYY-MM-DD of the prices. */
  readonly asOf: string;
  readonly total: number;
  /** Dearest first. */
  readonly components: readonly ComponentCost[];
  readonly free: readonly { readonly type: string; readonly count: number; readonly reason: string }[];
  /** Types that nobody has priced: the total is too low by them. */
  readonly unpriced: readonly { readonly type: string; readonly count: number }[];
  readonly usage: Usage;
  readonly notes: readonly string[];
}

/** Estimates from the resources that a program makes, so that the estimate follows every change of the program. */
export function estimateCost(
  recording: Recording,
  usage: Usage = DEFAULT_USAGE,
  table: PriceTable = PRICES,
): CostEstimate {
  const world = new World(recording.resources, usage, table);
  const billed = recording.resources.filter(
    ({ custom, remote, type }) => (custom || remote) && !type.startsWith("pulumi:"),
  );
  const byComponent = new Map<string, CostItem[]>();
  const free: string[] = [];
  const unpriced: string[] = [];
  for (const resource of billed) {
    const price = PRICERS[resource.type];
    if (price) {
      const component = componentOf(resource, world);
      byComponent.set(component, [...(byComponent.get(component) ?? []), ...price(resource, world)]);
    } else {
      (resource.type in FREE ? free : unpriced).push(resource.type);
    }
  }
  const components = [...byComponent]
    .map(([component, items]) => ({ component, monthly: sum(items), items: merged(items) }))
    .sort((a, b) => b.monthly - a.monthly);
  return {
    stack: recording.stack,
    region: table.region,
    asOf: table.asOf,
    total: sum(components),
    components,
    free: counted(free).map(({ type, count }) => ({ type, count, reason: FREE[type] ?? "" })),
    unpriced: counted(unpriced),
    usage,
    notes: [
      table.note,
      table.shares.fargateSpot.note,
      "What a source sends costs nothing to receive; what clients download does (0.09 USD per GB) and is not estimated.",
    ],
  };
}

/** The component below the topmost one that a resource belongs to: what a reader of the program knows by name. */
function componentOf(resource: RecordedResource, world: World): string {
  const parents: RecordedResource[] = [];
  for (let at = world.parentOf(resource); at?.parent; at = world.parentOf(at)) parents.unshift(at);
  const component = parents[1] ?? parents[0] ?? resource;
  return `${component.type.split(":").at(-1)} ${component.name}`;
}

const sum = (items: readonly { readonly monthly: number }[]): number =>
  items.reduce((total, { monthly }) => total + monthly, 0);

function merged(items: readonly CostItem[]): ComponentCost["items"] {
  return [...Map.groupBy(items, ({ how }) => how)]
    .map(([how, same]) => ({ how, count: same.length, monthly: sum(same) }))
    .sort((a, b) => b.monthly - a.monthly);
}

const counted = (types: readonly string[]) =>
  [...Map.groupBy(types, (type) => type)].map(([type, same]) => ({ type, count: same.length }));
