import { systemClock } from "../dataset/clock.ts";
import type { Dataset } from "../dataset/definition.ts";
import type { RunSummary } from "../dataset/run.ts";
import { Budgets } from "../extract/budget.ts";
import { nodeFetch } from "../extract/request.ts";
import { publishDefinitions } from "../publish/definitions.ts";
import { runDataset } from "../tasks/pipeline.ts";
import type { LocalPlatform } from "./local.ts";
import { createProgress } from "./terminal/progress.ts";

export interface SessionOptions {
  readonly datasets: readonly Dataset[];
  readonly platform: LocalPlatform;
  readonly signal: AbortSignal;
  secret(name: string, dataset: Dataset): string | undefined;
  /** The instant before which a dataset is asked, Unix milliseconds; undefined for all that can be complete. */
  until(dataset: Dataset): number | undefined;
  /** Where progress is shown. */
  readonly stream: NodeJS.WriteStream;
}

/** Runs datasets side by side on the local platform. What one of them meets does not touch the others. */
export async function runLocally(options: SessionOptions): Promise<RunSummary[]> {
  const { datasets, platform, signal, stream } = options;
  const budgets = new Budgets(systemClock);
  const progress = createProgress(stream, { interactive: stream.isTTY ?? false });
  try {
    for (const { name, title } of datasets) progress.start(name, title, 0);
    const summaries = await Promise.all(
      datasets.map(async (dataset) => {
        const summary = await runDataset({
          dataset,
          store: platform.store,
          targets: platform.targets,
          budgets,
          clock: systemClock,
          fetch: nodeFetch,
          signal,
          secret: (name) => options.secret(name, dataset),
          until: options.until(dataset),
          onProgress: (step) => progress.step(dataset.name, step),
        });
        progress.finish(dataset.name, summary.outcome);
        return summary;
      }),
    );
    if (!signal.aborted) await publishDefinitions(datasets, platform.store);
    return summaries;
  } finally {
    progress.stop();
  }
}
