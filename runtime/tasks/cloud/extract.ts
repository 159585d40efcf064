import { UserError } from "../../dataset/errors.ts";
import type { Interval } from "../../dataset/interval.ts";
import { sharedBudgets } from "../../extract/shared-budget.ts";
import { extractStep as extract } from "../extract-step.ts";
import { withPartitions } from "../resolve.ts";
import { askedOf, wantedOf } from "../wanted.ts";
import { askedByRun } from "./asked.ts";
import { type Batch, type ExtractPart, type Plan, readPart, writePart } from "./parts.ts";
import { exitOf, type StepContext, type StepResult } from "./step.ts";

/** Extracts one batch of the run's plan. */
export async function extractStep(context: StepContext, number: number): Promise<StepResult> {
  const plan = await planOf(context);
  const { batch, partitions } = batchOf(plan, number);
  const { dataset, clock, store } = context;
  const budgets = sharedBudgets(store, clock);
  try {
    const extracted = await extract({
      ...context,
      dataset: withPartitions({ ...dataset, partitions: { ...dataset.partitions, values: [] } }, partitions),
      budget: budgets.of(dataset.source),
      wanted: wantedNow(context, plan),
      complete: wantedOf(dataset, Date.parse(plan.plannedAt)).end,
      named: plan.input.partitions !== undefined,
      ...(plan.again
        ? { known: (partition: string) => askedByRun(context, partition, Date.parse(plan.plannedAt)) }
        : {}),
    });
    const before = await readPart(context, `extract-${batch}`);
    const { errors, warnings, stopped, resumeAt } = extracted;
    const part: ExtractPart = {
      version: 1,
      batch,
      requests: (before?.requests ?? 0) + extracted.requests,
      rawBytes: (before?.rawBytes ?? 0) + extracted.rawBytes,
      ...{ errors, warnings, stopped },
      ...(resumeAt === undefined ? {} : { resumeAt: new Date(resumeAt).toISOString() }),
    };
    await writePart(context, `extract-${batch}`, part);
    const { requests, rawBytes } = extracted;
    return { exit: exitOf(part), numbers: { batch, requests, rawBytes, errors, warnings } };
  } finally {
    await budgets.close();
  }
}

/** What was planned; of a snapshot's bucket that has passed meanwhile nothing can be asked any more. */
function wantedNow({ dataset, clock }: StepContext, plan: Plan): Interval {
  const planned = { start: Date.parse(plan.wanted.start), end: Date.parse(plan.wanted.end) };
  if (!dataset.source.windows.snapshot) return planned;
  const present = askedOf(dataset, clock.now(), plan.input);
  return present.start === planned.start ? planned : { start: planned.start, end: planned.start };
}

async function planOf(context: StepContext): Promise<Plan> {
  const plan = await readPart(context, "plan");
  if (plan) return plan;
  throw new UserError("there is nothing to extract:", [
    { path: "TIDEGATE_RUN", problem: "has no plan", value: context.run, fix: "run the step plan first" },
  ]);
}

function batchOf({ run, batches }: Plan, number: number): Batch {
  const found = batches.find(({ batch }) => batch === number);
  if (found) return found;
  throw new UserError("there is nothing to extract:", [
    {
      path: "TIDEGATE_BATCH",
      problem: `is no batch of ${run}`,
      value: number,
      allowed: batches.length ? `0 to ${batches.length - 1}` : "none: everything is covered",
    },
  ]);
}
