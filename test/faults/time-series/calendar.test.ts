import assert from "node:assert/strict";
import { calendar } from "../../../runtime/dataset/calendar/index.ts";
import { DAY } from "../../../runtime/dataset/duration.ts";
import { JumpingClock, type ReplayServer } from "../../../runtime/replay/index.ts";
import { startReplay } from "../../../runtime/replay/server.ts";
import { bringIn } from "../../support/bring-in.ts";
import { tinyRows } from "../../support/tiny.ts";

const xnys = calendar("XNYS");
const utc = (text: string): number => Date.parse(text);
const hour = (instant: number): string => new Date(instant).toISOString().slice(11, 16);
const barsOf = (day: string): string[] => xnys.expected({ start: utc(day), end: utc(day) + DAY }, "1 hour").map(hour);

describe("faults of time series: the calendar", () => {
  it("27) the change to summer time moves the session's bars by an hour, and loses none", () => {
    assert.deepEqual(barsOf("2024-03-08"), ["14:00", "15:00", "16:00", "17:00", "18:00", "19:00", "20:00"]);
    assert.deepEqual(barsOf("2024-03-11"), ["13:00", "14:00", "15:00", "16:00", "17:00", "18:00", "19:00"]);
    assert.equal(hour(xnys.close("2024-11-01")), "20:00");
    assert.equal(hour(xnys.close("2024-11-04")), "21:00");
  });

  it("27) a half day ends early, and its afternoon is no gap", () => {
    assert.deepEqual(barsOf("2024-11-29"), ["14:00", "15:00", "16:00", "17:00"]);
    assert.equal(xnys.lastCompleted(utc("2024-11-29T18:00:00Z")), utc("2024-11-30"));
  });

  describe("a run over a holiday", () => {
    let server: ReplayServer;
    beforeEach(async () => {
      const closed = [
        "2024-01-01",
        "2024-01-15",
        "2024-01-06",
        "2024-01-07",
        "2024-01-13",
        "2024-01-14",
        "2024-01-20",
        "2024-01-21",
      ];
      server = await startReplay((asked) => ({
        status: 200,
        body: JSON.stringify(
          (JSON.parse(tinyRows(asked)) as { date: string }[]).filter(
            ({ date }) => !closed.includes(date) && date !== "2024-01-09",
          ),
        ),
      }));
    });
    afterEach(() => server.close());

    it("27) takes weekends and holidays for no gap, and a session without a record for one that is told", async () => {
      await using tried = await bringIn(
        server,
        { definition: { calendar: "XNYS" } },
        { clock: new JumpingClock(utc("2024-01-20T03:00:00Z")), until: utc("2024-01-22") },
      );
      assert.equal(tried.summary.gaps, 0);
      assert.deepEqual(
        tried.summary.coverage.map(({ missing }) => missing),
        [["2024-01-09"], ["2024-01-09"]],
      );
      assert.equal(tried.summary.last, "2024-01-19");
    });
  });
});
