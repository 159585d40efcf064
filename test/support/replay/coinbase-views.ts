import { type Candle, candle, decimalText } from "./candles.ts";
import type { Product } from "./products.ts";

const DAY = 86_400_000;
/** How far back the last candle before a quiet day is looked for. */
const FARTHEST = 30;

/** A row of `/products/{id}/candles`. */
export const candleText = ({ time, low, high, open, close, volume }: Candle): string =>
  `[${time},${low},${high},${open},${close},${volume}]`;

/** An element of `/products`, where every number is a text: https://docs.cdp.coinbase.com/api-reference/exchange-api/rest-api/products/get-all-known-trading-pairs */
export const productText = ({ id, base, quote, status, auction, digits, volumeDigits }: Product): string =>
  JSON.stringify({
    id,
    base_currency: base,
    quote_currency: quote,
    quote_increment: increment(digits),
    base_increment: increment(volumeDigits),
    display_name: id.replace("-", "/"),
    min_market_funds: "1",
    margin_enabled: false,
    post_only: false,
    limit_only: false,
    cancel_only: false,
    status,
    status_message: "",
    trading_disabled: status === "delisted",
    fx_stablecoin: false,
    max_slippage_percentage: "0.02000000",
    auction_mode: auction,
    high_bid_limit_percentage: "",
  });

/** `/products/{id}/stats`: the 24 hours before `now`, with texts for numbers, and zeros where nothing was ever traded. */
export function statsText(product: Product, seed: number, now: number): string {
  const today = Math.floor(now / DAY) * DAY;
  const part = (now - today) / DAY;
  const last = latest(product, today, seed, now);
  const first = latest(product, today - DAY, seed, now - DAY);
  if (!last || !first) {
    const zero = { open: "0", high: "0", low: "0", last: "0", volume: "0", volume_30day: "0" };
    return JSON.stringify(zero);
  }
  const sizes = Array.from({ length: FARTHEST }, (_, days) =>
    Number(candle(product, today - days * DAY, seed, now)?.volume ?? 0),
  );
  const [current = 0, before = 0] = sizes;
  const volume = (count: number): string =>
    decimalText(Math.round(count * 10 ** product.volumeDigits), product.volumeDigits);
  const prices = [last.low, last.high, first.close, last.close].map(Number);
  const price = (count: number): string => decimalText(Math.round(count * 10 ** product.digits), product.digits);
  return JSON.stringify({
    open: first.close,
    high: price(Math.max(...prices)),
    low: price(Math.min(...prices)),
    last: last.close,
    volume: volume(current + before * (1 - part)),
    volume_30day: volume(sizes.reduce((sum, size) => sum + size, 0)),
  });
}

/** The last candle up to a day, as it was at an instant. */
function latest(product: Product, day: number, seed: number, at: number): Candle | undefined {
  for (let back = 0; back < FARTHEST; back += 1) {
    const found = candle(product, day - back * DAY, seed, at);
    if (found) return found;
  }
  return undefined;
}

const increment = (digits: number): string => (10 ** -digits).toFixed(digits);
