import type { Dataset } from "../../runtime/dataset/definition.ts";
import type { RunSummary } from "../../runtime/dataset/run.ts";
import { Budgets } from "../../runtime/extract/budget.ts";
import { nodeFetch } from "../../runtime/extract/request.ts";
import { JumpingClock } from "../../runtime/replay/index.ts";
import type { Store } from "../../runtime/store/store.ts";
import { type PipelineOptions, runDataset } from "../../runtime/tasks/pipeline.ts";
import { NOW, UNTIL } from "./bring-in.ts";

/** One run of a dataset over any store, for the first days of 2024 unless told otherwise. */
export function runOver(
  options: Partial<PipelineOptions> & { readonly store: Store; readonly dataset: Dataset },
): Promise<RunSummary> {
  const clock = options.clock ?? new JumpingClock(NOW);
  return runDataset({
    targets: [],
    budgets: new Budgets(clock),
    clock,
    fetch: nodeFetch,
    signal: new AbortController().signal,
    secret: () => undefined,
    until: UNTIL,
    retryDelay: 1,
    onProgress: () => undefined,
    ...options,
  });
}
