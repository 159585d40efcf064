import assert from "node:assert/strict";
import { type Answer, JumpingClock, type ReplayServer } from "../../../runtime/replay/index.ts";
import { startReplay } from "../../../runtime/replay/server.ts";
import { assertWhole, bringIn, NOW, REQUESTS, recordsOf, UNTIL } from "../../support/bring-in.ts";
import { temporaryFolder } from "../../support/folder.ts";
import { startTiny, tinyRows } from "../../support/tiny.ts";

/** What the source's clock says. */
const dateOf = (instant: number): string => new Date(instant).toUTCString();

const tooMany = (headers: Record<string, string> = {}): Answer => ({
  status: 429,
  headers,
  body: '{"message":"slow down"}',
});

describe("faults of HTTP: too many requests", () => {
  let server: ReplayServer;
  let clock: JumpingClock;
  beforeEach(async () => {
    server = await startTiny();
    clock = new JumpingClock(NOW);
  });
  afterEach(() => server.close());

  const limited = (answer: Answer, times = 1): void => {
    server.fail(({ path }) => path.endsWith("/A"), { kind: "answer", answer }, times);
  };

  /** The longest single wait, in seconds. */
  const waited = (): number => Math.max(0, ...clock.slept) / 1_000;

  it("1) a 429 with Retry-After in seconds is waited for exactly that long, and costs one more request", async () => {
    limited(tooMany({ "retry-after": "7" }));
    await using tried = await bringIn(server, {}, { clock });
    assertWhole(tried);
    assert.equal(tried.requests.length, REQUESTS + 1);
    assert.equal(waited(), 7);
  });

  it("2) a 429 with Retry-After as a date is waited for until then", async () => {
    limited(tooMany({ date: dateOf(NOW), "retry-after": dateOf(NOW + 90_000) }));
    await using tried = await bringIn(server, {}, { clock });
    assertWhole(tried);
    assert.equal(tried.requests.length, REQUESTS + 1);
    assert.ok(waited() > 89 && waited() <= 90, `${waited()} s`);
  });

  it("3) a wait longer than a worker's life stops the run at once, burns no attempts, and a later run goes on", async () => {
    await using folder = await temporaryFolder();
    limited(tooMany({ "retry-after": "86400" }), Number.POSITIVE_INFINITY);
    const stopped = await bringIn(server, {}, { clock, folder: folder.path });
    assert.equal(stopped.summary.outcome, "stopped");
    assert.deepEqual(stopped.summary.errors, []);
    assert.equal(stopped.summary.resumeAt?.slice(0, 13), "2024-02-02T08");
    assert.ok(server.answered(429) <= 1, `${server.answered(429)} requests were turned away`);
    assert.equal(waited() < 60, true, "nobody waited for the next day");
    const kept = server.answered(200);
    await server.close();
    server = await startTiny();
    const later = await bringIn(server, {}, { clock: new JumpingClock(NOW + 86_400_000), folder: folder.path });
    assertWhole(later);
    assert.equal(later.requests.length, REQUESTS - kept, "what was fetched before was not asked again");
  });

  it("4) a 429 without any header is given longer and longer waits, which count as no attempts", async () => {
    limited(tooMany(), 7);
    await using tried = await bringIn(server, {}, { clock });
    assertWhole(tried);
    assert.equal(tried.requests.length, REQUESTS + 7);
    assert.ok(waited() >= 60, `the last wait was ${waited()} s`);
  });

  for (const [name, as, value] of [
    ["the seconds left", "seconds left", "120"],
    ["an epoch", "unix seconds", String(NOW / 1_000 + 120)],
  ] as const)
    it(`5) a budget that resets at ${name} is left alone until then, before it is overdrawn`, async () => {
      await server.close();
      let left = 3;
      server = await startReplay((asked) => {
        left -= 1;
        return {
          status: 200,
          headers: { date: dateOf(NOW), "x-left": String(Math.max(0, left)), "x-reset": value },
          body: tinyRows(asked),
        };
      });
      await using tried = await bringIn(
        server,
        { source: { concurrency: 1, budgetHeaders: { remaining: "x-left", reset: { header: "x-reset", as } } } },
        { clock },
      );
      assertWhole(tried);
      assert.equal(tried.requests.length, REQUESTS);
      assert.ok(waited() > 115 && waited() <= 121, `${waited()} s`);
    });

  it("21) a source's own clock, an hour behind, says how long its Retry-After is", async () => {
    const there = NOW - 3_600_000;
    limited(tooMany({ date: dateOf(there), "retry-after": dateOf(there + 30_000) }));
    await using tried = await bringIn(server, {}, { clock });
    assertWhole(tried);
    assert.ok(waited() > 29 && waited() <= 31, `${waited()} s`);
  });

  it("21) a time that has passed is no wait of nothing", async () => {
    limited(tooMany({ date: dateOf(NOW), "retry-after": dateOf(NOW - 3_600_000) }), 2);
    await using tried = await bringIn(server, {}, { clock });
    assertWhole(tried);
    assert.ok(waited() >= 1, "a second at least");
  });

  it("21) a day that has just begun is not asked for, whatever the source already says of it", async () => {
    const justAfter = new JumpingClock(UNTIL + 60_000);
    await using tried = await bringIn(server, {}, { clock: justAfter, until: UNTIL + 86_400_000 });
    assert.equal(recordsOf(tried).at(-1), "B 2024-01-20");
  });
});
