/** Where the replay servers listen for the tasks of a deployment that is being tested, by dataset. */
export const REPLAY_PORTS = { daily_prices: 18_080, coinbase_candles: 18_081 };
