import { startCoinbase } from "../test/support/replay/coinbase.ts";
import type { ReplayServer } from "../test/support/replay/server.ts";
import { recordedThrough, replayToken, startTiingo } from "../test/support/replay/tiingo.ts";

/** A source as the demonstration meets it. */
export interface Replay {
  readonly server: ReplayServer;
  readonly token: string | undefined;
  /** The last day that was recorded; undefined when it can answer for any day. */
  readonly through: string | undefined;
  readonly note: string;
}

/** Servers on this machine that answer as the sources do, by the name of the dataset that asks them. */
export async function startReplays(): Promise<ReadonlyMap<string, Replay>> {
  const [tiingo, coinbase] = await Promise.all([startTiingo(), startCoinbase()]);
  return new Map([
    [
      "daily_prices",
      {
        server: tiingo,
        token: replayToken,
        through: recordedThrough,
        note: `Real prices, recorded through ${recordedThrough}, replayed in the protocol of Tiingo`,
      },
    ],
    [
      "coinbase_candles",
      {
        server: coinbase,
        token: undefined,
        through: undefined,
        note: "Synthetic candles of a seeded generator, in the protocol of Coinbase Exchange: not market data",
      },
    ],
  ]);
}
