import assert from "node:assert/strict";
import { googlePrices } from "../../datasets/formats/google-finance.ts";
import googleIntraday from "../../datasets/google-intraday.ts";
import { requestLine, rowsOf } from "../support/definition.ts";

const HEADER = [
  "EXCHANGE%3DLON",
  "MARKET_OPEN_MINUTE=480",
  "MARKET_CLOSE_MINUTE=990",
  "INTERVAL=60",
  "COLUMNS=DATE,CLOSE,HIGH,LOW,OPEN,VOLUME",
  "DATA=",
];

const text = (...lines: readonly string[]): string => `${[...HEADER, ...lines].join("\n")}\n`;

const row = (time: string, close: string, offset: string) => ({
  time: Date.parse(time) / 1_000,
  close,
  high: "5",
  low: "1",
  open: "2",
  volume: "100",
  utc_offset: offset,
});

describe("the text of Google Finance", () => {
  it("counts from the last full time, in intervals, over a change of the clock", () => {
    const seconds = (time: string): number => Date.parse(time) / 1_000;
    assert.deepEqual(
      googlePrices(
        text(
          "TIMEZONE_OFFSET=0",
          `a${seconds("2016-03-24T08:00Z")},3.1,5,1,2,100`,
          "1,3.2,5,1,2,100",
          "509,3.3,5,1,2,100",
          "TIMEZONE_OFFSET=60",
          `a${seconds("2016-03-29T07:00Z")},3.4,5,1,2,100`,
          "2,3.5,5,1,2,100",
        ),
      ),
      [
        row("2016-03-24T08:00Z", "3.1", "0"),
        row("2016-03-24T08:01Z", "3.2", "0"),
        row("2016-03-24T16:29Z", "3.3", "0"),
        row("2016-03-29T07:00Z", "3.4", "60"),
        row("2016-03-29T07:02Z", "3.5", "60"),
      ],
    );
  });

  it("goes by the order that the header says, and by its interval", () => {
    const body = "EXCHANGE%3DLON\r\nINTERVAL=300\r\nCOLUMNS=DATE,OPEN,CLOSE\r\nDATA=\r\na1000,2,3\r\n4,5,6\r\n";
    assert.deepEqual(googlePrices(body), [
      { time: 1_000, open: "2", close: "3", utc_offset: null },
      { time: 2_200, open: "5", close: "6", utc_offset: null },
    ]);
  });

  it("is empty when it has a header alone", () => {
    assert.deepEqual(googlePrices(text()), []);
  });

  for (const [name, body] of [
    ["a web page", "<html><body>Sorry</body></html>"],
    ["nothing", ""],
    ["an offset without a time before it", text("1,3,5,1,2,100")],
    ["a row that was cut off", text("a1458806400,3.1,5,1,2,100", "1,3.2,5")],
    ["a date in words", text("Thursday,3.1,5,1,2,100")],
    ["no interval", "COLUMNS=DATE,CLOSE\nDATA=\na1458806400,3.1\n"],
    ["an interval of nothing", "INTERVAL=0\nCOLUMNS=DATE,CLOSE\nDATA=\na1458806400,3.1\n"],
  ] as const)
    it(`refuses ${name}`, () => {
      assert.throws(() => googlePrices(body), Error);
    });

  it("is asked for with as many days as the window has", () => {
    assert.equal(
      requestLine(googleIntraday, { partitions: ["VOD"], window: ["2016-03-23T00:00Z", "2016-04-01T15:30Z"] }),
      "/getprices?q=VOD&x=LON&i=60&p=10d&f=d,o,h,l,c,v",
    );
  });

  it("becomes records", () => {
    const asking = { partitions: ["VOD"], window: ["2016-03-23T00:00Z", "2016-04-01T00:00Z"] } as const;
    assert.deepEqual(rowsOf(googleIntraday, text("TIMEZONE_OFFSET=0", "a1458806400,3.1,5,1,2,100"), asking), [
      { time: 1_458_806_400, open: "2", high: "5", low: "1", close: "3.1", volume: "100", utc_offset: "0" },
    ]);
  });
});
