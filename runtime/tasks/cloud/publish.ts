import type { Dataset } from "../../dataset/definition.ts";
import type { RunError, RunSummary } from "../../dataset/run.ts";
import type { ProcessedPartition } from "../../process/process.ts";
import { publishDefinitions } from "../../publish/definitions.ts";
import { writeJson } from "../../store/documents.ts";
import { runKey } from "../../store/layout.ts";
import { newRowsOf } from "../load-step.ts";
import { lateness, summarise } from "../summary.ts";
import { wantedOf } from "../wanted.ts";
import { type ExtractPart, type Plan, readPart } from "./parts.ts";
import type { StepContext } from "./step.ts";

export interface Published {
  readonly summary: RunSummary;
  /** Whether a freshness check is violated. */
  readonly late: boolean;
}

/**
 * Writes definitions.json and the run's summary, from what the steps left behind. A step that left nothing, because its task
 * was killed, makes the run a failed one.
 * @param datasets all of the platform
 */
export async function publishStep(context: StepContext, datasets: readonly Dataset[]): Promise<Published> {
  const { dataset, store, clock, run } = context;
  await publishDefinitions(datasets, store);
  const plan = await readPart(context, "plan");
  const startedAt = plan ? Date.parse(plan.plannedAt) : clock.now();
  const wanted = wantedOf(dataset, startedAt);
  const summary = await summarise({ dataset, store, clock, run, startedAt, wanted, ...(await gather(context, plan)) });
  await writeJson(store, runKey(dataset.name, run), summary);
  return { summary, late: lateness(dataset, summary.coverage, wanted).length > 0 };
}

interface Gathered {
  readonly requests: number;
  readonly rawBytes: number;
  readonly newRows: number;
  readonly errors: readonly RunError[];
  readonly warnings: readonly RunError[];
  readonly stopped: boolean;
  readonly resumeAt?: string;
  readonly processed: readonly ProcessedPartition[];
}

async function gather(context: StepContext, plan: Plan | undefined): Promise<Gathered> {
  const extracts: ExtractPart[] = [];
  const missing: string[] = plan ? [] : ["plan"];
  for (const { batch } of plan?.batches ?? []) {
    const part = await readPart(context, `extract-${batch}`);
    if (part) extracts.push(part);
    else missing.push(`extract of batch ${batch}`);
  }
  const processed = await readPart(context, "process");
  const loaded = await readPart(context, "load");
  if (!processed) missing.push("process");
  if (!loaded && context.targets.length) missing.push("load");
  const parts = [...extracts, processed, loaded].filter((part) => part !== undefined);
  const stopped = context.signal.aborted || parts.some((part) => part.stopped);
  const resumeAt = extracts
    .flatMap((part) => part.resumeAt ?? [])
    .sort()
    .at(-1);
  const lost = missing.map((step) => ({
    problem: `the step ${step} left no result`,
    fix: "look at the log of its task",
  }));
  return {
    requests: extracts.reduce((sum, { requests }) => sum + requests, 0),
    rawBytes: extracts.reduce((sum, { rawBytes }) => sum + rawBytes, 0),
    newRows: loaded ? newRowsOf(loaded) : 0,
    // Steps that were never reached, because one before them was stopped, are no fault of theirs.
    errors: [...parts.flatMap(({ errors }) => errors), ...(stopped ? [] : lost)],
    warnings: extracts.flatMap(({ warnings }) => warnings),
    stopped,
    ...(resumeAt ? { resumeAt } : {}),
    processed: processed?.partitions ?? [],
  };
}
