import { UserError } from "../../dataset/errors.ts";
import { Budgets } from "../../extract/budget.ts";
import { extractStep as extract } from "../extract-step.ts";
import { askedByRun } from "./asked.ts";
import { withBudgetShare } from "./budget-share.ts";
import { type Batch, type ExtractPart, type Plan, readPart, writePart } from "./parts.ts";
import { exitOf, type StepContext, type StepResult } from "./step.ts";

/** Extracts one batch of the run's plan. */
export async function extractStep(context: StepContext, number: number): Promise<StepResult> {
  const plan = await planOf(context);
  const { batch, partitions } = batchOf(plan, number);
  const { dataset, clock } = context;
  const shared = withBudgetShare(dataset, plan.concurrency);
  const extracted = await extract({
    ...context,
    dataset: { ...shared, partitions: { ...dataset.partitions, values: partitions } },
    budget: new Budgets(clock).of(shared.source),
    wanted: { start: Date.parse(plan.wanted.start), end: Date.parse(plan.wanted.end) },
    ...(plan.again ? { known: (partition: string) => askedByRun(context, partition, Date.parse(plan.plannedAt)) } : {}),
  });
  const { quota } = extracted;
  const before = await readPart(context, `extract-${batch}`);
  const part: ExtractPart = {
    version: 1,
    batch,
    requests: (before?.requests ?? 0) + extracted.requests,
    rawBytes: (before?.rawBytes ?? 0) + extracted.rawBytes,
    // A budget that ends is no failure: the rest is for when it allows more.
    errors: extracted.errors.filter((error) => error !== quota),
    warnings: [...extracted.warnings, ...(quota ? [quota] : [])],
    stopped: extracted.stopped || quota !== undefined,
  };
  await writePart(context, `extract-${batch}`, part);
  const { requests, rawBytes } = extracted;
  return { exit: exitOf(part), numbers: { batch, requests, rawBytes, errors: part.errors, warnings: part.warnings } };
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
