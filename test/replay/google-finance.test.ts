import assert from "node:assert/strict";
import type { ReplayServer } from "../../runtime/replay/server.ts";
import { startGoogleFinance } from "../support/replay/google-finance.ts";

describe("replay server of Google Finance", () => {
  let server: ReplayServer;

  async function lines(query: Record<string, string> = {}): Promise<string[]> {
    const asked = { q: "VOD", x: "LON", i: "60", p: "10d", f: "d,o,h,l,c,v", ...query };
    const answer = await fetch(`${server.url}/finance/getprices?${new URLSearchParams(asked)}`);
    assert.equal(answer.status, 200);
    assert.equal(answer.headers.get("x-tidegate-synthetic"), "true");
    return (await answer.text()).trimEnd().split("\n");
  }

  beforeEach(async () => {
    server = await startGoogleFinance();
  });
  afterEach(() => server.close());

  it("answers a header, then rows in the order of its columns", async () => {
    const all = await lines({ p: "1d" });
    assert.deepEqual(all.slice(0, 7), [
      "EXCHANGE%3DLON",
      "MARKET_OPEN_MINUTE=480",
      "MARKET_CLOSE_MINUTE=990",
      "INTERVAL=60",
      "COLUMNS=DATE,CLOSE,HIGH,LOW,OPEN,VOLUME",
      "DATA=",
      "TIMEZONE_OFFSET=60",
    ]);
    assert.match(all[7] ?? "", /^a1459494000,[\d.]+,[\d.]+,[\d.]+,[\d.]+,\d+$/);
    assert.match(all[8] ?? "", /^[12],/);
    assert.match(all.at(-1) ?? "", /^50[89],/);
  });

  it("tells the last sessions, each from a full time on", async () => {
    const starts = (await lines({ p: "4d" })).filter((line) => line.startsWith("a"));
    assert.deepEqual(
      starts.map((line) => new Date(Number(line.slice(1, line.indexOf(","))) * 1_000).toISOString().slice(0, 16)),
      ["2016-03-29T07:00", "2016-03-30T07:00", "2016-03-31T07:00", "2016-04-01T07:00"],
    );
  });

  it("has a second offset where summer time begins", async () => {
    const all = await lines({ p: "6d" });
    const offsets = all.map((line, i) => (line.startsWith("TIMEZONE_OFFSET") ? [line, all[i + 1]?.slice(0, 11)] : []));
    assert.deepEqual(
      offsets.filter((found) => found.length),
      [
        ["TIMEZONE_OFFSET=0", `a${Date.parse("2016-03-23T08:00Z") / 1_000}`],
        ["TIMEZONE_OFFSET=60", `a${Date.parse("2016-03-29T07:00Z") / 1_000}`],
      ],
    );
  });

  it("remembers no more than 15 sessions", async () => {
    assert.equal((await lines({ p: "50d" })).filter((line) => line.startsWith("a")).length, 15);
  });

  it("answers an unknown ticker with a header and nothing else", async () => {
    assert.equal((await lines({ q: "NOPE" }))[0], "EXCHANGE%3DUNKNOWN+EXCHANGE");
    assert.equal((await lines({ q: "NOPE" })).length, 6);
  });
});
