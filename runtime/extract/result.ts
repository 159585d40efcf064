import type { Interval } from "../dataset/interval.ts";
import type { RunError } from "../dataset/run.ts";
import type { PartitionState } from "../store/state.ts";
import type { Findings, QuotaPause } from "./findings.ts";
import type { ExtractProgress } from "./progress.ts";

type State = Omit<PartitionState, "page">;

export interface ExtractResult extends ExtractProgress {
  readonly problems: readonly RunError[];
  /** The source's budget is used up for longer than a run waits; no failure. */
  readonly quota?: QuotaPause;
  /** Partitions that the source does not know, with what it said. */
  readonly skipped: readonly RunError[];
  /** Partitions that another run holds. */
  readonly busy: readonly string[];
  /** What is known of each partition after this. */
  readonly states: ReadonlyMap<string, State>;
  /** What is known complete after this, by partition. */
  readonly coverage: ReadonlyMap<string, readonly Interval[]>;
}

export function resultOf(
  progress: ExtractProgress,
  { problems, quota, busy }: Findings,
  states: ReadonlyMap<string, State>,
): ExtractResult {
  return {
    ...progress,
    problems,
    ...(quota ? { quota } : {}),
    skipped: [...states].flatMap(([partition, { skipped }]) =>
      skipped ? [{ partition, problem: skipped.message ?? "the source does not know it" }] : [],
    ),
    busy,
    states,
    coverage: new Map([...states].map(([partition, { coverage }]) => [partition, coverage])),
  };
}
