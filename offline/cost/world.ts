import type { RecordedResource } from "../record.ts";
import { reveal, type Value } from "../wire.ts";
import type { PriceName, PriceTable } from "./prices.ts";
import { startsPerMonth } from "./starts.ts";
import type { Usage } from "./usage.ts";

/** One thing on the bill of a resource. */
export interface CostItem {
  /** USD in an average month. */
  readonly monthly: number;
  /** How that comes about, such as `2 alarms × 0.1 USD`. */
  readonly how: string;
}

/** What pricing a resource may look at: the whole program, what is assumed, and the prices. */
export class World {
  readonly resources: readonly RecordedResource[];
  readonly usage: Usage;
  readonly table: PriceTable;

  constructor(resources: readonly RecordedResource[], usage: Usage, table: PriceTable) {
    this.resources = resources;
    this.usage = usage;
    this.table = table;
  }

  /** USD for one unit. */
  usd(name: PriceName): number {
    const { usd, per } = this.table.prices[name];
    return usd / per;
  }

  /** A quantity of something, priced. @param what the quantity in words, such as `31 starts` */
  item(quantity: number, name: PriceName, what: string): CostItem {
    const { usd, per } = this.table.prices[name];
    const price = per === 1 ? `${usd} USD` : `${usd} USD per ${per.toLocaleString("en-US")}`;
    return { monthly: quantity * this.usd(name), how: `${what} × ${price}` };
  }

  ofType(type: string): readonly RecordedResource[] {
    return this.resources.filter((resource) => resource.type === type);
  }

  /** Schedules that start something, of those that are on. */
  schedulesOf(target: RecordedResource): readonly RecordedResource[] {
    return this.#schedules().filter(({ propertyDependencies }) => propertyDependencies.target?.includes(target.urn));
  }

  /** Starts in a month by all schedules of the program. */
  runsPerMonth(): number {
    return this.#schedules().reduce((sum, schedule) => sum + startsOf(schedule), 0);
  }

  /** Whether a component of a type is among the parents of a resource. */
  isWithin(resource: RecordedResource, componentType: string): boolean {
    for (let at = this.parentOf(resource); at; at = this.parentOf(at)) if (at.type === componentType) return true;
    return false;
  }

  parentOf({ parent }: RecordedResource): RecordedResource | undefined {
    return this.resources.find(({ urn }) => urn === parent);
  }

  #schedules(): readonly RecordedResource[] {
    return this.ofType("aws:scheduler/schedule:Schedule").filter((schedule) => at(schedule, "state") !== "DISABLED");
  }
}

/** Starts in a month by one schedule; none when its expression cannot be read. */
export function startsOf(schedule: RecordedResource): number {
  return startsPerMonth(String(at(schedule, "scheduleExpression"))) ?? 0;
}

/** The value at a path of a resource's inputs, secrets revealed. */
export function at(resource: RecordedResource, ...path: readonly (string | number)[]): Value | undefined {
  let value: Value | undefined = resource.inputs;
  for (const step of path) {
    value = reveal(value);
    if (value === null || typeof value !== "object") return undefined;
    value = (value as Readonly<Record<string | number, Value>>)[step];
  }
  return reveal(value);
}

/** A number without needless digits. */
export const amount = (value: number): string => value.toLocaleString("en-US", { maximumFractionDigits: 2 });
