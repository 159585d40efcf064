import table from "../prices/us-east-1.json" with { type: "json" };

/** What can be priced; each has its price per unit, and where that is published, in prices/us-east-1.json. */
export type PriceName = keyof typeof table.prices;

/** What `per` of a unit cost. */
export interface Price {
  readonly usd: number;
  readonly per: number;
  readonly unit: string;
  /** Where AWS publishes it. */
  readonly source: string;
}

/** A dated list of prices for one region. */
export interface PriceTable {
  readonly region: string;
  /** YYYY-MM-DD: the day that the prices were known on. */
  readonly asOf: string;
  readonly note: string;
  readonly prices: Readonly<Record<PriceName, Price>>;
  readonly shares: { readonly fargateSpot: { readonly ofOnDemand: number; readonly note: string } };
}

/** The prices that Tidegate knows. */
export const PRICES: PriceTable = table;
