import { systemClock } from "../../dataset/clock.ts";
import type { Dataset } from "../../dataset/definition.ts";
import type { RunSummary } from "../../dataset/run.ts";
import { loadStep, newRowsOf } from "../../tasks/load-step.ts";
import { newRunId } from "../../tasks/pipeline.ts";
import { processStep } from "../../tasks/process-step.ts";
import { resolvePartitions } from "../../tasks/resolve.ts";
import { summarise } from "../../tasks/summary.ts";
import { wantedOf } from "../../tasks/wanted.ts";
import { loadDatasets, selectDatasets } from "../datasets.ts";
import { LocalPlatform } from "../local.ts";
import { describeOutcome, succeeded } from "../outcome.ts";
import { interrupted } from "../signals.ts";
import { createProgress, type Progress } from "../terminal/progress.ts";

export interface ProcessOptions {
  readonly data: string;
  readonly datasets?: string;
  readonly json?: true;
}

/** `tidegate process`: raw that no Parquet file was made from yet, and all raw of a changed definition. It asks no source. */
export async function processRaw(names: readonly string[], options: ProcessOptions): Promise<number> {
  const datasets = selectDatasets(await loadDatasets(options.datasets), names);
  const platform = await LocalPlatform.open(options.data);
  const progress = createProgress(process.stderr, { interactive: process.stderr.isTTY ?? false });
  const signal = interrupted();
  try {
    const summaries: RunSummary[] = [];
    for (const dataset of datasets)
      if (!signal.aborted) summaries.push(await processOne(dataset, platform, progress, signal));
    progress.stop();
    process.stdout.write(
      options.json ? `${JSON.stringify({ summaries }, null, 2)}\n` : `${describeOutcome(summaries, process.stdout)}\n`,
    );
    return succeeded(summaries) ? 0 : 1;
  } finally {
    progress.stop();
    await platform.close();
  }
}

async function processOne(
  definition: Dataset,
  { store, targets }: LocalPlatform,
  progress: Progress,
  signal: AbortSignal,
): Promise<RunSummary> {
  const startedAt = systemClock.now();
  const dataset = await resolvePartitions(definition, store);
  const { name, title, partitions } = dataset;
  progress.start(name, title, partitions.values.length);
  const step = { requests: 0, rawBytes: 0, rows: 0 };
  const processed = await processStep({
    ...{ dataset, store, signal },
    onProgress: (done, total, rows) => progress.step(name, { ...step, phase: "process", done, total, rows }),
  });
  const loaded = await loadStep({
    ...{ dataset, targets, store, signal },
    partitions: processed.partitions,
    onProgress: (done, total) => progress.step(name, { ...step, phase: "load", done, total }),
  });
  const summary = await summarise({
    ...{ dataset, store, clock: systemClock, startedAt, requests: 0, rawBytes: 0 },
    run: newRunId(startedAt),
    wanted: wantedOf(dataset, startedAt),
    newRows: newRowsOf(loaded),
    errors: [...processed.errors, ...loaded.errors],
    warnings: [],
    stopped: processed.stopped || loaded.stopped,
    processed: processed.partitions,
  });
  progress.finish(name, summary.outcome);
  return summary;
}
