import alpacaNews from "./alpaca-news.ts";
import coinbaseCandles from "./coinbase-candles.ts";
import coinbaseProducts from "./coinbase-products.ts";
import coinbaseStats from "./coinbase-stats.ts";
import crunchbaseFundingRounds from "./crunchbase-funding-rounds.ts";
import crunchbaseOrganizations from "./crunchbase-organizations.ts";
import dailyPrices from "./daily-prices.ts";
import googleIntraday from "./google-intraday.ts";
import iexChart from "./iex-chart.ts";
import intradayPrices from "./intraday-prices.ts";
import newsapiArticles from "./newsapi-articles.ts";
import productHuntPosts from "./product-hunt-posts.ts";
import sharadarPrices from "./sharadar-prices.ts";
import sharadarTickers from "./sharadar-tickers.ts";

/** What can be brought in. A new file in this folder becomes a dataset when it is listed here. */
export const datasets = [
  dailyPrices,
  intradayPrices,
  sharadarTickers,
  sharadarPrices,
  coinbaseProducts,
  coinbaseCandles,
  coinbaseStats,
  alpacaNews,
  newsapiArticles,
  productHuntPosts,
  crunchbaseOrganizations,
  crunchbaseFundingRounds,
  iexChart,
  googleIntraday,
];
