import assert from "node:assert/strict";
import { date, decimal, defineDataset, type HttpSource, none, text, UserError } from "tidegate";

const columns = { ticker: text(), date: date(), price: decimal() };

const source: HttpSource<"ticker", keyof typeof columns> = {
  kind: "http",
  url: "https://example.org",
  budget: [{ requests: 1, per: "1 second" }],
  windows: { step: "10 days", granularity: "1 day" },
  request: ({ partition }) => ({ path: [partition.ticker] }),
  pages: none(),
  rows: (row) => ({ date: row.date, price: row.price }),
};

const rest = {
  name: "prices",
  title: "Prices",
  partitions: { ticker: ["A"] },
  schema: columns,
  calendar: "XNYS",
  backfillFrom: "2000-01-01",
  schedule: { cron: "15 0 * * ? *", timeZone: "UTC" },
} as const;

const refused = (define: () => unknown): void => assert.throws(define, UserError);

/** The compiler is what tests here: a mistake that it does not see any more makes its `@ts-expect-error` an error. */
describe("the compiler", () => {
  it("takes a definition that is right", () => {
    assert.equal(defineDataset({ ...rest, source, key: ["ticker", "date"], cursor: "date" }).name, "prices");
  });

  it("refuses a request of an undeclared partition field", () => {
    const dataset = defineDataset({
      ...rest,
      source: {
        ...source,
        // @ts-expect-error: the partition's field is called ticker
        request: ({ partition }) => ({ path: [partition.tickr] }),
      },
      key: ["ticker", "date"],
      cursor: "date",
    });
    assert.equal(dataset.partitions.field, "ticker");
  });

  it("refuses a key that names no column", () => {
    refused(() =>
      defineDataset({
        ...rest,
        source,
        // @ts-expect-error: no column is called dat
        key: ["ticker", "dat"],
        cursor: "date",
      }),
    );
  });

  it("refuses a cursor that names no column", () => {
    refused(() =>
      defineDataset({
        ...rest,
        source,
        key: ["ticker", "date"],
        // @ts-expect-error: no column is called time
        cursor: "time",
      }),
    );
  });

  it("refuses to sort by what is no column", () => {
    refused(() =>
      defineDataset({
        ...rest,
        source,
        key: ["ticker", "date"],
        cursor: "date",
        // @ts-expect-error: no column is called open
        load: { warehouse: { sortBy: ["open"] } },
      }),
    );
  });

  it("refuses to distribute by what is no column", () => {
    refused(() =>
      defineDataset({
        ...rest,
        source,
        key: ["ticker", "date"],
        cursor: "date",
        // @ts-expect-error: no column is called product
        load: { warehouse: { distributeBy: "product" } },
      }),
    );
  });

  it("refuses a length of time without its unit", () => {
    refused(() =>
      defineDataset({
        ...rest,
        // @ts-expect-error: 10 what?
        source: { ...source, windows: { step: "10", granularity: "1 day" } },
        key: ["ticker", "date"],
        cursor: "date",
      }),
    );
  });

  it("refuses a calendar that is none, and a key that no definition has", () => {
    refused(() =>
      defineDataset({
        ...rest,
        source,
        key: ["ticker", "date"],
        cursor: "date",
        // @ts-expect-error: the exchange's calendar is called XNYS
        calendar: "NYSE",
      }),
    );
    refused(() =>
      defineDataset({
        ...rest,
        source,
        key: ["ticker", "date"],
        cursor: "date",
        // @ts-expect-error: it is called schedule
        shedule: rest.schedule,
      }),
    );
  });
});
