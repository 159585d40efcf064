import assert from "node:assert/strict";
import { setTimeout as wait } from "node:timers/promises";
import { systemClock } from "../../runtime/dataset/clock.ts";
import { type Duration, milliseconds } from "../../runtime/dataset/duration.ts";
import { describeFault, didYouMean, show, UserError, unknownName } from "../../runtime/dataset/errors.ts";
import { isFargateSize } from "../../runtime/dataset/fargate.ts";
import { Moment, startOfDate } from "../../runtime/dataset/moment.ts";
import { toWindow } from "../../runtime/dataset/window.ts";

describe("durations", () => {
  for (const [text, expected] of [
    ["1 second", 1_000],
    ["5 minutes", 300_000],
    ["2 hours", 7_200_000],
    ["299 days", 299 * 86_400_000],
    ["520 weeks", 520 * 7 * 86_400_000],
  ] as const)
    it(`know that ${text} are ${expected} ms`, () => assert.equal(milliseconds(text), expected));

  for (const text of ["0 days", "-1 days", "1.5 days", "1 month", "day", "1day", "1  day", ""])
    it(`refuse ${JSON.stringify(text)}`, () =>
      assert.throws(() => milliseconds(text as Duration), {
        name: "RangeError",
        message: `not a duration: ${JSON.stringify(text)}`,
      }));
});

describe("moments", () => {
  it("are spelt as APIs ask for them", () => {
    const moment = new Moment(Date.parse("2022-01-02T03:04:05Z"));
    assert.equal(`${moment}`, "2022-01-02T03:04:05Z");
    assert.equal(JSON.stringify({ moment }), '{"moment":"2022-01-02T03:04:05Z"}');
    assert.equal(moment.date, "2022-01-02");
    assert.equal(moment.seconds, 1_641_092_645);
    assert.equal(new Moment(1_999).seconds, 1);
    assert.equal(`${new Moment(1_500)}`, "1970-01-01T00:00:01.500Z");
  });

  it("begin a day at midnight UTC", () => {
    assert.equal(startOfDate("2024-02-29"), Date.UTC(2024, 1, 29));
    assert.equal(startOfDate("1969-12-31"), -86_400_000);
  });

  for (const text of [
    "2023-02-30",
    "2023-02-29",
    "2023-13-01",
    "2023-00-10",
    "2023-1-1",
    "2023-01-01T00:00:00Z",
    "",
    "today",
  ])
    it(`know no day ${JSON.stringify(text)}`, () => assert(Number.isNaN(startOfDate(text))));

  it("give a window its first and last bucket", () => {
    const [start, end] = [Date.UTC(2024, 0, 1), Date.UTC(2024, 0, 11)];
    const window = toWindow({ start, end }, { step: "10 days", granularity: "1 day" });
    assert.deepEqual(
      [window.start, window.first, window.last, window.end].map(({ date }) => date),
      ["2024-01-01", "2024-01-01", "2024-01-10", "2024-01-11"],
    );
  });
});

describe("errors", () => {
  for (const [name, valid, expected] of [
    ["tickr", ["date", "ticker"], 'did you mean "ticker"?'],
    ["shedule", ["schema", "schedule"], 'did you mean "schedule"?'],
    ["x", ["t", "d"], undefined],
    ["volume", ["open", "close"], undefined],
    ["anything", [], undefined],
  ] as const)
    it(`for ${name} among ${valid.join(", ") || "nothing"}: ${expected ?? "no guess"}`, () =>
      assert.equal(didYouMean(name, valid), expected));

  it("say path, problem, value, what is allowed and how to mend it", () => {
    const fault = unknownName("key[1]", "names no column", "tickr", ["ticker", "date"]);
    const line = 'key[1]: names no column (got "tickr"); allowed: ticker, date; did you mean "ticker"?';
    assert.equal(describeFault(fault), line);
    const error = new UserError("two faults:", [fault, { path: "", problem: "no good" }]);
    assert.equal(error.message, `two faults:\n  - ${line}\n  - no good`);
    assert.deepEqual(error.faults[0], fault);
  });

  it("show any value, and a long one in part", () => {
    const circular: unknown[] = [];
    circular.push(circular);
    assert.equal(show(5n), "5n");
    assert.equal(show(circular), "[object Array]");
    assert.equal(show(Symbol("s")), "Symbol(s)");
    assert.equal(show(undefined), "undefined");
    assert.equal(
      show(() => 1),
      "a function",
    );
    assert.equal(show("a".repeat(200)).length, 80);
  });
});

describe("Fargate sizes", () => {
  for (const [vcpu, memory, offered] of [
    [0.25, 512, true],
    [0.25, 2048, true],
    [0.25, 1536, false],
    [0.25, 4096, false],
    [0.5, 1024, true],
    [0.5, 512, false],
    [1, 8192, true],
    [1, 1024, false],
    [4, 30720, true],
    [4, 31744, false],
    [8, 20480, true],
    [8, 18432, false],
    [16, 122880, true],
    [16, 124928, false],
    [3, 8192, false],
  ] as const)
    it(`${vcpu} vCPU with ${memory} MiB is ${offered ? "one" : "none"}`, () =>
      assert.equal(isFargateSize({ vcpu, memory }), offered));
});

describe("the system clock", () => {
  it("sleeps no longer when the signal is aborted, and says why", async () => {
    const controller = new AbortController();
    const asleep = systemClock.sleep(60_000, controller.signal);
    const reason = new Error("enough");
    setImmediate(() => controller.abort(reason));
    await assert.rejects(asleep, reason);
    await assert.rejects(systemClock.sleep(1, controller.signal), reason);
  });

  it("does not fire at once when the sleep is longer than a timer can be", async () => {
    const controller = new AbortController();
    let awake = false;
    const asleep = systemClock.sleep(2 ** 40, controller.signal).then(
      () => {
        awake = true;
      },
      () => {},
    );
    await wait(20);
    assert.equal(awake, false);
    controller.abort();
    await asleep;
  });
});
