import type { ReplayServer } from "../runtime/replay/server.ts";
import { startAlpacaBars } from "../test/support/replay/alpaca-bars.ts";
import { replayKeyId, replaySecretKey, startAlpacaNews } from "../test/support/replay/alpaca-news.ts";
import { startCoinbase } from "../test/support/replay/coinbase.ts";
import { replayUserKey, startCrunchbase } from "../test/support/replay/crunchbase.ts";
import { servedThrough, startGoogleFinance } from "../test/support/replay/google-finance.ts";
import { replayIexToken, startIex } from "../test/support/replay/iex.ts";
import { replayNasdaqKey, startNasdaq } from "../test/support/replay/nasdaq.ts";
import { developerPlan, replayNewsKey, startNewsApi } from "../test/support/replay/newsapi.ts";
import { replayHuntToken, startProductHunt } from "../test/support/replay/product-hunt.ts";
import { recordedThrough, replayToken, startTiingo } from "../test/support/replay/tiingo.ts";

/** A source as the demonstration meets it. */
export interface Replay {
  readonly server: ReplayServer;
  /** Values of the secrets, by name. */
  readonly secrets: Readonly<Record<string, string>>;
  /** The last day that is asked for; undefined when it can answer for any day. */
  readonly through: string | undefined;
  readonly note: string;
  /** What is asked for on demand. */
  readonly requested?: readonly string[];
}

interface Play extends Omit<Replay, "server" | "through"> {
  /** Names, each with the last day that is asked for. */
  readonly datasets: Readonly<Record<string, string | undefined>>;
  start(): Promise<ReplayServer>;
}

const SYNTHETIC = "of a seeded generator, not from the source: synthetic, in the protocol of";
const NEWS_THROUGH = "2026-11-07";
const alpacaKeys = { ALPACA_KEY_ID: replayKeyId, ALPACA_SECRET_KEY: replaySecretKey };

const PLAYS: readonly Play[] = [
  {
    datasets: { daily_prices: recordedThrough },
    start: startTiingo,
    secrets: { TIINGO_TOKEN: replayToken },
    note: `Real prices, recorded through ${recordedThrough}, replayed in the protocol of Tiingo`,
  },
  {
    datasets: { intraday_prices: "2024-11-29" },
    start: startAlpacaBars,
    secrets: alpacaKeys,
    note: `Minutes ${SYNTHETIC} Alpaca`,
  },
  {
    datasets: { sharadar_tickers: undefined, sharadar_prices: recordedThrough },
    start: startNasdaq,
    secrets: { NASDAQ_DATA_LINK_API_KEY: replayNasdaqKey },
    note: `Real prices, recorded through ${recordedThrough}, with dates of change and tickers ${SYNTHETIC} Nasdaq Data Link`,
  },
  {
    datasets: { coinbase_products: undefined, coinbase_candles: undefined, coinbase_stats: undefined },
    start: startCoinbase,
    secrets: {},
    note: `Products, candles and statistics ${SYNTHETIC} Coinbase Exchange; not market data`,
  },
  {
    datasets: { alpaca_news: NEWS_THROUGH },
    start: startAlpacaNews,
    secrets: alpacaKeys,
    note: `Articles ${SYNTHETIC} Alpaca`,
  },
  {
    datasets: { newsapi_articles: NEWS_THROUGH },
    // The plan reaches back a month, which the days of the demonstration soon will not be any more.
    start: () => startNewsApi({ plan: { ...developerPlan, days: 10_000 } }),
    secrets: { NEWSAPI_KEY: replayNewsKey },
    note: `Articles ${SYNTHETIC} NewsAPI.org`,
  },
  {
    datasets: { product_hunt_posts: NEWS_THROUGH },
    start: startProductHunt,
    secrets: { PRODUCT_HUNT_TOKEN: replayHuntToken },
    note: `Posts ${SYNTHETIC} Product Hunt`,
  },
  {
    datasets: { crunchbase_organizations: undefined, crunchbase_funding_rounds: undefined },
    start: startCrunchbase,
    secrets: { CRUNCHBASE_USER_KEY: replayUserKey },
    note: `Organizations and rounds ${SYNTHETIC} Crunchbase`,
    requested: ["copperlight-robotics", "kelpworks", "quiet-ledger", "saltmarsh-energy"],
  },
  {
    datasets: { iex_chart: recordedThrough },
    start: startIex,
    secrets: { IEX_TOKEN: replayIexToken },
    note: `Real closes, recorded through ${recordedThrough}, replayed in the protocol of IEX Cloud, which has closed`,
  },
  {
    datasets: { google_intraday: servedThrough },
    start: startGoogleFinance,
    secrets: {},
    note: `Minutes ${SYNTHETIC} Google Finance, which has closed`,
  },
];

/** Servers on this machine that answer as the sources do, by the name of the dataset that asks them. */
export async function startReplays(): Promise<ReadonlyMap<string, Replay>> {
  const started = await Promise.all(
    PLAYS.map(async ({ datasets, start, ...play }) => {
      const server = await start();
      return Object.entries(datasets).map(([name, through]): [string, Replay] => [name, { ...play, server, through }]);
    }),
  );
  return new Map(started.flat());
}
