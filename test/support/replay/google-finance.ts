import { london } from "../../../datasets/calendars/london.ts";
import { calendar } from "../../../runtime/dataset/calendar/index.ts";
import {
  type Answer,
  type Asked,
  type ReplayOptions,
  type ReplayServer,
  startReplay,
} from "../../../runtime/replay/server.ts";
import { type Market, type MinuteBar, minuteBars } from "./minutes.ts";

export interface GoogleFinanceOptions extends ReplayOptions {
  /** The day that the server believes in, at whose end it is asked. @default servedThrough */
  readonly today?: () => string;
  /** Another seed is another history. @default 1 */
  readonly seed?: number;
}

/** The last session that the server has, unless it is told another one. */
export const servedThrough = "2016-04-01";

const MINUTE = 60_000;
const DAY = 86_400_000;
const MEMORY = 15;
const SPOKEN = ["q", "x", "i", "p", "f"];
const COLUMNS = "DATE,CLOSE,HIGH,LOW,OPEN,VOLUME";

/** In pence. */
const PRICES: Readonly<Record<string, number>> = { AZN: 3_950, BARC: 160, "BP.": 350, HSBA: 435, VOD: 222 };

/** What a browser got that was taken for a robot. */
export const notARobot: Answer = {
  status: 200,
  headers: { "content-type": "text/html" },
  body: "<!DOCTYPE html><html><head><title>Sorry...</title></head><body>We're sorry...</body></html>",
};

/**
 * `getprices` of Google Finance, which is gone, with SYNTHETIC minutes, which every answer says in the header
 * `x-tidegate-synthetic: true`: `GET /getprices?q={ticker}&x=LON&i=60&p={sessions}d&f=d,o,h,l,c,v`. As there, an answer holds the
 * last sessions, 15 at most; each session begins with a row of Unix seconds; the columns have an order of their own; and when
 * summer time began within it, there is a second `TIMEZONE_OFFSET`.
 */
export function startGoogleFinance(options: GoogleFinanceOptions = {}): Promise<ReplayServer> {
  const { today = () => servedThrough, seed = 1 } = options;
  const hours = calendar(london);
  const market: Market = { calendar: hours, seed, digits: 2, price: (symbol) => PRICES[symbol] ?? 100 };

  function handle({ path, query }: Asked): Answer {
    if (!/^(\/finance)?\/getprices$/.test(path)) return plain(404, "Not Found");
    const unspoken = [...query.keys()].find((name) => !SPOKEN.includes(name));
    if (unspoken) return plain(501, `this replay server does not speak the parameter ${unspoken}`);
    const ticker = query.get("q") ?? "";
    if (query.get("x") !== "LON" || !Object.hasOwn(PRICES, ticker)) return plain(200, header("UNKNOWN+EXCHANGE"));
    const [, days] = /^(\d+)d$/.exec(query.get("p") ?? "") ?? [];
    if (query.get("i") !== "60" || days === undefined)
      return plain(501, "this replay server has minutes of some days only: i=60, p=<days>d");
    const end = today();
    const dates = hours
      .sessions(new Date(Date.parse(end) - 60 * DAY).toISOString().slice(0, 10), end)
      .slice(-Math.min(Number(days), MEMORY));
    return plain(200, `${header("LON")}${sessions(ticker, dates).join("\n")}\n`);
  }

  function sessions(ticker: string, dates: readonly string[]): string[] {
    const lines: string[] = [];
    let offset: number | undefined;
    for (const date of dates) {
      // The exchange opens at 8 of its own clock.
      const now = 8 * 60 - (hours.open(date) - Date.parse(date)) / MINUTE;
      if (now !== offset) lines.push(`TIMEZONE_OFFSET=${now}`);
      offset = now;
      lines.push(...rowsOf([...minuteBars(ticker, hours.open(date), hours.close(date) - 1, market)]));
    }
    return lines;
  }

  return startReplay(handle, options, { "x-tidegate-synthetic": "true" });
}

function rowsOf(bars: readonly MinuteBar[]): string[] {
  const [first] = bars;
  return bars.map(({ time, close, high, low, open, volume }, i) => {
    const at = i === 0 || !first ? `a${time / 1_000}` : String((time - first.time) / MINUTE);
    return [at, close, high, low, open, volume].join(",");
  });
}

const header = (exchange: string): string =>
  [
    `EXCHANGE%3D${exchange}`,
    "MARKET_OPEN_MINUTE=480",
    "MARKET_CLOSE_MINUTE=990",
    "INTERVAL=60",
    `COLUMNS=${COLUMNS}`,
    "DATA=",
    "",
  ].join("\n");

const plain = (status: number, body: string): Answer => ({ status, body, headers: { "content-type": "text/plain" } });
