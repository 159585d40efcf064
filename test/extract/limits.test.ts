import assert from "node:assert/strict";
import { DAY } from "../../runtime/dataset/duration.ts";
import { type Fetch, nodeFetch } from "../../runtime/extract/request.ts";
import { JumpingClock } from "../support/clock.ts";
import { readCoverage } from "../support/coverage.ts";
import { about, days, extractTiny, START, useTiny } from "../support/extraction.ts";
import { startTiny, tiny } from "../support/tiny.ts";

describe("extraction from a source with a limit", () => {
  const tools = useTiny();

  it("waits as long as a 429 says, burns no attempt with it, and asks nothing meanwhile", async () => {
    const clock = new JumpingClock(START + 200 * DAY);
    await using limited = await startTiny({ now: clock.now });
    const slowDown = { status: 429, body: "slow down", headers: { "retry-after": "37" } };
    limited.fail(about("A"), { kind: "answer", answer: slowDown }, 9);
    const { problems, requests } = await extractTiny(tiny(limited.url), tools.store, { clock });
    assert.deepEqual([problems, requests], [[], 4 + 9]);
    assert.deepEqual(await readCoverage(tools.store, "tiny", "A"), [days(0, 20)]);
    const tries = limited.requests.filter(about("A"));
    for (const [i, { at }] of tries.slice(1, 10).entries()) assert.equal(at - (tries[i]?.at ?? 0), 37_000);
  });

  it("counts what was sent alone, not what waited for a turn that never came", async () => {
    const scarce = tiny(tools.server.url, {
      source: { budget: [{ requests: 3, per: "1 day", burst: 3 }] },
      definition: { partitions: { ticker: ["A", "B", "C", "D", "E"] } },
    });
    const { requests, quota } = await extractTiny(scarce, tools.store, { days: 10 });
    assert.match(quota?.problem ?? "", /its budget is used up$/);
    assert.deepEqual([requests, tools.server.requests.length], [3, 3]);
  });

  it("waits longer each time that a 429 does not say how long, and gives up after some twenty minutes", async () => {
    const clock = new JumpingClock(START + 200 * DAY);
    await using limited = await startTiny({ now: clock.now });
    limited.fail(() => true, { kind: "answer", answer: { status: 429, body: "slow down" } });
    const { problems, quota } = await extractTiny(
      { ...tiny(limited.url), partitions: { field: "ticker", values: ["A"] } },
      tools.store,
      { clock },
    );
    const waits = limited.requests.slice(1).map(({ at }, i) => at - (limited.requests[i]?.at ?? 0));
    assert.deepEqual(
      waits,
      [1, 2, 4, 8, 16, 32, 64, 128, 256, 512].map((seconds) => seconds * 1_000),
    );
    assert.deepEqual(problems, []);
    assert.match(quota?.problem ?? "", /its budget is used up$/);
  });

  for (const [what, header] of [
    ["a day", "86400"],
    ["until a date far away", "Tue, 02 Jul 2024 00:00:00 GMT"],
  ] as const)
    it(`stops when a 429 asks for ${what}, keeps what it has, and says when to come back`, async () => {
      tools.server.fail((asked) => asked.query.get("from") === "2024-01-11", {
        kind: "answer",
        answer: { status: 429, body: "", headers: { "retry-after": header, date: "Mon, 01 Jul 2024 00:00:00 GMT" } },
      });
      const { problems, quota, clock } = await extractTiny(tools.dataset, tools.store);
      const host = new URL(tools.server.url).host;
      assert.deepEqual(problems, []);
      assert.deepEqual(quota, {
        problem: `${host} answers nothing more until 2024-07-02T00:00:00.000Z: its budget is used up`,
        fix: "what was fetched is kept; run again after that time and it goes on there",
        until: Date.parse("2024-07-02"),
      });
      assert.deepEqual(clock.slept, []);
      assert.deepEqual(await readCoverage(tools.store, "tiny", "A"), [days(0, 10)]);
    });

  it("takes in what was asked already when the budget turns out to be used up, and asks nothing more", async () => {
    const answer = { status: 429, body: "", headers: { "retry-after": "86400" } };
    tools.server.fail(about("A"), { kind: "answer", answer });
    const [begun, stopped] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    const fetch: Fetch = async (url, init) => {
      const isLate = url.includes("/B");
      if (isLate) begun.resolve();
      const [response] = await Promise.all([nodeFetch(url, init), isLate ? stopped.promise : begun.promise]);
      return response;
    };
    const onPartition = (partition: string): void => {
      if (partition === "A") stopped.resolve();
    };
    const { problems, quota } = await extractTiny(tools.dataset, tools.store, { fetch, onPartition });
    assert.deepEqual(problems, []);
    assert.ok(quota);
    assert.deepEqual(await readCoverage(tools.store, "tiny", "B"), [days(0, 10)]);
    assert.equal(tools.server.requests.filter(about("B")).length, 1);
  });
});
