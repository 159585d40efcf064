import assert from "node:assert/strict";
import { setTimeout } from "node:timers/promises";
import { stripVTControlCharacters } from "node:util";
import { createProgress, type Phase, type ProgressStep } from "../../../runtime/cli/terminal/progress.ts";
import { barLine } from "../../../runtime/cli/terminal/progress-bars.ts";
import { screenOf } from "./screen.ts";
import { MemoryStream } from "./stream.ts";

function step(phase: Phase, done: number, total: number): ProgressStep {
  return { phase, done, total, requests: done, rawBytes: done * 1_500, rows: done * 1_000 };
}

function clock(): { now: () => number; pass: (ms: number) => void } {
  let ms = 1_700_000_000_000;
  return {
    now: () => ms,
    pass(by) {
      ms += by;
    },
  };
}

describe("progress in plain lines", () => {
  it("tells the start, each phase, each tenth, notes and the end", () => {
    const stream = new MemoryStream();
    const time = clock();
    const progress = createProgress(stream, { interactive: false, now: time.now });
    progress.start("daily_prices", "Daily prices", 40);
    for (let done = 1; done <= 40; done += 1) progress.step("daily_prices", step("extract", done, 40));
    progress.note("the source asked for a pause of 2 s");
    progress.step("daily_prices", { ...step("process", 0, 1), requests: 40, rawBytes: 60_000 });
    time.pass(65_400);
    progress.finish("daily_prices", "done");
    progress.stop();
    assert.equal(
      stream.written,
      [
        "daily_prices: Daily prices, 40 to do",
        "daily_prices: extract 2 % (1 of 40), 1,000 rows, 1 request, 1.5 kB raw",
        ...[4, 8, 12, 16, 20, 24, 28, 32, 36, 40].map(
          (done) =>
            `daily_prices: extract ${(done / 40) * 100} % (${done} of 40), ${done},000 rows, ${done} requests, ${done * 1.5} kB raw`,
        ),
        "the source asked for a pause of 2 s",
        "daily_prices: process 0 % (0 of 1), 0 rows, 40 requests, 60 kB raw",
        "daily_prices: done, 0 rows, 40 requests, 60 kB raw, 1 min 5 s",
        "",
      ].join("\n"),
    );
  });

  it("keeps datasets that run at the same time apart", () => {
    const stream = new MemoryStream();
    const progress = createProgress(stream, { interactive: false, now: clock().now });
    progress.start("a", "A", 10);
    progress.start("b", "B", 10);
    progress.step("a", step("extract", 9, 10));
    progress.step("b", step("extract", 1, 10));
    progress.finish("b", "failed");
    assert.deepEqual(
      stream.lines.filter((line) => line.startsWith("b: ")),
      [
        "b: B, 10 to do",
        "b: extract 10 % (1 of 10), 1,000 rows, 1 request, 1.5 kB raw",
        "b: failed, 1,000 rows, 1 request, 1.5 kB raw, 0 s",
      ],
    );
  });

  it("calls a dataset with nothing to do by its outcome", () => {
    const stream = new MemoryStream();
    const progress = createProgress(stream, { interactive: false, now: clock().now });
    progress.start("a", "A", 0);
    progress.finish("a", "nothing to do");
    assert.equal(stream.written, "a: A\na: nothing to do, 0 s\n");
  });

  it("never says more than 100 %, and 100 % where a phase has nothing to do", () => {
    const stream = new MemoryStream();
    const progress = createProgress(stream, { interactive: false, now: clock().now });
    progress.start("a", "A", 1);
    progress.step("a", { ...step("extract", 3, 2), rows: 0 });
    progress.step("a", step("load", 0, 0));
    assert.deepEqual(stream.lines.slice(1, 3), [
      "a: extract 100 % (3 of 2), 0 rows, 3 requests, 4.5 kB raw",
      "a: load 100 % (0 of 0), 0 rows, 0 requests, 0 B raw",
    ]);
  });

  it("writes no control characters, whatever a title or a note contains", () => {
    const stream = new MemoryStream({ columns: 80 });
    const progress = createProgress(stream, { interactive: false, now: clock().now });
    progress.start("a", "A\u001b[2J", 10);
    progress.note("one\rtwo");
    progress.step("a", step("extract", 5, 10));
    progress.finish("a", "done");
    progress.stop();
    assert.doesNotMatch(stream.written, /[^\P{Cc}\n]/u);
  });
});

describe("progress as bars", () => {
  it("leaves the last picture of every dataset and every note", () => {
    const stream = new MemoryStream({ columns: 100 });
    const time = clock();
    const progress = createProgress(stream, { interactive: true, now: time.now });
    progress.note("before any bar");
    progress.start("daily_prices", "Daily prices", 40);
    progress.start("candles", "Daily candles", 40);
    progress.step("daily_prices", step("publish", 40, 40));
    progress.step("candles", step("extract", 20, 40));
    time.pass(2_500);
    progress.finish("daily_prices", "done");
    progress.finish("candles", "failed");
    progress.note("a note just before the end");
    progress.stop();
    assert.deepEqual(screenOf(stream.written), [
      "before any bar",
      "daily_prices: Daily prices",
      "candles: Daily candles",
      "a note just before the end",
      `daily_prices  ${"━".repeat(14)}  100 %  done           2.5 s   40,000 rows   40 requests     60 kB raw`,
      `candles       ${"━".repeat(7)}${"─".repeat(7)}   50 %  failed         2.5 s   20,000 rows   20 requests     30 kB raw`,
      "",
    ]);
  });

  it("keeps the bars below a note that comes while they stand still", async () => {
    const stream = new MemoryStream({ columns: 60 });
    const progress = createProgress(stream, { interactive: true, now: clock().now });
    progress.start("a", "A", 10);
    progress.step("a", step("extract", 5, 10));
    await setTimeout(150);
    progress.note("a pause");
    await setTimeout(150);
    const shown = screenOf(stream.written);
    progress.stop();
    assert.deepEqual(shown, [
      "a: A",
      "a pause",
      `a  ${"━".repeat(7)}${"─".repeat(6)}   50 %  extract          0 s    5,000 rows`,
    ]);
  });

  it("shows the cursor and wraps lines again when it stops", () => {
    const stream = new MemoryStream({ columns: 100 });
    const progress = createProgress(stream, { interactive: true });
    progress.start("a", "A", 1);
    progress.stop();
    for (const [off, on] of [
      ["\u001b[?25l", "\u001b[?25h"],
      ["\u001b[?7l", "\u001b[?7h"],
    ] as const) {
      assert.ok(stream.written.includes(off));
      assert.ok(stream.written.lastIndexOf(on) > stream.written.lastIndexOf(off));
    }
  });

  it("breaks a long note instead of losing its end", () => {
    const stream = new MemoryStream({ columns: 24 });
    const progress = createProgress(stream, { interactive: true });
    progress.start("a", "A", 1);
    progress.note("the source asked for a pause of one hour");
    progress.stop();
    assert.ok(stream.lines.includes("the source asked for a"));
    assert.ok(stream.lines.includes("pause of one hour"));
  });

  it("fits into every width", () => {
    const payload = { dataset: "daily_prices", startedAt: 0, step: step("extract", 3, 10) };
    for (let width = 1; width <= 160; width += 1) {
      const line = barLine(new MemoryStream({ columns: width }), payload, { nameWidth: 16, width, now: () => 61_000 });
      assert.ok(stripVTControlCharacters(line).length < width, `${width}: ${line}`);
    }
  });

  it("leaves out the numbers from the right when there is no room", () => {
    const payload = { dataset: "a", startedAt: 0, step: step("extract", 3, 10) };
    const line = (width: number) => barLine(new MemoryStream(), payload, { nameWidth: 1, width, now: () => 2_000 });
    assert.equal(line(64), `a  ${"━".repeat(5)}${"─".repeat(12)}   30 %  extract          2 s    3,000 rows`);
    assert.equal(line(55), `a  ${"━".repeat(2)}${"─".repeat(6)}   30 %  extract          2 s    3,000 rows`);
    assert.equal(line(54), `a  ${"━".repeat(6)}${"─".repeat(15)}   30 %  extract          2 s`);
    assert.equal(line(30), `a  ${"━".repeat(6)}${"─".repeat(13)}   30 %`);
    assert.equal(line(12), "a   30 %");
  });
});
