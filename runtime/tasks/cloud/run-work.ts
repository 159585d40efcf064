import type { Dataset } from "../../dataset/definition.ts";
import type { RunSummary } from "../../dataset/run.ts";
import type { Work } from "../../environment.ts";
import type { RunInput } from "../input.ts";
import type { Log } from "../log.ts";
import { metricsOf } from "../metrics.ts";
import { newRunId } from "../pipeline.ts";
import { resolvePartitions, withPartitions } from "../resolve.ts";
import { extractStep } from "./extract.ts";
import { loadStep } from "./load.ts";
import { readPart } from "./parts.ts";
import { planStep } from "./plan.ts";
import { processStep } from "./process.ts";
import { publishStep } from "./publish.ts";
import { EXIT, type Exit, type StepContext, type StepResult } from "./step.ts";

export interface WorkOptions extends Omit<StepContext, "run"> {
  readonly work: Work;
  /** All of the platform, for definitions.json. */
  readonly datasets: readonly Dataset[];
  readonly platform: string | undefined;
  readonly log: Log;
  /** Takes a line of metrics. */
  emit(metrics: object): void;
}

/** Runs one step of a run, or all of them. @returns the exit code of the task */
export async function runWork(options: WorkOptions): Promise<Exit> {
  const { work, clock } = options;
  const context = { ...options, run: work.run ?? newRunId(clock.now()) };
  const task = new Task(options, { ...context, dataset: await resolved(context, work) });
  switch (work.step) {
    case "all":
      return task.all(work.input);
    case "plan":
      return task.step("plan", (context) => planStep(context, work.input));
    case "extract":
      return task.step("extract", (context) => extractStep(context, work.batch));
    case "process":
      return task.step("process", processStep);
    case "load":
      return task.step("load", loadStep);
    case "publish":
      await task.publish();
      return EXIT.done;
  }
}

/** The dataset with its partitions; what a run on demand names is one of them, whether it was asked for before or not. */
async function resolved(context: StepContext, work: Work): Promise<Dataset> {
  const dataset = await resolvePartitions(context.dataset, context.store);
  if (dataset.partitions.origin?.kind !== "requested") return dataset;
  const input = "input" in work ? work.input : (await readPart(context, "plan"))?.input;
  return withPartitions(dataset, input?.partitions ?? []);
}

const ENDED = { [EXIT.done]: "done", [EXIT.failed]: "failed", [EXIT.stopped]: "stopped" } as const;

class Task {
  readonly #options: WorkOptions;
  readonly #context: StepContext;

  constructor(options: WorkOptions, context: StepContext) {
    this.#options = options;
    this.#context = context;
  }

  async step(name: string, work: (context: StepContext) => Promise<StepResult>): Promise<Exit> {
    const { dataset, run } = this.#context;
    const { exit, numbers } = await work(this.#context);
    const level = exit === EXIT.failed ? "error" : "info";
    this.#options.log(level, `${name} ${ENDED[exit]}`, { step: name, run, dataset: dataset.name, exit, ...numbers });
    return exit;
  }

  /** In one go. What was fetched is used whatever became of the rest; only a signal ends the run at once. */
  async all(input: RunInput): Promise<Exit> {
    const { signal } = this.#context;
    const exits = new Set<Exit>();
    const step = async (name: string, work: (context: StepContext) => Promise<StepResult>): Promise<void> => {
      if (!signal.aborted) exits.add(await this.step(name, work));
    };
    let batches = 0;
    await step("plan", async (context) => {
      const result = await planStep(context, input, Number.MAX_SAFE_INTEGER);
      batches = result.batches;
      return result;
    });
    if (batches > 0) await step("extract", (context) => extractStep(context, 0));
    await step("process", processStep);
    await step("load", loadStep);
    if ((await this.publish()) === "failed") return EXIT.failed;
    return signal.aborted || exits.has(EXIT.stopped) ? EXIT.stopped : EXIT.done;
  }

  /** Says how the run has ended, for people, alarms and metrics. */
  async publish(): Promise<RunSummary["outcome"]> {
    const { dataset, datasets, platform, clock, log, emit } = { ...this.#options, ...this.#context };
    const { summary, late } = await publishStep(this.#context, datasets);
    const { coverage: _coverage, ...numbers } = summary;
    emit(metricsOf(summary, { dataset, platform, late, now: clock.now() }));
    log(summary.outcome === "failed" ? "error" : "info", summary.outcome, { step: "publish", late, ...numbers });
    return summary.outcome;
  }
}
