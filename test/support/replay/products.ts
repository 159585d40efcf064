/** A product of the synthetic exchange. */
export interface Product {
  readonly id: string;
  readonly base: string;
  readonly quote: string;
  /** As the exchange says it. */
  readonly status: "online" | "delisted";
  /** Whether it is an auction: orders are collected, nothing is traded. */
  readonly auction: boolean;
  /** First day with candles. */
  readonly listed: string;
  /** Around which the price moves, in the quote currency. */
  readonly price: number;
  /** Digits of a price behind the point. */
  readonly digits: number;
  /** Usual volume of a day, in the base currency. */
  readonly volume: number;
  /** Digits of a volume behind the point. */
  readonly volumeDigits: number;
  /** Share of the days on which nothing is traded, and which therefore have no candle. */
  readonly quiet: number;
}

function product(
  id: string,
  listed: string,
  [price, digits]: readonly [number, number],
  [volume, volumeDigits]: readonly [number, number],
  quiet: number,
  changes: Partial<Pick<Product, "base" | "status" | "auction">> = {},
): Product {
  const [base = "", quote = ""] = id.split("-");
  const size = { price, digits, volume, volumeDigits, quiet };
  return { id, base, quote, status: "online", auction: false, listed, ...size, ...changes };
}

/**
 * Days of listing and sizes resemble the real ones, so that a chart looks familiar; nothing here was measured. The last ones
 * are what a program stumbles over that takes every product for a token in dollars.
 */
export const products: readonly Product[] = [
  product("BTC-USD", "2015-07-20", [42_000, 2], [14_000, 8], 0),
  product("ETH-USD", "2016-05-18", [2_400, 2], [160_000, 8], 0),
  product("SOL-USD", "2021-06-17", [90, 2], [1_500_000, 3], 0.001),
  product("XRP-USD", "2023-07-13", [0.6, 4], [60_000_000, 6], 0.001),
  product("ADA-USD", "2021-03-18", [0.55, 4], [45_000_000, 2], 0.002),
  product("DOGE-USD", "2021-06-03", [0.12, 5], [220_000_000, 1], 0.002),
  product("AVAX-USD", "2021-09-30", [31, 2], [700_000, 3], 0.002),
  product("DOT-USD", "2021-06-16", [7.6, 3], [900_000, 3], 0.003),
  product("LINK-USD", "2019-06-27", [13.5, 3], [1_100_000, 2], 0.003),
  product("LTC-USD", "2016-08-17", [86, 2], [180_000, 8], 0.002),
  product("BCH-USD", "2017-12-20", [310, 2], [26_000, 8], 0.003),
  product("UNI-USD", "2020-09-17", [7.9, 3], [500_000, 3], 0.004),
  product("ATOM-USD", "2020-01-14", [10.4, 3], [420_000, 2], 0.004),
  product("XLM-USD", "2019-03-14", [0.13, 6], [38_000_000, 0], 0.005),
  product("AAVE-USD", "2020-12-15", [118, 2], [32_000, 3], 0.005),
  product("ALGO-USD", "2019-08-14", [0.24, 4], [18_000_000, 0], 0.005),
  product("SHIB-USD", "2021-09-09", [0.00002, 8], [900_000_000_000, 0], 0.005),
  product("BTC-EUR", "2015-04-23", [38_000, 2], [900, 8], 0),
  product("ETH-BTC", "2016-05-18", [0.055, 5], [8_000, 8], 0),
  product("REP-USD", "2019-04-10", [14, 2], [20_000, 6], 0.01, { status: "delisted" }),
  product("BTCAUCTION-USD", "2020-01-01", [42_000, 2], [1, 8], 1, { base: "BTC", auction: true }),
];

/** The ids of all products. */
export const coinbaseProducts: readonly string[] = products.map(({ id }) => id);
