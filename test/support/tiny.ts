import type { Dataset, DatasetDefinition } from "../../runtime/dataset/definition.ts";
import { DAY } from "../../runtime/dataset/duration.ts";
import { date, decimal, defineDataset, none, type Schema, text, when } from "../../runtime/dataset/index.ts";
import type { HttpSource } from "../../runtime/dataset/source.ts";
import { type Asked, type ReplayOptions, type ReplayServer, startReplay } from "../../runtime/replay/server.ts";

export interface TinyChanges {
  readonly source?: Partial<HttpSource<"ticker">>;
  readonly definition?: Partial<DatasetDefinition<"ticker", Schema>>;
}

/** A small dataset of daily prices: two tickers, ten days a window, no limit worth the name. */
export const tiny = (url: string, { source, definition }: TinyChanges = {}): Dataset =>
  defineDataset<"ticker", Schema>({
    name: "tiny",
    title: "Tiny prices",
    source: {
      kind: "http",
      url,
      budget: [{ requests: 10_000, per: "1 second", burst: 10_000 }],
      windows: { step: "10 days", granularity: "1 day" },
      request: ({ partition, window }) => ({
        path: ["prices", partition.ticker],
        query: { from: window.first.date, to: window.last.date },
      }),
      pages: none(),
      responses: [when({ status: 404 }).skipPartition()],
      rows: (row) => ({ date: row.date, price: row.price }),
      ...source,
    },
    partitions: { ticker: ["A", "B"] },
    schema: { ticker: text(), date: date(), price: decimal({ precision: 20, scale: 4, nullable: true }) },
    key: ["ticker", "date"],
    cursor: "date",
    calendar: "24/7",
    backfillFrom: "2024-01-01",
    schedule: { cron: "15 0 * * ? *", timeZone: "UTC" },
    ...definition,
  });

/** What its source answers: one row a day, both ends included. */
export function tinyRows({ query }: Pick<Asked, "query">): string {
  const rows: string[] = [];
  const last = Date.parse(query.get("to") ?? "");
  for (let day = Date.parse(query.get("from") ?? ""); day <= last; day += DAY)
    rows.push(`{"date":"${new Date(day).toISOString().slice(0, 10)}","price":${(day / DAY) % 1_000}.50}`);
  return `[${rows.join(",")}]`;
}

/** @param padding spaces behind each answer */
export const startTiny = (options?: ReplayOptions, padding = 0): Promise<ReplayServer> =>
  startReplay((asked) => ({ status: 200, body: `${tinyRows(asked)}${" ".repeat(padding)}` }), options);
