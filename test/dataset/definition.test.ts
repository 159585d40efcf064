import assert from "node:assert/strict";
import fc from "fast-check";
import { datasets } from "../../datasets/index.ts";
import {
  defineDataset,
  type Fault,
  ohlc,
  rowsOf,
  secretsOf,
  token,
  UserError,
  withSource,
} from "../../runtime/dataset/index.ts";
import { tiny } from "../support/tiny.ts";

/** A definition that is right, as data that a test may spoil. */
const sound = () => ({
  name: "prices",
  title: "Prices",
  source: {
    kind: "http",
    url: "https://example.org/v1",
    auth: { kind: "headers", headers: { Authorization: { prefix: "Token ", secret: "TOKEN" } } },
    budget: [{ requests: 10, per: "1 second", burst: 15 }],
    windows: { step: "100 days", granularity: "1 day" },
    request: () => ({ path: [] }),
    pages: { kind: "none" },
    responses: [{ test: { status: 404 }, action: { kind: "skipPartition" } }],
    rows: () => ({}),
  },
  partitions: { ticker: ["A", "B"] },
  schema: {
    ticker: { kind: "text", nullable: false },
    date: { kind: "date", nullable: false },
    price: { kind: "decimal", nullable: true, precision: 20, scale: 4, excess: "refuse" },
  },
  key: ["ticker", "date"],
  cursor: "date",
  calendar: "XNYS",
  backfillFrom: "2000-01-01",
  checks: [{ kind: "freshness", name: "fresh", limit: 1 }],
  schedule: { cron: "15 0 * * ? *", timeZone: "UTC" },
  load: { warehouse: { sortBy: ["date"], distributeBy: "ticker" }, database: true },
  compute: { vcpu: 0.25, memory: 512 },
  deadline: "2 hours",
});

type Tree = { [name: string]: unknown };

/** The sound definition with the value at a dotted path replaced; undefined removes it. */
function spoilt(...changes: readonly (readonly [string, unknown])[]): Tree {
  const definition = sound() as unknown as Tree;
  for (const [path, value] of changes) {
    const steps = path.split(".");
    const last = steps.pop() as string;
    const place = steps.reduce((tree, step) => tree[step] as Tree, definition);
    if (value === undefined) delete place[last];
    else place[last] = value;
  }
  return definition;
}

function faultsOf(definition: unknown): readonly Fault[] {
  try {
    defineDataset(definition as never);
    return [];
  } catch (error) {
    assert(error instanceof UserError, String(error));
    return error.faults;
  }
}

describe("a definition", () => {
  it("gets its defaults", () => {
    const dataset = defineDataset(
      spoilt(
        ["source.auth", undefined],
        ["source.responses", undefined],
        ["checks", undefined],
        ["load", undefined],
        ["compute", undefined],
        ["deadline", undefined],
      ) as never,
    );
    assert.deepEqual(dataset.source.auth, { kind: "none" });
    assert.deepEqual(dataset.source.responses, []);
    assert.deepEqual(dataset.partitions, { field: "ticker", values: ["A", "B"] });
    assert.deepEqual(dataset.checks, []);
    assert.deepEqual(dataset.load, {
      warehouse: { table: "prices", sortBy: ["date"] },
      database: { table: "prices" },
    });
    assert.deepEqual(dataset.compute, { vcpu: 0.25, memory: 512 });
    assert.equal(dataset.deadline, "2 hours");
    assert.deepEqual(secretsOf(dataset), []);
  });

  it("keeps what it says itself", () => {
    const load = { warehouse: { table: "w", sortBy: ["ticker"] }, database: { table: "d" } };
    const dataset = defineDataset(spoilt(["load", load], ["deadline", "5 minutes"]) as never);
    assert.deepEqual(dataset.load, load);
    assert.equal(dataset.deadline, "5 minutes");
    assert.deepEqual(secretsOf(dataset), ["TOKEN"]);
    assert.deepEqual(defineDataset(spoilt(["load", { database: true }]) as never).load, {
      database: { table: "prices" },
    });
    assert.deepEqual(defineDataset(spoilt(["load", { warehouse: {}, database: false }]) as never).load, {
      warehouse: { table: "prices", sortBy: ["date"] },
    });
  });

  it("makes a header of a token", () => {
    assert.deepEqual(token({ secret: "KEY" }), {
      kind: "headers",
      headers: { Authorization: { secret: "KEY", prefix: "Bearer " } },
    });
  });

  it("may get its partitions when it runs, and its records from another source", () => {
    const other = { ...sound().source, url: "https://example.com" };
    const dataset = defineDataset(
      spoilt(
        ["partitions.ticker", rowsOf("names", "ticker")],
        ["after", ["names"]],
        ["alternatives", { other }],
        ["schedule", undefined],
      ) as never,
    );
    assert.deepEqual(dataset.partitions, { field: "ticker", values: [], origin: rowsOf("names", "ticker") });
    assert.equal(dataset.schedule, undefined);
    const changed = withSource(dataset, "other");
    assert.deepEqual([changed.sourceName, changed.source.url], ["other", "https://example.com"]);
    assert.throws(() => withSource(dataset, "othr"), /did you mean "other"/);
  });

  it("has all of its faults told at once, with path, value, what is allowed and the nearest name", () => {
    const definition = spoilt(
      ["titel", "x"],
      ["source.budget.0.requests", 0],
      ["schema.price.kind", "decimel"],
      ["key", ["ticker", "dat"]],
      ["calendar", "XNY"],
      ["backfillFrom", "2023-02-30"],
      ["schedule.cron", "60 0 * * ? *"],
      ["load.warehouse.distributeBy", "tickr"],
      ["compute.memory", 513],
    );
    assert.throws(() => defineDataset(definition as never), {
      name: "UserError",
      message: `dataset "prices" has 9 faults:
  - source.budget[0].requests: is not valid (got 0); allowed: at least 1
  - schema.price.kind: is not valid (got "decimel"); allowed: "text", "date", "integer", "float", "boolean", "json", "timestamp", "decimal"; did you mean "decimal"?
  - calendar: is not valid (got "XNY"); allowed: "XNYS", "24/7"; did you mean "XNYS"?
  - backfillFrom: must be a day, YYYY-MM-DD (got "2023-02-30")
  - unknown key (got "titel"); allowed: name, title, description, retired, source, alternatives, partitions, schema, key, cursor, calendar, backfillFrom, checks, schedule, after, load, compute, deadline; did you mean "title"?
  - key[1]: names no column (got "dat"); allowed: ticker, date, price; did you mean "date"?
  - load.warehouse.distributeBy: names no column (got "tickr"); allowed: ticker, date, price; did you mean "ticker"?
  - schedule.cron: has a wrong minute (got "60"); allowed: 0 to 59, lists, ranges, steps or *
  - compute: is no size that Fargate offers (got {"vcpu":0.25,"memory":513}); allowed: 0.25 vCPU with 512 to 2048 MiB, 0.5 vCPU with 1024 to 4096 MiB, 1 vCPU with 2048 to 8192 MiB, 2 vCPU with 4096 to 16384 MiB, 4 vCPU with 8192 to 30720 MiB, 8 vCPU with 16384 to 61440 MiB, 16 vCPU with 32768 to 122880 MiB`,
    });
  });

  const oneFault: readonly (readonly [what: string, path: string, value: unknown, at: string, allowedOrFix: RegExp])[] =
    [
      ["a name with capitals", "name", "Prices", "name", /^$/],
      ["a name that is too long", "name", "p".repeat(41), "name", /^$/],
      ["no title", "title", undefined, "title", /string/],
      ["an unknown key in the source", "source.pagez", 1, "source", /did you mean "pages"/],
      [
        "an unknown key in a token",
        "source.auth.headers.Authorization.prefx",
        1,
        "source.auth.headers.Authorization",
        /did you mean "prefix"/,
      ],
      ["an unknown key in a rule", "source.budget.0.brust", 1, "source.budget[0]", /did you mean "burst"/],
      ["an unknown key in a column", "schema.date.unitt", 1, "schema.date", /did you mean "unit"/],
      ["an unknown key in a decimal", "schema.price.presicion", 1, "schema.price", /did you mean "precision"/],
      ["an unknown key in a table", "load.warehouse.sortby", [], "load.warehouse", /did you mean "sortBy"/],
      ["an unknown key in the database", "load.database", { table: "x", tabel: 1 }, "load.database", /"table"/],
      ["a database that is a text", "load.database", "x", "load.database", /boolean or object/],
      ["plain http", "source.url", "http://example.org", "source.url", /^$/],
      ["a URL with a query", "source.url", "https://example.org/?key=1", "source.url", /^$/],
      ["a URL with a password", "source.url", "https://me:secret@example.org", "source.url", /^$/],
      ["no budget", "source.budget", [], "source.budget", /a length of at least 1/],
      ["a budget over no time", "source.budget.0.per", "0 seconds", "source.budget[0].per", /^$/],
      ["windows of no length", "source.windows.step", "0 days", "source.windows.step", /^$/],
      ["windows of half days", "source.windows.step", "36 hours", "source.windows.step", /^$/],
      ["a look back of half days", "source.windows.lookback", "36 hours", "source.windows.lookback", /^$/],
      ["windows over no column", "source.windows.over", "dat", "source.windows.over", /"date"/],
      ["windows over text", "source.windows.over", "ticker", "source.windows.over", /a date or timestamp column/],
      ["a snapshot of many days", "source.windows.snapshot", true, "source.windows.step", /1 day/],
      [
        "pages of no size",
        "source.pages",
        { kind: "counted", size: 0, last: "empty", limit: 9 },
        "source.pages.size",
        /at least 1/,
      ],
      ["pages without an end", "source.pages", { kind: "counted", size: 9, limit: 9 }, "source.pages.last", /"empty"/],
      ["an unknown way to know who asks", "source.auth.kind", "header", "source.auth.kind", /did you mean "headers"/],
      ["a format that is none", "source.format", { kind: "jsonl" }, "source.format.kind", /"json"/],
      [
        "an unknown origin of partitions",
        "partitions.ticker",
        { kind: "row", dataset: "x", column: "y" },
        "partitions.ticker.kind",
        /"rows"/,
      ],
      [
        "partitions of itself",
        "partitions.ticker",
        { kind: "rows", dataset: "prices", column: "y" },
        "partitions.ticker",
        /^$/,
      ],
      [
        "partitions of one it does not follow",
        "partitions.ticker",
        { kind: "rows", dataset: "names", column: "y" },
        "partitions.ticker",
        /write after: \["names"\]/,
      ],
      [
        "an alternative with a fault",
        "alternatives",
        { other: { ...sound().source, url: "x" } },
        "alternatives.other.url",
        /^$/,
      ],
      ["a request that is no function", "source.request", "GET", "source.request", /^$/],
      ["unknown pages", "source.pages.kind", "nonee", "source.pages.kind", /"none"/],
      [
        "an unknown action",
        "source.responses.0.action.kind",
        "skip",
        "source.responses[0].action.kind",
        /"skipPartition"/,
      ],
      [
        "a status that is none",
        "source.responses.0.test.status",
        42,
        "source.responses[0].test.status",
        /at least 100/,
      ],
      [
        "a secret in small letters",
        "source.auth.headers.Authorization.secret",
        "token",
        "source.auth.headers.Authorization.secret",
        /^$/,
      ],
      ["a decimal of 39 digits", "schema.price.precision", 39, "schema.price.precision", /at most 38/],
      ["more behind the point than digits", "schema.price.scale", 21, "schema.price.scale", /0 to 20/],
      ["a decimal without a scale", "schema.price.scale", undefined, "schema.price.scale", /number/],
      ["a column in capitals", "schema.Volume", { kind: "float", nullable: true }, "schema.Volume", /^$/],
      ["a nullable key", "schema.ticker.nullable", true, "key[0]", /^$/],
      ["a key without the partition", "key", ["date"], "key", /add "ticker"/],
      ["an empty key", "key", [], "key", /a length of at least 1/],
      ["a cursor of text", "cursor", "ticker", "cursor", /a date or timestamp column/],
      ["a cursor that is no column", "cursor", "time", "cursor", /ticker, date, price/],
      [
        "a check of no column",
        "checks",
        [ohlc()].map((c) => ({ ...c, columns: ["pricee"] })),
        "checks[0] (ohlc)",
        /"price"/,
      ],
      ["sorting by no column", "load.warehouse.sortBy", ["date", "dat"], "load.warehouse.sortBy[1]", /"date"/],
      ["two partition fields", "partitions", { ticker: ["A"], date: ["B"] }, "partitions", /write it as/],
      ["no partition field", "partitions", {}, "partitions", /write it as/],
      ["no partition", "partitions.ticker", [], "partitions.ticker", /at least 1/],
      ["a partition twice", "partitions.ticker", ["A", "B", "A"], "partitions.ticker", /^$/],
      ["partitions that are no text", "partitions", { date: ["A"] }, "partitions.date", /add date: text\(\)/],
      ["no time at all", "deadline", "0 hours", "deadline", /^$/],
      ["a month", "deadline", "1 month", "deadline", /^$/],
      ["an unknown zone", "schedule.timeZone", "Mars", "schedule.timeZone", /IANA/],
      ["itself to come after", "after", ["prices"], "after", /^$/],
      ["a name twice to come after", "after", ["other", "other"], "after", /^$/],
      ["what is no name to come after", "after", ["Other"], "after[0]", /^$/],
    ];
  for (const [what, path, value, at, hint] of oneFault)
    it(`is refused for ${what}`, () => {
      const faults = faultsOf(spoilt([path, value]));
      assert.equal(faults.length, 1, JSON.stringify(faults));
      assert.equal(faults[0]?.path, at);
      assert.match(`${faults[0]?.allowed ?? ""} ${faults[0]?.fix ?? ""}`.trim(), hint);
    });

  it("may ask this machine without TLS", () => {
    for (const url of ["http://127.0.0.1:8080", "http://localhost", "http://[::1]:1"])
      assert.deepEqual(faultsOf(spoilt(["source.url", url])), []);
  });

  it("tells a mistake once although other fields depend on it", () => {
    assert.deepEqual(
      faultsOf(spoilt(["schema", 5])).map(({ path }) => path),
      ["schema"],
    );
    assert.deepEqual(
      faultsOf(spoilt(["schema.date.kind", "dat"])).map(({ path }) => path),
      ["schema.date.kind"],
    );
  });

  it("tells a mistake although another one is near", () => {
    assert.deepEqual(
      faultsOf(
        spoilt(
          ["schema.price.scale", -1],
          ["key", ["ticker", "x"]],
          ["source.url", "no"],
          ["source.windows.step", "1 hour"],
        ),
      ).map(({ path }) => path),
      ["source.url", "schema.price.scale", "key[1]", "source.windows.step"],
    );
  });

  for (const input of [undefined, null, 5, 5n, "x", true, [], () => 1, Symbol("s"), new Map(), { name: 5n }])
    it(`is not ${typeof input === "object" ? `the object ${Object.prototype.toString.call(input)}` : String(input)}`, () => {
      assert(faultsOf(input).length > 0);
    });

  it("never fails with anything but a UserError, whatever stands where", () => {
    const circular: { self?: unknown } = {};
    circular.self = circular;
    const anything = fc.oneof(fc.anything({ withBigInt: true, withMap: true, withDate: true }), fc.constant(circular));
    const paths = [
      ...Object.keys(sound()),
      ...Object.keys(sound().source).map((name) => `source.${name}`),
      ...["schema.price", "schema.date", "source.windows.step", "load.warehouse", "load.warehouse.sortBy"],
      ...["schema.date.kind", "schema.price.scale", "partitions.ticker", "checks.0", "schedule.cron"],
    ];
    fc.assert(
      fc.property(
        fc.uniqueArray(fc.tuple(fc.constantFrom(...paths), anything), { selector: ([path]) => path, maxLength: 3 }),
        (changes) => {
          // Deeper places first: a shallower one may take theirs away.
          const ordered = [...changes].sort((a, b) => b[0].split(".").length - a[0].split(".").length);
          faultsOf(spoilt(...ordered));
        },
      ),
      { numRuns: 500 },
    );
  });

  it("is what every dataset of the repository has, and the tests' own", () => {
    assert.deepEqual(
      datasets.map(({ name }) => name),
      [
        ...["daily_prices", "intraday_prices", "sharadar_tickers", "sharadar_prices"],
        ...["coinbase_products", "coinbase_candles", "coinbase_stats"],
        ...["alpaca_news", "newsapi_articles", "product_hunt_posts"],
        ...["crunchbase_organizations", "crunchbase_funding_rounds"],
        ...["iex_chart", "google_intraday"],
      ],
    );
    assert.equal(tiny("https://example.org").name, "tiny");
  });
});

describe("the check of prices", () => {
  const check = ohlc("adj_");
  for (const [values, reason] of [
    [[2n, 3n, 1n, 2n], undefined],
    [[2, 2, 2, 2], undefined],
    [[null, 3n, 1n, 2n], undefined],
    [[1n, 3n, 2n, 3n], "adj_low is above adj_open or adj_close"],
    [[3n, 3n, 2n, 1n], "adj_low is above adj_open or adj_close"],
    [[4n, 3n, 1n, 2n], "adj_high is below adj_open or adj_close"],
    [[2n, 3n, 1n, 4n], "adj_high is below adj_open or adj_close"],
  ] as const)
    it(`says of open, high, low, close = ${values.join(", ")}: ${reason ?? "fine"}`, () => {
      assert.equal(check.test(values), reason);
      assert.deepEqual(check.columns, ["adj_open", "adj_high", "adj_low", "adj_close"]);
    });
});
