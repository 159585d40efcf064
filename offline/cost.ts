import { FREE } from "./cost/free.ts";
import { PRICERS } from "./cost/pricers.ts";
import { pricesFor } from "./cost/prices.ts";
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
  /** Where the stack lives. */
  readonly region: string;
  /** The region of the prices: another one where nobody has written a table for the stack's. */
  readonly pricesOf: string;
  /** YYYY-MM-DD of the prices. */
  readonly asOf: string;
  readonly total: number;
  /** Dearest first. */
  readonly components: readonly ComponentCost[];
  readonly free: readonly { readonly type: string; readonly count: number; readonly reason: string }[];
  /** What nobody has priced, and why when the type itself has a price: the total is too low by it. */
  readonly unpriced: readonly { readonly type: string; readonly count: number; readonly reason?: string }[];
  readonly usage: Usage;
  readonly notes: readonly string[];
}

/** Estimates from the resources that a program makes, so that the estimate follows every change of the program. */
export function estimateCost(recording: Recording, usage: Usage = DEFAULT_USAGE): CostEstimate {
  const { table, note } = pricesFor(recording.region);
  const world = new World(recording.resources, usage, table);
  const billed = recording.resources.filter(
    ({ custom, remote, type }) => (custom || remote) && !type.startsWith("pulumi:"),
  );
  const byComponent = new Map<string, CostItem[]>();
  const free: string[] = [];
  const unpriced: { readonly type: string; readonly reason?: string }[] = [];
  for (const resource of billed) {
    const { type } = resource;
    const price = PRICERS[type]?.(resource, world);
    if (!price) {
      if (type in FREE) free.push(type);
      else unpriced.push({ type });
    } else if ("notPriced" in price) {
      unpriced.push({ type, reason: price.notPriced });
    } else {
      const component = componentOf(resource, world);
      byComponent.set(component, [...(byComponent.get(component) ?? []), ...price]);
    }
  }
  const components = [...byComponent]
    .map(([component, items]) => ({ component, monthly: sum(items), items: merged(items) }))
    .sort((a, b) => b.monthly - a.monthly);
  return {
    stack: recording.stack,
    region: recording.region,
    pricesOf: table.region,
    asOf: table.asOf,
    total: sum(components),
    components,
    free: counted(free.map((type) => ({ type, reason: FREE[type] ?? "" }))),
    unpriced: counted(unpriced),
    usage,
    notes: [
      ...(note ? [note] : []),
      table.note,
      table.shares.fargateSpot.note,
      table.shares.ec2Spot.note,
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
    .map(([, [first, ...others]]) => ({
      ...(first ?? { how: "" }),
      count: others.length + 1,
      monthly: sum(first ? [first, ...others] : []),
    }))
    .sort((a, b) => b.monthly - a.monthly);
}

const counted = <T extends { readonly type: string; readonly reason?: string }>(found: readonly T[]) =>
  [...Map.groupBy(found, ({ type, reason }) => `${type} ${reason}`).values()].flatMap(([first, ...others]) =>
    first ? [{ ...first, count: others.length + 1 }] : [],
  );
