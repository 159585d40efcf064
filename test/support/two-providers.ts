import {
  type DatasetDefinition,
  date,
  decimal,
  type HttpSource,
  none,
  type Schema,
  secretHeaders,
  text,
  token,
} from "../../runtime/dataset/index.ts";

const source: HttpSource<"ticker"> = {
  kind: "http",
  url: "https://one.example.com",
  auth: token({ secret: "ONE_TOKEN" }),
  budget: [{ requests: 10, per: "1 second" }],
  windows: { step: "10 days", granularity: "1 day" },
  request: ({ partition }) => ({ path: ["prices", partition.ticker] }),
  pages: none(),
  rows: (row) => ({ date: row.date, price: row.price }),
};

/** A dataset that two providers have, each with a secret of its own. */
export const twoProviders: DatasetDefinition<"ticker", Schema> = {
  name: "two_providers",
  title: "Prices of either",
  source,
  alternatives: {
    other: { ...source, url: "https://other.example.com", auth: secretHeaders({ "x-key": "OTHER_KEY" }) },
  },
  partitions: { ticker: ["A", "B"] },
  schema: { ticker: text(), date: date(), price: decimal() },
  key: ["ticker", "date"],
  cursor: "date",
  calendar: "24/7",
  backfillFrom: "2024-01-01",
};
