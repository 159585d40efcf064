import { systemClock } from "../dataset/clock.ts";
import type { Dataset } from "../dataset/definition.ts";
import type { RunSummary } from "../dataset/run.ts";
import { Budgets } from "../extract/budget.ts";
import { nodeFetch } from "../extract/request.ts";
import { publishDefinitions } from "../publish/definitions.ts";
import type { RunInput } from "../tasks/input.ts";
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
  /** What of a dataset is asked. @default everything that is missing */
  input?(dataset: Dataset): RunInput;
  /** URL of a module that exports the datasets, for threads beside this one. @default none: all is done in this one */
  readonly definitions?: string;
  /** Where progress is shown. */
  readonly stream: NodeJS.WriteStream;
}

/**
 * Runs datasets on the local platform: side by side, but each after those that it follows. What one of them meets does not
 * touch the others.
 */
export async function runLocally(options: SessionOptions): Promise<RunSummary[]> {
  const { datasets, platform, signal, stream } = options;
  const budgets = new Budgets(systemClock);
  const progress = createProgress(stream, { interactive: stream.isTTY ?? false });
  try {
    for (const { name, title } of datasets) progress.start(name, title, 0);
    const running = new Map<string, Promise<RunSummary>>();
    // Of datasets that follow each other in a circle, one goes first.
    const runOne = (dataset: Dataset, waiting: readonly string[]): Promise<RunSummary> => {
      const known = running.get(dataset.name);
      if (known) return known;
      const path = [...waiting, dataset.name];
      const before = datasets.filter(({ name }) => dataset.after.includes(name) && !path.includes(name));
      const started = Promise.all(before.map((one) => runOne(one, path))).then(() => run(dataset));
      running.set(dataset.name, started);
      return started;
    };
    const run = async (dataset: Dataset): Promise<RunSummary> => {
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
        ...(options.input ? { input: options.input(dataset) } : {}),
        definitions: options.definitions,
        onProgress: (step) => progress.step(dataset.name, step),
      });
      progress.finish(dataset.name, summary.outcome);
      return summary;
    };
    const summaries = await Promise.all(datasets.map((dataset) => runOne(dataset, [])));
    if (!signal.aborted) await publishDefinitions(datasets, platform.store);
    return summaries;
  } finally {
    progress.stop();
  }
}
