import assert from "node:assert/strict";
import type { ReplayServer } from "../../runtime/replay/server.ts";
import { replayIexToken, startIex } from "../support/replay/iex.ts";

describe("replay server of IEX Cloud", () => {
  let now = Date.parse("2013-03-01T22:00:00Z");
  let server: ReplayServer;

  const ask = (path: string, query: Record<string, string> = {}): Promise<Response> =>
    fetch(
      `${server.url}/${path}?${new URLSearchParams({ token: replayIexToken, chartCloseOnly: "true", changeFromClose: "true", ...query })}`,
    );

  const dates = async (range: string): Promise<string[]> => {
    const answer = await ask(`stock/IBM/chart/${range}`);
    return ((await answer.json()) as { date: string }[]).map(({ date }) => date);
  };

  const said = async (answer: Promise<Response>): Promise<[number, string]> => {
    const { status } = await answer;
    return [status, await (await answer).text()];
  };

  beforeEach(async () => {
    now = Date.parse("2013-03-01T22:00:00Z");
    server = await startIex({ now: () => now, messages: 20_000 });
  });
  afterEach(() => server.close());

  it("answers ascending closes with changes, and what they cost", async () => {
    const answer = await ask("stock/ibm/chart/5d");
    assert.equal(answer.headers.get("iexcloud-messages-used"), "12");
    const rows = (await answer.json()) as Record<string, unknown>[];
    const [first, second] = rows;
    assert.deepEqual(first, {
      close: 201.09,
      volume: 3107900,
      change: 0,
      changePercent: 0,
      changeOverTime: 0,
      date: "2013-02-22",
      symbol: "IBM",
    });
    assert.deepEqual(second, {
      close: 197.51,
      volume: 3844800,
      change: -3.58,
      changePercent: -0.0178,
      changeOverTime: -0.0178,
      date: "2013-02-25",
      symbol: "IBM",
    });
    assert.equal(rows.at(-1)?.date, "2013-03-01");
  });

  it("counts a range back from today", async () => {
    assert.equal((await dates("1m"))[0], "2013-02-01");
    assert.equal((await dates("1y"))[0], "2012-03-01");
    assert.equal((await dates("max"))[0], "2000-03-01");
    now = Date.parse("2012-03-01T22:00:00Z");
    const [first, ...others] = await dates("1m");
    assert.deepEqual([first, others.at(-1)], ["2012-02-01", "2012-03-01"]);
  });

  it("adjusts for the splits until today, and not for those to come", async () => {
    const closeOf = async (today: string): Promise<unknown> => {
      now = Date.parse(`${today}T22:00:00Z`);
      const rows = (await (await ask("stock/AAPL/chart/max")).json()) as { date: string; close: number }[];
      return rows.find(({ date }) => date === "2005-02-25")?.close;
    };
    const before = await closeOf("2005-02-25");
    assert.equal(before, 88.99);
    assert.equal(await closeOf("2005-02-28"), 44.495);
  });

  it("speaks CSV", async () => {
    const answer = await ask("stable/stock/IBM/chart/5d", { format: "csv" });
    const lines = (await answer.text()).split("\n");
    assert.equal(lines[0], "close,volume,change,changePercent,changeOverTime,date,symbol");
    assert.match(lines[1] ?? "", /^[\d.]+,\d+,0,0,0,2013-02-22,IBM$/);
  });

  it("says what is wrong in plain text", async () => {
    assert.deepEqual(await said(ask("stock/NOPE/chart/1m")), [404, "Unknown symbol"]);
    assert.deepEqual(await said(ask("stock/IBM/chart/1m", { token: "" })), [
      401,
      "An API key is required to access this data and no key was provided",
    ]);
    assert.deepEqual(await said(ask("stock/IBM/chart/1m", { token: "wrong" })), [
      403,
      "The API key provided is not valid.",
    ]);
    assert.equal((await ask("stock/IBM/chart/4w")).status, 400);
    assert.equal((await ask("stock/IBM/chart/1m", { chartCloseOnly: "false" })).status, 501);
  });

  it("has a quota of messages", async () => {
    assert.equal((await ask("stock/AAPL/chart/max")).status, 200);
    assert.equal((await ask("stock/MSFT/chart/max")).status, 200);
    assert.equal((await ask("stock/GOOG/chart/max")).status, 200);
    assert.deepEqual(await said(ask("stock/IBM/chart/max")), [
      402,
      "You have exceeded your allotted message quota. Please enable pay-as-you-go to regain access",
    ]);
  });

  it("limits the requests of a second", async () => {
    await using other = await startIex({ now: () => now, requestsPerSecond: 1 });
    const url = `${other.url}/stock/FB/chart/5d?chartCloseOnly=true&token=${replayIexToken}`;
    assert.equal((await fetch(url)).status, 200);
    assert.equal((await fetch(url)).status, 429);
  });
});
