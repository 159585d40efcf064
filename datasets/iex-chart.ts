import {
  csvBody,
  date,
  decimal,
  defineDataset,
  type Format,
  type HttpSource,
  integer,
  type JsonValue,
  jsonBody,
  none,
  queryKey,
  text,
  when,
} from "tidegate";

/** The spans that a chart knows, back from the day it is asked, each with the days that it surely covers. */
const RANGES = [
  ["5d", 5],
  ["1m", 28],
  ["3m", 89],
  ["6m", 181],
  ["1y", 365],
  ["2y", 730],
  ["5y", 1_826],
] as const;

const DAY = 86_400_000;

/** The smallest span that covers so many milliseconds. */
const range = (span: number): string => RANGES.find(([, days]) => days * DAY >= span)?.[0] ?? "max";

const figure = (description: string) => decimal({ description, excess: "round", nullable: true });

const schema = {
  key: text({ description: "Name of the series: a symbol of IEX" }),
  symbol: text({ description: "As the row says; older answers do not", nullable: true }),
  date: date({ description: "Session of the exchange" }),
  close: figure("Adjusted for splits, in USD"),
  volume: integer({ unit: "shares", nullable: true }),
  change: figure("To the close before, in USD"),
  percent_change: figure("To the close before, as a fraction: 0.01 is one percent"),
  change_over_time: figure("To the first close of the answer, as a fraction"),
};

/** CSV has no null. */
const filled = (value: JsonValue | undefined): JsonValue | undefined => (value === "" ? null : value);

const iex = (format: Format): HttpSource<"key", keyof typeof schema> => ({
  kind: "http",
  url: "https://cloud.iexapis.com/stable",
  auth: queryKey({ parameter: "token", secret: "IEX_TOKEN" }),
  budget: [{ requests: 100, per: "1 second" }],
  windows: { step: "2600 weeks", granularity: "1 day", lookback: "7 days" },
  request: ({ partition, window, now }) => ({
    path: ["stock", partition.key, "chart", range(now.milliseconds - window.start.milliseconds)],
    query: { chartCloseOnly: true, changeFromClose: true, format: format.kind === "csv" ? "csv" : undefined },
  }),
  pages: none(),
  format,
  responses: [
    when({ status: 404, body: /^Unknown symbol/ }).skipPartition(
      "take the key out, or put the symbol that it was renamed to",
    ),
    when({ status: 402 }).fail("the messages of the month are used up: wait for the next, or pay as you go", "dataset"),
    when({ status: [400, 401, 403], body: /API key/i }).fail("set IEX_TOKEN to a valid token", "dataset"),
    when({ status: 429 }).limited(undefined, "asked too fast"),
  ],
  rows: (row) => ({
    symbol: filled(row.symbol),
    date: row.date,
    close: filled(row.close),
    volume: filled(row.volume),
    change: filled(row.change),
    percent_change: filled(row.changePercent),
    change_over_time: filled(row.changeOverTime),
  }),
});

export default defineDataset({
  name: "iex_chart",
  title: "IEX Cloud charts",
  description: "Close, volume and change per key and session, as IEX Cloud told them: for imported lakes and replays.",
  retired: "IEX Cloud closed on 2024-08-31; daily_prices has a source that answers",
  source: iex(jsonBody()),
  alternatives: { csv: iex(csvBody()) },
  partitions: { key: ["AAPL", "FB", "GOOG", "IBM", "MSFT"] },
  schema,
  key: ["key", "date"],
  cursor: "date",
  calendar: "XNYS",
  backfillFrom: "2000-01-01",
  load: { warehouse: { sortBy: ["date"], distributeBy: "key" }, database: true },
});
