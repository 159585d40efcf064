import table from "../prices/us-east-1.json" with { type: "json" };

/** What can be priced; each has its price per unit, and where that is published, in prices/us-east-1.json. */
export type PriceName = keyof typeof table.prices;

/** What comes in sizes of which each has its own price: machines, database instances, warehouse nodes. */
export type SizeKind = keyof typeof table.sizes;

/** What `per` of a unit cost. */
export interface Price {
  readonly usd: number;
  readonly per: number;
  readonly unit: string;
  /** Where AWS publishes it. */
  readonly source: string;
}

/** One size of something. */
export interface Size {
  /** USD for an hour. */
  readonly usd: number;
  readonly vcpus: number;
}

interface Share {
  readonly ofOnDemand: number;
  readonly note: string;
}

/** A dated list of prices for one region. */
export interface PriceTable {
  readonly region: string;
  /** YYYY-MM-DD: the day that the prices were known on. */
  readonly asOf: string;
  readonly note: string;
  readonly prices: Readonly<Record<PriceName, Price>>;
  readonly sizes: Readonly<
    Record<
      SizeKind,
      { readonly source: string; readonly unit: string; readonly hourly: Readonly<Record<string, Size>> }
    >
  >;
  readonly shares: { readonly fargateSpot: Share; readonly ec2Spot: Share };
}

/** The tables that Tidegate has, the one that stands in for other regions first. */
export const PRICE_TABLES: readonly [PriceTable, ...PriceTable[]] = [table];

/** A table for a region, and what a reader has to know when it is another region's. */
export interface ChosenTable {
  readonly table: PriceTable;
  readonly note?: string;
}

/** The prices for a region; where nobody has written them down those of the first table, and a note that says so. */
export function pricesFor(region: string): ChosenTable {
  const table = PRICE_TABLES.find((candidate) => candidate.region === region);
  if (table) return { table };
  const [other] = PRICE_TABLES;
  const known = PRICE_TABLES.map((each) => each.region).join(", ");
  const note = `There is no price table for ${region}, only for ${known}: prices of ${other.region} stand in, and ${region} may be dearer by a fifth or more.`;
  return { table: other, note };
}
