/** Where the replay servers listen for the tasks of a deployment that is being tested. */
const TIINGO = 18_080;
export const COINBASE = 18_081;

/** By dataset. */
export const REPLAY_PORTS = {
  daily_prices: TIINGO,
  coinbase_products: COINBASE,
  coinbase_candles: COINBASE,
  coinbase_stats: COINBASE,
};
