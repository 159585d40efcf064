import assert from "node:assert/strict";
import { PassThrough } from "node:stream";
import { describeOutcome, exitCodeOf } from "../../runtime/cli/outcome.ts";
import type { RunSummary } from "../../runtime/dataset/run.ts";
import { summary } from "../publish/report/summary.ts";

const ended = (outcome: RunSummary["outcome"], more: Partial<RunSummary> = {}): RunSummary => ({
  ...summary({ dataset: outcome.replaceAll(" ", "_") }),
  outcome,
  ...more,
});
const resumeAt = "2024-02-01T00:00:00Z";

describe("how a session ends", () => {
  for (const [code, summaries] of [
    [0, [ended("done"), ended("nothing to do")]],
    [1, [ended("done"), ended("failed")]],
    [1, [ended("stopped")]],
    [75, [ended("done"), ended("stopped", { resumeAt })]],
    [1, [ended("failed"), ended("stopped", { resumeAt })]],
  ] as const)
    it(`is ${code} for ${summaries.map(({ outcome, resumeAt }) => `${outcome}${resumeAt ? " for a quota" : ""}`).join(", ")}`, () => {
      assert.equal(exitCodeOf(summaries), code);
    });

  it("says when to run again", () => {
    const text = describeOutcome([ended("stopped", { resumeAt })], new PassThrough());
    assert.match(
      text,
      /stopped: stopped; what was fetched is kept, run again after 2024-02-01T00:00:00Z and it goes on there/,
    );
  });
});
