import assert from "node:assert/strict";
import { stripVTControlCharacters, styleText } from "node:util";
import { rowsTable, summaryTable } from "../../../runtime/cli/terminal/table.ts";
import { summary } from "../../publish/report/summary.ts";
import { MemoryStream } from "./stream.ts";

const candles = summary({
  dataset: "coinbase_candles",
  outcome: "failed",
  partitions: 15,
  requests: 1_080,
  rawBytes: 999,
  rows: 0,
  first: null,
  last: null,
  gaps: 15,
  quarantined: 3,
  seconds: 71.6,
});

describe("the table of the runs", () => {
  it("prints one line a dataset, numbers to the right, human units", () => {
    assert.equal(
      summaryTable([summary(), candles]),
      [
        "dataset                  partitions  requests  raw bytes    rows  first       last        gaps  quarantined  seconds",
        "────────────────────────────────────────────────────────────────────────────────────────────────────────────────────",
        "daily_prices                      5        25    2.35 MB  12,154  2000-03-01  2013-03-01     0            0      3.2",
        "coinbase_candles failed          15     1,080      999 B       0  –           –             15            3       72",
      ].join("\n"),
    );
  });

  it("becomes a block a dataset where the terminal is narrower than the line", () => {
    const expected = [
      "dataset      daily_prices",
      "partitions   5",
      "requests     25",
      "raw bytes    2.35 MB",
      "rows         12,154",
      "first        2000-03-01",
      "last         2013-03-01",
      "gaps         0",
      "quarantined  0",
      "seconds      3.2",
    ].join("\n");
    assert.equal(summaryTable([summary()], { width: 80 }), expected);
    assert.doesNotMatch(summaryTable([summary()], { width: 105 }), /^partitions/m);
    assert.match(summaryTable([summary()], { width: 104 }), /^partitions {3}5$/m);
  });

  it("takes the width from the terminal", () => {
    const stream = new MemoryStream({ columns: 60 });
    assert.equal(
      stripVTControlCharacters(summaryTable([summary()], { stream })),
      summaryTable([summary()], { width: 60 }),
    );
  });

  it("separates two blocks by an empty line", () => {
    assert.match(
      summaryTable([summary(), candles], { width: 80 }),
      /seconds {6}3\.2\n\ndataset {6}coinbase_candles failed\n/,
    );
  });
});

describe("the table of any rows", () => {
  it("puts columns of nothing but numbers to the right and spells null", () => {
    const rows = [
      ["AAPL", 3_270n, "118.560000", null],
      ["GOOG", 2_148n, "99.010000", true],
    ];
    assert.equal(
      rowsTable(["ticker", "count", "open", "flag"], rows),
      [
        "ticker  count        open  flag",
        "───────────────────────────────",
        "AAPL     3270  118.560000  null",
        "GOOG     2148   99.010000  true",
      ].join("\n"),
    );
  });

  it("follows the asked alignment", () => {
    const columns = [
      { name: "code", align: "left" as const },
      { name: "text", align: "right" as const },
    ];
    assert.equal(rowsTable(columns, [[7, "a"]]), ["code  text", "──────────", "7        a"].join("\n"));
  });

  it("shows the headings when there are no rows", () => {
    assert.equal(rowsTable(["ticker", "date"], []), "ticker  date");
  });

  it("writes dates as ISO 8601 and objects as JSON", () => {
    const rows = [[new Date("2013-03-01T00:00:00Z"), { open: 1 }]];
    assert.match(rowsTable(["at", "record"], rows), /^2013-03-01T00:00:00\.000Z {2}\{"open":1\}$/m);
  });

  it("spells out control characters of the data", () => {
    assert.match(rowsTable(["text"], [["a\u001b[2Jb\nc\u009b"]]), /^a\\u001b\[2Jb\\nc\\u009b$/m);
  });

  it("never cuts a value: the row becomes a block", () => {
    const long = "x".repeat(90);
    assert.equal(rowsTable(["id", "text"], [[1, long]], { width: 40 }), `id    1\ntext  ${long}`);
  });

  it("counts wide characters as the terminal does", () => {
    assert.equal(rowsTable(["name", "n"], [["日本", 1]]), ["name  n", "───────", "日本  1"].join("\n"));
  });
});

describe("colours of a table", () => {
  const redFailed = styleText("red", "failed", { validateStream: false });
  const remembered = { NO_COLOR: process.env.NO_COLOR, FORCE_COLOR: process.env.FORCE_COLOR };
  const restore = () => {
    for (const [name, value] of Object.entries(remembered)) {
      if (value === undefined) delete process.env[name];
      else process.env[name] = value;
    }
  };
  beforeEach(() => {
    delete process.env.NO_COLOR;
    delete process.env.FORCE_COLOR;
  });
  afterEach(restore);

  it("are there on a terminal", () => {
    assert.ok(summaryTable([candles], { stream: new MemoryStream({ columns: 200 }) }).includes(redFailed));
  });

  it("are not there in a file", () => {
    assert.equal(summaryTable([candles], { stream: new MemoryStream() }), summaryTable([candles]));
  });

  it("are there in a file when FORCE_COLOR asks for them", () => {
    process.env.FORCE_COLOR = "1";
    assert.ok(summaryTable([candles], { stream: new MemoryStream() }).includes(redFailed));
  });

  it("are not there on a terminal when NO_COLOR forbids them", () => {
    process.env.NO_COLOR = "1";
    assert.equal(summaryTable([candles], { stream: new MemoryStream({ columns: 200 }) }), summaryTable([candles]));
  });

  it("do not disturb the columns", () => {
    const stream = new MemoryStream({ columns: 116 });
    const colourful = summaryTable([summary(), candles], { stream });
    assert.equal(stripVTControlCharacters(colourful), summaryTable([summary(), candles]));
  });
});
