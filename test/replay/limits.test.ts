import assert from "node:assert/strict";
import { perHour, tokenBucket } from "../../runtime/replay/limits.ts";

const take = (limit: () => boolean, times: number): number =>
  Array.from({ length: times }, limit).filter(Boolean).length;

describe("rate limits of the replay servers", () => {
  it("lets a burst through and then ten a second", () => {
    let now = 1_000_000;
    const limit = tokenBucket({ perSecond: 10, burst: 15 }, () => now);
    assert.equal(take(limit, 20), 15);
    now += 99;
    assert.equal(take(limit, 5), 0);
    now += 1;
    assert.equal(take(limit, 5), 1);
    now += 1_000;
    assert.equal(take(limit, 20), 10);
  });

  it("fills a bucket to its burst and no further, and not when the clock is set back", () => {
    let now = 1_000_000;
    const limit = tokenBucket({ perSecond: 10, burst: 15 }, () => now);
    now += 3_600_000;
    assert.equal(take(limit, 100), 15);
    now -= 60_000;
    assert.equal(take(limit, 5), 0);
    now += 100;
    assert.equal(take(limit, 5), 1);
  });

  it("loses nothing of a token to rounding, however often it is asked", () => {
    let now = 0;
    const limit = tokenBucket({ perSecond: 3, burst: 1 }, () => now);
    let taken = 0;
    for (; now < 100_000; now += 1) if (limit()) taken += 1;
    assert.equal(taken, 300);
  });

  it("counts requests by the hour of the clock", () => {
    let now = Date.parse("2013-03-01T10:59:59.999Z");
    const limit = perHour(2, () => now);
    assert.equal(take(limit, 5), 2);
    now += 1;
    assert.equal(take(limit, 5), 2);
    now += 3_599_999;
    assert.equal(take(limit, 5), 0);
  });
});
