import { perHour } from "../../../runtime/replay/limits.ts";
import {
  type Answer,
  type Asked,
  type ReplayOptions,
  type ReplayServer,
  startReplay,
} from "../../../runtime/replay/server.ts";
import { pricesAsOf, type RecordedPrice, readPrices, recordedThrough } from "./prices.ts";

export { recordedThrough } from "./prices.ts";

/** The token that the server takes unless it is told another one. */
export const replayToken = "replay-token";

export interface TiingoOptions extends ReplayOptions {
  /** The only valid token. @default replayToken */
  readonly token?: string;
  /** Requests with a valid token in an hour of the clock, 429 above. @default no limit */
  readonly requestsPerHour?: number;
  /** The last session that the server knows; later ones, and splits in them, have not happened yet. @default recordedThrough */
  readonly asOf?: () => string;
}

const PATH = /^\/tiingo\/daily\/([^/]+)\/prices$/;
const DATE = /^(\d{4})-(\d{1,2})-(\d{1,2})$/;
const SPOKEN = ["startDate", "endDate"];

const error = (status: number, detail: string): Answer => ({ status, body: JSON.stringify({ detail }) });

/**
 * Tiingo's end-of-day prices, from the recording in test/fixtures/daily-prices: `GET /tiingo/daily/{ticker}/prices` with
 * `startDate` and `endDate`, both inclusive; without `startDate` only the latest row.
 * https://www.tiingo.com/documentation/end-of-day
 * The bodies of 401, 404 and 429 are those that clients of the API report; that of 400 is this server's own. A parameter
 * of the API that the recording cannot serve is answered with 501 rather than ignored.
 */
export function startTiingo(options: TiingoOptions = {}): Promise<ReplayServer> {
  const { token = replayToken, requestsPerHour = Number.POSITIVE_INFINITY, now = Date.now } = options;
  const { asOf = () => recordedThrough } = options;
  const prices = readPrices();
  const allowed = perHour(requestsPerHour, now);

  function handle({ path, query, headers }: Asked): Answer {
    const { authorization } = headers;
    if (!authorization) return error(401, "Please supply a token");
    if (authorization !== `Token ${token}`) return error(401, "Invalid token.");
    if (!allowed())
      return error(
        429,
        "Error: You have run over your hourly request allocation. Please upgrade at https://api.tiingo.com/pricing to have your limits increased.",
      );
    const ticker = PATH.exec(path)?.[1];
    if (!ticker) return error(404, "Not found.");
    const unspoken = [...query.keys()].find((name) => !SPOKEN.includes(name));
    if (unspoken) return error(501, `Error: this replay server does not speak the parameter '${unspoken}'`);
    const rows = prices.get(ticker.toUpperCase());
    if (!rows) return error(404, `Error: Ticker '${ticker}' not found`);
    const [start, end] = [query.get("startDate"), query.get("endDate")].map(normalDate);
    if (start === "" || end === "") return error(400, "Error: dates must have the form YYYY-MM-DD");
    const told = pricesAsOf(rows, asOf());
    const until = end ? told.filter((row) => row.date <= end) : told;
    const asked = start ? until.filter((row) => row.date >= start) : until.slice(-1);
    return { status: 200, body: `[${asked.map(rowText).join(",")}]` };
  }

  return startReplay(handle, options);
}

/** With leading zeros, which the API does not insist on; undefined for none, empty when it is no date. */
function normalDate(text: string | null): string | undefined {
  if (text === null) return undefined;
  const [, year, month = "", day = ""] = DATE.exec(text) ?? [];
  return year ? `${year}-${month.padStart(2, "0")}-${day.padStart(2, "0")}` : "";
}

/** Written by hand because a number must keep its text: `127.0` is not `127`. */
function rowText(row: RecordedPrice): string {
  return (
    `{"date":"${row.date}T00:00:00.000Z","close":${row.close},"high":${row.high},"low":${row.low},"open":${row.open},` +
    `"volume":${row.volume},"adjClose":${row.adjClose},"adjHigh":${row.adjHigh},"adjLow":${row.adjLow},` +
    `"adjOpen":${row.adjOpen},"adjVolume":${row.adjVolume},"divCash":${row.divCash},"splitFactor":${row.splitFactor}}`
  );
}
