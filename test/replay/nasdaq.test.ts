import assert from "node:assert/strict";
import type { ReplayServer } from "../../runtime/replay/server.ts";
import { nasdaqError, replayNasdaqKey, startNasdaq } from "../support/replay/nasdaq.ts";

type Row = readonly [string, string, ...(string | number)[]];

interface Table {
  readonly datatable: { readonly data: readonly Row[]; readonly columns: readonly { readonly name: string }[] };
  readonly meta: { readonly next_cursor_id: string | null };
}

const KEY = { "x-api-token": replayNasdaqKey };

describe("replay server of Nasdaq Data Link", () => {
  let now = Date.parse("2026-01-05T10:00:00Z");
  let asOf = "2013-03-01";
  let server: ReplayServer;

  const ask = (table: string, query: Record<string, string> = {}, headers: Record<string, string> = KEY) =>
    fetch(`${server.url}/SHARADAR/${table}.json?${new URLSearchParams(query)}`, { headers });

  const rows = async (query: Record<string, string>): Promise<Table> => {
    const answer = await ask("SEP", query);
    assert.equal(answer.status, 200);
    return (await answer.json()) as Table;
  };

  const refusal = async (answer: Promise<Response>): Promise<[number, string]> => {
    const { quandl_error: error } = (await (await answer).json()) as { quandl_error: { code: string } };
    return [(await answer).status, error.code];
  };

  beforeEach(async () => {
    [now, asOf] = [Date.parse("2026-01-05T10:00:00Z"), "2013-03-01"];
    server = await startNasdaq({ now: () => now, asOf: () => asOf, polls: 1 });
  });
  afterEach(() => server.close());

  it("answers rows as lists, with the names of the columns beside them", async () => {
    const { datatable, meta } = await rows({ ticker: "FB", "lastupdated.gte": "2013-03-01" });
    assert.deepEqual(
      datatable.columns.map(({ name }) => name),
      ["ticker", "date", "open", "high", "low", "close", "volume", "closeadj", "closeunadj", "lastupdated"],
    );
    assert.deepEqual(datatable.data, [
      ["FB", "2013-03-01", 27.05, 28.1164, 26.81, 27.78, 54064800, 27.78, 27.78, "2013-03-01"],
    ]);
    assert.equal(meta.next_cursor_id, null);
  });

  it("goes through all rows with a cursor, none twice and none missing", async () => {
    const query = { ticker: "AAPL,FB", "qopts.per_page": "1000" };
    const seen: string[] = [];
    let cursor: string | null = null;
    let pages = 0;
    do {
      const { datatable, meta } = await rows({ ...query, ...(cursor ? { "qopts.cursor_id": cursor } : {}) });
      seen.push(...datatable.data.map(([ticker, date]) => `${ticker} ${date}`));
      cursor = meta.next_cursor_id;
      pages += 1;
    } while (cursor);
    assert.equal(pages, 4);
    assert.equal(seen.length, 3_270 + 196);
    assert.equal(new Set(seen).size, seen.length);
  });

  it("stamps all rows before a split anew, and halves their prices", async () => {
    const of = async (): Promise<Row | undefined> =>
      (await rows({ ticker: "AAPL" })).datatable.data.find(([, date]) => date === "2005-02-25");
    asOf = "2005-02-25";
    const before = await of();
    asOf = "2005-02-28";
    const after = await of();
    assert.deepEqual([before?.[5], before?.[8], before?.[9]], [88.99, 88.99, "2005-02-25"]);
    assert.deepEqual([after?.[5], after?.[8], after?.[9]], [44.495, 88.99, "2005-02-28"]);
  });

  it("has a code for what is wrong", async () => {
    assert.deepEqual(await refusal(ask("SEP", {}, {})), [400, "QEAx01"]);
    assert.deepEqual(await refusal(ask("SF1")), [403, "QEPx04"]);
    assert.deepEqual(await refusal(fetch(`${server.url}/WIKI/PRICES.json`, { headers: KEY })), [404, "QECx02"]);
    assert.deepEqual(await refusal(ask("SEP", { color: "red" })), [400, "QESx08"]);
    assert.deepEqual(await refusal(ask("SEP", { ticker: "FB", "qopts.cursor_id": "MTAwMHx4" })), [400, "QESx06"]);
    assert.deepEqual(await refusal(ask("SEP", { "qopts.per_page": "10001" })), [400, "QESx04"]);
  });

  it("gives each code its status", () => {
    const codes = ["QELx01", "QELx04", "QELx06", "QELx07", "QELx08", "QEAx07", "QEMx01", "QEXx01"];
    assert.deepEqual(
      codes.map((code) => nasdaqError(code).status),
      [429, 429, 422, 414, 413, 202, 500, 503],
    );
  });

  it("limits the calls of ten seconds", async () => {
    const query = { ticker: "FB", "lastupdated.gte": "2013-03-01" };
    for (let times = 0; times < 300; times += 1) assert.equal((await ask("SEP", query)).status, 200);
    assert.deepEqual(await refusal(ask("SEP", query)), [429, "QELx04"]);
    now += 10_000;
    assert.equal((await ask("SEP", query)).status, 200);
  });

  it("exports a table as a ZIP, which takes its time", async () => {
    const file = async () => {
      const answer = await ask("TICKERS", { table: "SEP", "qopts.export": "true" });
      const body = (await answer.json()) as {
        datatable_bulk_download: { file: { status: string; link: string | null } };
      };
      return body.datatable_bulk_download.file;
    };
    const first = await file();
    assert.deepEqual([first.status, first.link], ["creating", null]);
    const second = await file();
    assert.equal(second.status, "fresh");
    const zip = new Uint8Array(await (await fetch(second.link ?? "")).arrayBuffer());
    assert.deepEqual([...zip.subarray(0, 4)], [0x50, 0x4b, 3, 4]);
    const text = Buffer.from(zip).toString();
    assert.ok(text.includes("table,permaticker,ticker,name,exchange,isdelisted,category"));
    assert.ok(text.includes('SEP,900002,FB,"Facebook, Inc",NASDAQ,N,Domestic Common Stock'));
  });
});
