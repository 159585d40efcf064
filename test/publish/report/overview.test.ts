import assert from "node:assert/strict";
import type { ReportInput } from "../../../runtime/publish/report/input.ts";
import { overview, verdict } from "../../../runtime/publish/report/overview.ts";
import { readElements } from "./elements.ts";
import { summary } from "./summary.ts";

describe("the verdict of the report", () => {
  const verdicts = [
    ["no run", [], "warn", "No dataset has run yet."],
    ["clean runs", [summary()], "good", "Everything asked for is here. No gaps, nothing in quarantine."],
    [
      "a repeated run",
      [summary({ outcome: "nothing to do" })],
      "good",
      "Nothing was left to ask for. No gaps, nothing in quarantine.",
    ],
    ["gaps", [summary({ gaps: 1 })], "warn", "The runs are through, with 1 gap."],
    [
      "gaps and quarantine",
      [summary({ gaps: 2_000, quarantined: 1 })],
      "warn",
      "The runs are through, with 2,000 gaps and 1 record in quarantine.",
    ],
    ["warnings", [summary({ warnings: [{ problem: "is late" }] })], "warn", "The runs are through, with warnings."],
    [
      "a stopped run",
      [summary({ outcome: "stopped", gaps: 4 })],
      "warn",
      "Stopped before the end: daily_prices. The next run goes on there.",
    ],
    [
      "a failure among others",
      [summary(), summary({ dataset: "candles", outcome: "failed" }), summary({ outcome: "stopped" })],
      "bad",
      "1 of 3 datasets failed: candles.",
    ],
  ] as const;
  for (const [name, summaries, tone, text] of verdicts)
    it(`names the worst: ${name}`, () => assert.deepEqual(verdict(summaries), { tone, text }));
});

describe("the figures of the report", () => {
  function figures(changes: Partial<ReportInput>): Record<string, string> {
    const input = {
      generatedAt: "2025-03-01T14:05:09Z",
      title: "t",
      summaries: [],
      series: [],
      datasets: [],
      places: [],
      ...changes,
    };
    const elements = readElements(overview(input).markup);
    const texts = (name: string) => elements.filter((element) => element.name === name).map(({ text }) => text);
    const values = texts("dd");
    return Object.fromEntries(texts("dt").map((label, index) => [label, values[index] ?? ""]));
  }

  it("add up over the datasets, except for the time, in which they run side by side", () => {
    const second = summary({
      requests: 1_000,
      rawBytes: 1_000_000,
      partitions: 15,
      newRows: 0,
      startedAt: "2025-03-01T14:05:01Z",
      finishedAt: "2025-03-01T14:05:08Z",
    });
    assert.deepEqual(figures({ summaries: [summary(), second] }), {
      Records: "24,30812,154 new",
      Partitions: "20in 2 datasets",
      Requests: "1,0253.35 MB, 8 s",
      Gaps: "0",
      Quarantined: "0",
    });
  });

  it("show policy and cost when they are known", () => {
    const { Policy, "Cloud estimate": cost } = figures({ policy: { passed: 10, failed: 0 }, monthlyCostUsd: 4.31 });
    assert.deepEqual([Policy, cost], ["Passedall of 10 rules", "$4.31a month"]);
    assert.equal(figures({ policy: { passed: 8, failed: 2 } }).Policy, "2 failedof 10 rules");
  });
});
