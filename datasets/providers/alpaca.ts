import { at, type JsonValue, jsonBody, nextToken, secretHeaders, when } from "tidegate";

/** Access to Alpaca's market data, with the limits of the Basic plan: https://docs.alpaca.markets/docs/about-market-data-api */
export const alpaca = {
  kind: "http",
  url: "https://data.alpaca.markets",
  auth: secretHeaders({ "APCA-API-KEY-ID": "ALPACA_KEY_ID", "APCA-API-SECRET-KEY": "ALPACA_SECRET_KEY" }),
  budget: [{ requests: 200, per: "1 minute" }],
  budgetHeaders: {
    remaining: "X-RateLimit-Remaining",
    reset: { header: "X-RateLimit-Reset", as: "unix seconds" },
  },
  responses: [
    when({ status: [401, 403] }).fail(
      "set ALPACA_KEY_ID and ALPACA_SECRET_KEY to a pair of your account, paper or live",
      "dataset",
    ),
    when({ status: [400, 422], body: /page_token/ }).restartWindow(),
    when({ status: 429 }).limited({ header: "X-RateLimit-Reset", as: "unix seconds" }),
  ],
} as const;

/** Bars per page; the API takes no more. */
const PAGE = 10_000;

/** Bars of several symbols in one answer: https://docs.alpaca.markets/reference/stockbars */
export const alpacaBars = {
  ...alpaca,
  batch: 100,
  pages: nextToken({ body: "next_page_token" }),
  format: jsonBody({ rows: bars }),
  responses: [
    when({ status: [403, 422], body: /subscription/ }).fail(
      "SIP prices of the last 15 minutes need a paid plan of Alpaca",
      "dataset",
    ),
    when({ status: 400, body: /invalid symbol/ }).fail(
      "one wrong symbol makes Alpaca refuse all of the request: correct it or take it out",
    ),
    ...alpaca.responses,
  ],
} as const;

/** What every request for bars says beside its times. */
export const barsQuery = (symbols: readonly string[], pageToken: string | undefined) => ({
  symbols: symbols.join(","),
  sort: "asc",
  limit: PAGE,
  page_token: pageToken,
});

/**
 * `{ bars: { AAPL: [{ t, o, … }] } }` as rows that say their symbol in `symbol`. Where nobody has bars, `bars` may be null.
 * @throws Error for an answer without it
 */
function bars(body: JsonValue): JsonValue[] {
  const found = at(body, "bars");
  if (found === undefined) throw new Error("it has no bars");
  return Object.entries((found ?? {}) as Bars).flatMap(([symbol, list]) => list.map((bar) => ({ ...bar, symbol })));
}

type Bars = Readonly<Record<string, readonly { readonly [field: string]: JsonValue }[]>>;
