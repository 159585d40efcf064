import type { RecordedResource } from "../record.ts";
import type { PriceName, PriceTable, Size, SizeKind } from "./prices.ts";
import { Runs } from "./runs.ts";
import type { Usage } from "./usage.ts";

/** One thing on the bill of a resource. */
export interface CostItem {
  /** USD in an average month. */
  readonly monthly: number;
  /** How that comes about, such as `2 alarms × 0.1 USD`. */
  readonly how: string;
  /** USD that a month cannot exceed, whatever happens. */
  readonly atMost?: number;
}

/** What nobody has a price for. */
export interface NotPriced {
  /** @example "the price table has no db.m9.large" */
  readonly notPriced: string;
}

/** What pricing a resource may look at: the whole program, what is assumed, and the prices. */
export class World {
  readonly usage: Usage;
  readonly table: PriceTable;
  readonly runs: Runs;
  readonly #byType: ReadonlyMap<string, readonly RecordedResource[]>;
  readonly #byUrn: ReadonlyMap<string, RecordedResource>;

  constructor(resources: readonly RecordedResource[], usage: Usage, table: PriceTable) {
    this.usage = usage;
    this.table = table;
    this.#byType = Map.groupBy(resources, ({ type }) => type);
    this.#byUrn = new Map(resources.map((resource) => [resource.urn, resource]));
    this.runs = new Runs((type) => this.ofType(type), usage);
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

  /** The size of a machine, instance or node; undefined when the table does not have it. */
  size(kind: SizeKind, name: string): Size | undefined {
    return this.table.sizes[kind].hourly[name];
  }

  ofType(type: string): readonly RecordedResource[] {
    return this.#byType.get(type) ?? [];
  }

  /** Whether a component of a type is among the parents of a resource. */
  isWithin(resource: RecordedResource, componentType: string): boolean {
    for (let at = this.parentOf(resource); at; at = this.parentOf(at)) if (at.type === componentType) return true;
    return false;
  }

  parentOf({ parent }: RecordedResource): RecordedResource | undefined {
    return parent === undefined ? undefined : this.#byUrn.get(parent);
  }
}
