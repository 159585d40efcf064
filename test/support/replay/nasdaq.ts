import { createHash } from "node:crypto";
import {
  type Answer,
  type Asked,
  type ReplayOptions,
  type ReplayServer,
  startReplay,
} from "../../../runtime/replay/server.ts";
import { recordedThrough } from "./prices.ts";
import { fixedQuota } from "./quota.ts";
import { priceColumns, type TableRow, tickerColumns, tickerRows, updatedPrices } from "./sharadar.ts";
import { zipped } from "./zip.ts";

/** The key that the server takes unless it is told another one. */
export const replayNasdaqKey = "replay-nasdaq-key";

export interface NasdaqOptions extends ReplayOptions {
  /** The only valid key. @default replayNasdaqKey */
  readonly key?: string;
  /** The last session that the server knows. @default recordedThrough */
  readonly asOf?: () => string;
  /** How often an export is asked before its file is there. @default 0 */
  readonly polls?: number;
  /** Base URL of the server that has the exported files. @default this one */
  readonly files?: string;
  /** Whether the three limits of a key without a subscription hold. @default true */
  readonly limited?: boolean;
}

/** An error as the source tells it, with the status that it has for the code: https://docs.data.nasdaq.com/docs/error-codes */
export function nasdaqError(code: string, message = `error ${code} of the replay server`): Answer {
  const status = Object.entries(STATUSES).find(([beginning]) => code.startsWith(beginning))?.[1] ?? 400;
  return { status, body: JSON.stringify({ quandl_error: { code, message } }) };
}

/** The first beginning that fits counts. */
const STATUSES: Readonly<Record<string, number>> = {
  QELx06: 422,
  QELx07: 414,
  QELx08: 413,
  QEL: 429,
  QEAx07: 202,
  QEA: 400,
  QEP: 403,
  QES: 400,
  QEC: 404,
  QEM: 500,
  QEX: 503,
};

const LARGEST_PAGE = 10_000;
const LIMITS = [
  { amount: 300, every: 10_000, code: "QELx04" },
  { amount: 2_000, every: 600_000, code: "QELx04" },
  { amount: 50_000, every: 86_400_000, code: "QELx02" },
];
const PRICE_FILTERS = ["ticker", "lastupdated.gte", "lastupdated.lte"];
const TABLE = /^(?:\/api\/v3\/datatables)?\/([A-Z]+)\/([A-Z0-9]+)(?:\.json)?$/;
const FILE = /^\/export\/SHARADAR_TICKERS_[0-9a-f]+\.zip$/;

/**
 * Tables of Nasdaq Data Link: `GET /SHARADAR/SEP.json` in pages with a cursor, and `GET /SHARADAR/TICKERS.json?qopts.export=true`,
 * which makes a ZIP with one CSV file. https://docs.data.nasdaq.com/docs/in-depth-usage-1. The prices are those of the recording
 * in test/fixtures/daily-prices, adjusted for its splits; `lastupdated` and the list of tickers are SYNTHETIC, and the header
 * `x-tidegate-synthetic` says so. As there, a split gives all rows before it a new `lastupdated`, errors have a code, and a
 * cursor that is none is refused.
 */
export function startNasdaq(options: NasdaqOptions = {}): Promise<ReplayServer> {
  const { key = replayNasdaqKey, asOf = () => recordedThrough, polls = 0, limited = true, now = Date.now } = options;
  const limits = LIMITS.map(({ code, ...rule }) => ({ code, quota: fixedQuota(rule, now) }));
  let asked = 0;

  function handle(request: Asked): Answer {
    if (FILE.test(request.path)) return zip(filedTickers(request.path));
    const given = request.headers["x-api-token"] ?? request.query.get("api_key");
    if (given !== key) return nasdaqError("QEAx01", "the API key is not recognized");
    const over = limited ? limits.find(({ quota }) => !quota.take()) : undefined;
    if (over) return nasdaqError(over.code, "the limit of calls has been exceeded");
    const [, database, table] = TABLE.exec(request.path) ?? [];
    if (!database) return nasdaqError("QECx02", "there is no such code");
    if (database !== "SHARADAR") return nasdaqError("QECx02", "there is no such table");
    if (table === "SEP") return prices(request.query);
    if (table === "TICKERS") return tickers(request);
    return nasdaqError("QEPx04", "the subscription does not include this table");
  }

  function prices(query: URLSearchParams): Answer {
    const unknown = [...query.keys()].find((name) => !PRICE_FILTERS.includes(name) && !name.startsWith("qopts."));
    if (unknown) return nasdaqError("QESx08", `cannot filter by ${unknown}`);
    const size = Number(query.get("qopts.per_page") ?? LARGEST_PAGE);
    if (!Number.isInteger(size) || size < 1 || size > LARGEST_PAGE)
      return nasdaqError("QESx04", "qopts.per_page is out of range");
    const asked = (query.get("ticker") ?? "").split(",").filter(Boolean);
    const [from, to] = [query.get("lastupdated.gte") ?? "", query.get("lastupdated.lte") ?? "9999"];
    const rows = updatedPrices(asked, asOf()).filter((row) => row.lastupdated >= from && row.lastupdated <= to);
    const cursor = query.get("qopts.cursor_id");
    const start = cursor === null ? 0 : offsetOf(cursor);
    if (start === undefined) return nasdaqError("QESx06", "the cursor is not valid");
    const page = rows.slice(start, start + size);
    const next = start + size < rows.length ? `"${cursorOf(start + size)}"` : "null";
    return {
      status: 200,
      body:
        `{"datatable":{"data":[${page.map(({ text }) => text).join(",")}],"columns":${JSON.stringify(priceColumns)}},` +
        `"meta":{"next_cursor_id":${next}}}`,
    };
  }

  function tickers({ query, headers }: Asked): Answer {
    if (query.get("qopts.export") !== "true")
      return nasdaqError("QESx04", "this replay server exports this table only");
    asked += 1;
    const ready = asked > polls;
    const table = query.get("table") ?? "";
    const base = options.files ?? `http://${headers.host}`;
    const file = {
      link: ready ? `${base}/export/SHARADAR_TICKERS_${Buffer.from(table).toString("hex")}.zip` : null,
      status: ready ? "fresh" : "creating",
      data_snapshot_time: `${asOf()} 22:30:00 UTC`,
    };
    const datatable = { last_refreshed_time: `${asOf()} 22:00:00 UTC` };
    return { status: 200, body: JSON.stringify({ datatable_bulk_download: { file, datatable } }) };
  }

  const filedTickers = (path: string): readonly TableRow[] => {
    const table = Buffer.from(/_([0-9a-f]+)\.zip$/.exec(path)?.[1] ?? "", "hex").toString();
    return tickerRows(asOf()).filter((row) => row.table === table);
  };

  return startReplay(handle, options, { "x-tidegate-synthetic": "lastupdated, TICKERS" });
}

function zip(rows: readonly TableRow[]): Answer {
  const lines = [tickerColumns, ...rows.map((row) => tickerColumns.map((name) => quoted(row[name] ?? "")))];
  const csv = `${lines.map((line) => line.join(",")).join("\n")}\n`;
  return { status: 200, headers: { "content-type": "application/zip" }, body: zipped("SHARADAR_TICKERS.csv", csv) };
}

const quoted = (text: string): string => (/[",\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);

/** A cursor tells nothing about itself; the digest makes that one of another server, or a made-up one, is noticed. */
const cursorOf = (offset: number): string =>
  Buffer.from(`${offset}|${createHash("sha256").update(`cursor ${offset}`).digest("hex").slice(0, 8)}`).toString(
    "base64",
  );

function offsetOf(cursor: string): number | undefined {
  const [, offset = ""] = /^(\d+)\|/.exec(Buffer.from(cursor, "base64").toString()) ?? [];
  return offset && cursorOf(Number(offset)) === cursor ? Number(offset) : undefined;
}
