import { none, rowsOf, when } from "tidegate";

/** Public market data of Coinbase Exchange: https://docs.cdp.coinbase.com/exchange/rest-api/rate-limits */
export const coinbase = {
  kind: "http",
  url: "https://api.exchange.coinbase.com",
  budget: [{ requests: 10, per: "1 second", burst: 15 }],
  pages: none(),
} as const;

/** A product that the exchange does not have: it was renamed or taken away. */
export const unknownProduct = when({ status: 404 }).skipPartition("Coinbase Exchange has no such product");

const TOKENS = "AAVE ADA ALGO ATOM AVAX BCH BTC DOGE DOT ETH LINK LTC SOL UNI XLM XRP".split(" ");

/** Not by their base currency, which an auction such as `BTCAUCTION-USD` shares with the product that is traded. */
const PRODUCTS = new Set(TOKENS.map((token) => `${token}-USD`));

/** These tokens in US dollars, as soon as and as long as the exchange lists them as online. */
export const tokensInDollars = rowsOf(
  "coinbase_products",
  "id",
  ({ id, status }) => status === "online" && PRODUCTS.has(String(id)),
);
