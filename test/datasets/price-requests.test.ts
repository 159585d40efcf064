import assert from "node:assert/strict";
import dailyPrices from "../../datasets/daily-prices.ts";
import iexChart from "../../datasets/iex-chart.ts";
import intradayPrices from "../../datasets/intraday-prices.ts";
import sharadarPrices from "../../datasets/sharadar-prices.ts";
import sharadarTickers from "../../datasets/sharadar-tickers.ts";
import { withSource } from "../../runtime/dataset/index.ts";
import { requestLine, rowsOf } from "../support/definition.ts";

const JANUARY = ["2024-01-01T00:00:00Z", "2024-02-01T00:00:00Z"] as const;

describe("requests for prices", () => {
  it("asks Tiingo for both ends of the window", () => {
    assert.equal(
      requestLine(dailyPrices, { partitions: ["AAPL"], window: JANUARY }),
      "/tiingo/daily/AAPL/prices?startDate=2024-01-01&endDate=2024-01-31",
    );
  });

  it("asks Alpaca for days with an end that the free plan allows on the same evening", () => {
    assert.equal(
      requestLine(withSource(dailyPrices, "alpaca"), { partitions: ["AAPL", "MSFT"], window: JANUARY }),
      "/v2/stocks/bars?symbols=AAPL,MSFT&sort=asc&limit=10000&timeframe=1Day&adjustment=raw&feed=sip" +
        "&start=2024-01-01T00:00:00Z&end=2024-01-31T12:00:00Z",
    );
  });

  it("asks Alpaca for minutes, and for the next page with its token", () => {
    const window = ["2024-01-02T00:00:00Z", "2024-01-03T00:00:00Z"] as const;
    const page = { number: 2, offset: 10_000, token: "QUFQTA==" };
    assert.equal(
      requestLine(intradayPrices, { partitions: ["AAPL"], window, page }),
      "/v2/stocks/bars?symbols=AAPL&sort=asc&limit=10000&page_token=QUFQTA==&timeframe=1Min&adjustment=raw&feed=iex" +
        "&start=2024-01-02T00:00:00Z&end=2024-01-02T23:59:00Z",
    );
  });

  it("asks IEX for the smallest range that reaches from now back to the window's start", () => {
    const rangeOf = (start: string, now = "2024-06-30T00:00:00Z"): string => {
      const line = requestLine(iexChart, { partitions: ["IBM"], window: [`${start}T00:00:00Z`, now], now });
      return line.slice("/stock/IBM/chart/".length, line.indexOf("?"));
    };
    assert.deepEqual(
      ["2024-06-25", "2024-06-24", "2024-06-02", "2024-06-01", "2024-04-02", "2024-01-01", "2023-07-01"].map((start) =>
        rangeOf(start),
      ),
      ["5d", "1m", "1m", "3m", "3m", "6m", "1y"],
    );
    assert.deepEqual(
      ["2022-07-01", "2022-06-30", "2019-07-01", "2019-06-29"].map((start) => rangeOf(start)),
      ["2y", "5y", "5y", "max"],
    );
  });

  it("asks IEX for a range that reaches a window of the past", () => {
    const window = ["2020-01-01T00:00:00Z", "2020-01-08T00:00:00Z"] as const;
    assert.equal(
      requestLine(iexChart, { partitions: ["IBM"], window, now: "2024-06-30T00:00:00Z" }),
      "/stock/IBM/chart/5y?chartCloseOnly=true&changeFromClose=true",
    );
    assert.equal(
      requestLine(withSource(iexChart, "csv"), { partitions: ["IBM"], window, now: "2020-01-08T00:00:00Z" }),
      "/stock/IBM/chart/1m?chartCloseOnly=true&changeFromClose=true&format=csv",
    );
  });

  it("asks Sharadar for what was updated within the window", () => {
    const page = { number: 2, offset: 10_000, token: "bmV4dA==" };
    assert.equal(
      requestLine(sharadarPrices, { partitions: ["AAPL", "FB"], window: JANUARY, page }),
      "/SHARADAR/SEP.json?ticker=AAPL,FB&lastupdated.gte=2024-01-01&lastupdated.lte=2024-01-31" +
        "&qopts.per_page=10000&qopts.cursor_id=bmV4dA==",
    );
  });

  it("asks Sharadar for an export of its tickers, and takes a link that is fresh alone", () => {
    assert.equal(
      requestLine(sharadarTickers, { partitions: ["SEP"], window: JANUARY }),
      "/SHARADAR/TICKERS.json?table=SEP&qopts.export=true",
    );
    const { pages } = sharadarTickers.source;
    assert(pages.kind === "export");
    const said = (status: string, link: string | null) => ({ datatable_bulk_download: { file: { status, link } } });
    assert.equal(pages.link(said("fresh", "https://example.org/a.zip")), "https://example.org/a.zip");
    assert.equal(pages.link(said("creating", null)), undefined);
    assert.equal(pages.link(said("regenerating", "https://example.org/old.zip")), undefined);
  });
});

describe("rows of prices", () => {
  const asking = { partitions: ["AAPL"], window: JANUARY };

  it("keeps the digits of Sharadar's numbers and gives each value its column", () => {
    const columns = [
      "ticker",
      "date",
      "open",
      "high",
      "low",
      "close",
      "volume",
      "closeadj",
      "closeunadj",
      "lastupdated",
    ];
    const body = JSON.stringify({
      datatable: { data: [], columns: columns.map((name) => ({ name, type: "String" })) },
      meta: { next_cursor_id: null },
    }).replace("[]", '[["AAPL","2024-01-02",1.5,2,1.123456789012345678,null,7,4,5,"2024-01-03"]]');
    assert.deepEqual(rowsOf(sharadarPrices, body, asking), [
      {
        ticker: "AAPL",
        date: "2024-01-02",
        open: 1.5,
        high: 2,
        low: "1.123456789012345678",
        close: null,
        volume: 7,
        lastupdated: "2024-01-03",
        close_adj: 4,
        close_unadj: 5,
      },
    ]);
  });

  it("reads the date of Alpaca's day in New York, in summer and winter", () => {
    const body =
      '{"bars":{"IBM":[{"t":"2024-01-02T05:00:00Z","o":1,"h":2,"l":1,"c":2,"v":9},{"t":"2024-07-01T04:00:00Z","o":1,"h":2,"l":1,"c":2,"v":9}]}}';
    assert.deepEqual(
      rowsOf(withSource(dailyPrices, "alpaca"), body, asking).map(({ ticker, date }) => `${ticker} ${date}`),
      ["IBM 2024-01-02", "IBM 2024-07-01"],
    );
  });

  it("takes null for no bars at all, and an answer without bars for none", () => {
    assert.deepEqual(rowsOf(intradayPrices, '{"bars":null,"next_page_token":null}', asking), []);
    assert.throws(() => rowsOf(intradayPrices, '{"message":"something else"}', asking), /no bars/);
  });

  it("takes zero for zero in IEX's JSON", () => {
    const body = '[{"date":"2024-01-02","close":10.5,"volume":0,"change":0,"changePercent":0,"changeOverTime":null}]';
    const [row] = rowsOf(iexChart, body, asking);
    assert.deepEqual([row?.volume, row?.change, row?.percent_change, row?.change_over_time], [0, 0, 0, null]);
  });

  it("takes an empty field of IEX's CSV for null, and zero for zero", () => {
    const body = "close,volume,change,changePercent,changeOverTime,date,symbol\n10.5,,0,,0,2024-01-02,\n";
    assert.deepEqual(rowsOf(withSource(iexChart, "csv"), body, asking), [
      {
        symbol: null,
        date: "2024-01-02",
        close: "10.5",
        volume: null,
        change: "0",
        percent_change: null,
        change_over_time: "0",
      },
    ]);
  });
});
