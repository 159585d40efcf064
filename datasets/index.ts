import coinbaseCandles from "./coinbase-candles.ts";
import dailyPrices from "./daily-prices.ts";

/** What is brought in. A new file in this folder becomes a dataset when it is listed here. */
export const datasets = [dailyPrices, coinbaseCandles];
